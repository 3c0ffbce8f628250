namespace Streaming.Catalog.Demo;

internal enum DemoKind { Film, Episode }

internal sealed record DemoCast(string Name, string Role);

internal sealed record DemoCue(double From, double To, string Text);

internal sealed record DemoSubtitles(string Language, string Title, IReadOnlyList<DemoCue> Cues);

/// <summary>A bed of noise under a slow progression of chords, in hertz.</summary>
internal sealed record DemoScore(string Language, string Title, double[][] Chords, string Noise);

internal sealed record DemoChapter(double From, string Title);

/// <summary>A film of the demo catalogue: what the catalogue says of it, and how it is painted and scored.</summary>
/// <param name="Key">Stable; also its file's name.</param>
/// <param name="Paint">Builds the picture on a scene; the ridge draws lines for the scene's width.</param>
internal sealed record DemoFilm(
    string Key, string Title, string Synopsis, int Year, IReadOnlyList<string> Genres, IReadOnlyList<DemoCast> Cast, int Maturity,
    double Seconds, int Width, int Height, string Rate, double ArtworkAt, Func<Scene, Ridge, Scene> Paint, IReadOnlyList<DemoScore> Scores)
{
    public DemoKind Kind => Series is null ? DemoKind.Film : DemoKind.Episode;

    public DemoEpisode? Series { get; init; }

    public string Grade { get; init; } = "null";

    public IReadOnlyList<DemoSubtitles> Subtitles { get; init; } = [];

    public IReadOnlyList<DemoChapter> Chapters { get; init; } = [];
}

internal sealed record DemoEpisode(string Series, string SeriesSynopsis, int Season, int Number);

/// <summary>Nine short films and a series of three episodes, all invented, so a new platform is alive without a download.</summary>
internal static class DemoFilms
{
    private static readonly double[] Am = [220, 261.63, 329.63], F = [174.61, 261.63, 349.23], C = [196, 261.63, 392], G = [196, 246.94, 293.66],
        Dm = [146.83, 220, 349.23], Em = [164.81, 246.94, 392], Bb = [116.54, 233.08, 349.23], D = [146.83, 220, 369.99], Bm = [123.47, 246.94, 369.99], E = [164.81, 207.65, 329.63];

    private const string Sea = "brown:0.5:900:0.13", Wind = "pink:0.16:700:0.2", Rain = "white:0.05:5200:0.1", Rails = "brown:0.45:420:3.2", Deep = "brown:0.6:260:0.1", Hush = "pink:0.08:400:0.12";

    public static IReadOnlyList<DemoFilm> All { get; } =
    [
        new("vesper-bay", "The Lamps of Vesper Bay",
            "Every evening the harbour lights its lamps for a ship that left forty years ago. Tonight, for the first time, one of the lamps is answered from the sea.",
            2021, ["Drama", "Romance"], [new("Ines Maravall", "Odile"), new("Tomas Brandt", "The harbour master")], 0, 20, 854, 480, "24", 6,
            (s, r) => s.Sky("#1b1840", "#5b2a63", "#d8586a", "#ffb066", "#ffe3a3", "#ffe3a3")
                .Clouds("#ffd0a8", 3, 0.52, 0.2, 0.26, 0.012, 0.5, 4)
                .Disc("#fff0c8", 0.62, 0.52, 0.105, 0.34, rise: -0.006)
                .Land(0.64, 0.1, r.Hills(2, 0.4), 0.004, "#8a3f66", "#8a3f66", "#9c4a68")
                .Land(0.655, 0.004, r.Hills(9, 0.2), 0.02, "#f0a070", "#f0a070", "#d8786a", "#7a3f6b", "#3d2559")
                .Glow("#fff0b8", "pow(max(0,1-abs(X/{w}-0.62)/(0.05+0.3*max(0,Y/{h}-0.64))),1.1)*gt(Y/{h},0.655)*(0.42+0.55*sin(Y*3.0-{t}*3+3*sin(X*1.0))*sin(X*1.9+{t}*2))", 52, 8)
                .Land(0.86, 0.02, r.Hills(6, 2.3), 0.08, "#4c2a5e", "#2c1d49")
                .Land(0.96, 0.03, r.Hills(4, 3.9), 0.14, "#2e1f4c", "#150f2e"),
            [new("eng", "Original score", [Am, F, C, G], Sea)])
        {
            Subtitles =
            [
                new("eng", "English", [new(2, 6, "They say a lamp remembers\nwhoever lit it."), new(7.5, 11.5, "Forty years, and not one night missed."), new(13, 17, "<i>Look. Out there.</i>\nSomebody is answering.")]),
                new("deu", "Deutsch", [new(2, 6, "Man sagt, eine Lampe erinnert sich\nan den, der sie entzündet hat."), new(7.5, 11.5, "Vierzig Jahre, und keine Nacht versäumt."), new(13, 17, "<i>Sieh. Dort draußen.</i>\nJemand antwortet.")]),
            ],
        },
        new("nine-hours", "Nine Hours to Morning",
            "A night train crosses a continent with one passenger too many and one berth too few. Before the border somebody must decide who was never here.",
            2023, ["Thriller", "Mystery"], [new("Calloway Reyes", "The conductor"), new("Mirela Stan", "Passenger 9"), new("Anton Wirth", "The man in 4A")], 13, 24, 854, 480, "30000/1001", 5,
            (s, r) => s.Sky("#060b1e", "#0d1b3a", "#1d3a63", "#3d6a8c", "#6d97a8")
                .Stars(0.0022, 4, 0, 0.75)
                .Disc("#eef4ff", 0.24, 0.24, 0.07, 0.26, strength: 0.35)
                .Land(0.72, 0.36, r.Peaks(4, 0.9), 0.012, "#35597a", "#35597a", "#4b7189", "#5c8496")
                .Clouds("#a9c4cf", 8, 0.6, 0.64, 0.13, 0.02, 0.55, 5)
                .Land(0.8, 0.24, r.Peaks(3, 2.2), 0.05, "#1e3a57", "#1e3a57", "#2a4a65")
                .Land(0.9, 0.2, r.Firs(46, 2, 0.7, 0.35), 0.22, "#0e2136", "#0e2136", "#132a41")
                .Land(1.03, 0.26, r.Firs(15, 3, 2.1, 0.5), 0.75, "#050d1b", "#050d1b"),
            [new("eng", "Score and sound", [Am, Em, F, E, Am], Rails)])
        {
            Subtitles = [new("eng", "English", [new(3, 7, "Tickets, please.\nAnd the truth, if you have it."), new(9, 13, "There are twelve berths\nand thirteen names."), new(16, 21, "When it gets light,\none of us gets off between stations.")])],
            Chapters = [new(0, "Departure"), new(8, "The thirteenth name"), new(16, "Border")],
        },
        new("salt-and-ember", "Salt and Ember",
            "Two caravans race for the last well of a desert that moves a mile each night. The guide who knows the way has sworn never to speak again.",
            2019, ["Adventure", "Drama"], [new("Samira Haddad", "Leyl"), new("Jonas Okafor", "The buyer")], 7, 20, 854, 480, "24", 7,
            (s, r) => s.Sky("#2a1a4a", "#8c3560", "#e8704f", "#f9b668", "#fde2a5")
                .Disc("#fff4d6", 0.3, 0.4, 0.085, 0.42, rise: -0.008)
                .Disc("#ffd9b0", 0.4, 0.31, 0.028, 0.1, rise: -0.008, strength: 0.4)
                .Clouds("#ffcf9b", 21, 0.45, 0.24, 0.16, 0.01, 0.45, 6)
                .Land(0.66, 0.13, r.Hills(2, 0.4), 0.012, "#d9835a", "#d9835a", "#e39a66")
                .Land(0.76, 0.15, r.Hills(2, 2.1), 0.03, "#b75c48", "#b75c48", "#c9744f")
                .Land(0.88, 0.17, r.Hills(1, 4.2), 0.06, "#7f3344", "#7f3344", "#96434a")
                .Land(1.02, 0.18, r.Hills(1, 1.2), 0.11, "#3b1a3b", "#3b1a3b", "#4c2240")
                .Specks("#ffe0ad", 5, 0.0016, 0.03, -0.35, 3, 2, 0.55),
            [new("eng", "Original score", [Dm, Bb, F, C], Wind)]),
        new("slow-light", "Slow Light",
            "A radio astronomer winters alone above the Arctic Circle, listening for a satellite that fell silent. What answers has been on its way for longer than there have been ears.",
            2024, ["Science fiction", "Drama"], [new("Liv Aasen", "Dr. Tuva Holm")], 7, 22, 854, 480, "25", 9,
            (s, r) => s.Sky("#02040f", "#061226", "#0b2438", "#114048", "#1a5650")
                .Stars(0.003, 11, 0.002, 0.95)
                .Glow("#7a6bff", "0.6*pow(0.5+0.5*sin(X/{w}*8-{t}*0.3+2.2+1.3*sin(X/{w}*4-{t}*0.2)),2)*exp(-pow((Y/{h}-0.22-0.07*sin(X/{w}*6-{t}*0.25)),2)/0.02)", 40, 6)
                .Glow("#3cffb0", "(0.15+0.85*pow(0.5+0.5*sin(X/{w}*6+1.6*sin(X/{w}*5+{t}*0.35)+{t}*0.25),2))*exp(-pow((Y/{h}-0.44-0.09*sin(X/{w}*6+{t}*0.3)),2)/(0.002+0.04*gt(0.44+0.09*sin(X/{w}*6+{t}*0.3),Y/{h})))*(0.8+0.2*sin(X*1.3+{t}))", 56, 8)
                .Land(0.84, 0.2, r.Peaks(3, 0.3), 0.006, "#0e2c38", "#0e2c38", "#143c44")
                .Land(0.9, 0.13, r.Firs(60, 2, 1.4, 0.3), 0.012, "#08191f", "#08191f", "#0b2228")
                .Land(1.04, 0.2, r.Firs(22, 2, 3.0, 0.5), 0.03, "#02080c", "#02080c"),
            [new("nor", "Norsk", [Dm, Am, Bb, F], Wind), new("eng", "English, with commentary", [D, Bm, G, D], Hush)])
        {
            Subtitles = [new("eng", "English", [new(3, 7.5, "Day ninety. The dish hears nothing,\nvery clearly."), new(10, 14, "Then the sky began to hum."), new(16, 20, "It is not for us.\nBut we are in the way.")])],
        },
        new("glass-orchard", "The Glass Orchard",
            "A mathematician inherits a garden in which every path leads further in. The deeper she walks, the more of it she seems to have drawn herself.",
            2020, ["Animation", "Mystery"], [new("Hanne Dorval", "Ada"), new("Piet Lindqvist", "The gardener")], 0, 18, 854, 480, "24", 10,
            (s, _) => s.Fractal(-0.743643887037, 0.131825904205, 0.05, 0.0004, 18, "0/0.02 0.18/0.05 0.45/0.85 0.75/1 1/0.98", "0/0.05 0.2/0.22 0.5/0.55 0.78/0.82 1/0.97", "0/0.12 0.25/0.42 0.5/0.32 0.75/0.55 1/0.9"),
            [new("eng", "Original score", [C, Em, Am, F], Hush)]),
        new("paper-rain", "City of Paper Rain",
            "When every secret in the city starts falling from the sky as paper, a night courier reads one that is addressed to her. She has until dawn to deliver it.",
            2025, ["Crime", "Science fiction"], [new("Noor Castellan", "Juno"), new("Ezra Vance", "Inspector Pell")], 16, 22, 854, 480, "30", 8,
            (s, r) => s.Sky("#0a0620", "#2a0f4a", "#6a1a6a", "#c8326e", "#ff7a5c")
                .Clouds("#ff5fa2", 14, 0.5, 0.5, 0.4, 0.015, 0.35, 4)
                .Disc("#ffd0e0", 0.7, 0.34, 0.13, 0.3, strength: 0.4)
                .Land(0.95, 0.55, r.Towers(26, 2), 0.012, "#4a1a5c", "#4a1a5c", "#7a2668")
                .Windows(0.95, 0.55, r.Towers(26, 2), 0.012, "#ffb27a", 6, 0.22)
                .Land(1, 0.52, r.Towers(17, 7), 0.035, "#24104a", "#24104a", "#34124f")
                .Windows(1, 0.52, r.Towers(17, 7), 0.035, "#66e0ff", 17, 0.26)
                .Land(1.05, 0.46, r.Towers(11, 5), 0.08, "#090420", "#090420")
                .Windows(1.05, 0.46, r.Towers(11, 5), 0.08, "#ffd98a", 23, 0.3)
                .Specks("#fff2e2", 9, 0.0012, 0.22, -0.06, 5, 3, 0.8)
                .Specks("#c9b8ff", 3, 0.004, 1.5, -0.2, 1, 14, 0.22),
            [new("eng", "Original score", [Em, C, G, D], Rain)])
        {
            Subtitles = [new("eng", "English", [new(2.5, 6.5, "It rained receipts on Monday.\nLove letters on Tuesday."), new(9, 13, "On Wednesday it rained my name."), new(15.5, 20, "Whoever wrote it\nknew I would look up.")])],
        },
        new("snow-engine", "The Snow Engine",
            "High in the firs stands a machine that has made winter for three hundred years, and the girl who oils it has just turned ten. This is the year it asks her for a summer.",
            2018, ["Family", "Fantasy"], [new("Wilma Ferro", "Pim"), new("Aldo Kerr", "The voice of the engine")], 0, 20, 854, 480, "24", 6,
            (s, r) => s.Sky("#5d7fa8", "#8fb0cf", "#c5d8e6", "#eef1ef", "#f7ece0")
                .Disc("#fffaf0", 0.72, 0.3, 0.06, 0.5, strength: 0.7)
                .Land(0.75, 0.34, r.Peaks(3, 1.2), 0.008, "#a9c0d6", "#a9c0d6", "#d3dfe8")
                .Clouds("#ffffff", 31, 0.6, 0.66, 0.16, 0.02, 0.8, 5)
                .Land(0.86, 0.2, r.Firs(44, 2, 0.5, 0.42), 0.02, "#6f8ead", "#7b99b6", "#a8bfd2")
                .Clouds("#f4f8fb", 37, 0.55, 0.8, 0.12, 0.03, 0.7, 5)
                .Land(0.97, 0.26, r.Firs(24, 2, 2.5, 0.5), 0.045, "#3a5876", "#42607d", "#7d9ab4")
                .Land(1.03, 0.2, r.Hills(2, 1.9), 0.08, "#e8eff5", "#e8eff5", "#ffffff")
                .Specks("#ffffff", 2, 0.003, 0.16, 0.03, 3, 3, 0.85)
                .Specks("#ffffff", 7, 0.0022, 0.3, 0.08, 6, 6, 0.9),
            [new("eng", "Original score", [C, G, Am, F], Hush)]),
        new("deep-choir", "Deep Choir",
            "A salvage diver hears singing from a wreck that has no air in it. Each dive the song is one voice longer.",
            2022, ["Horror", "Mystery"], [new("Bruna Sale", "Kit Marlow"), new("Desmond Achebe", "Captain Roe")], 18, 18, 640, 480, "24", 8,
            (s, r) => s.Sky("#1fa3a8", "#0d6a86", "#073f63", "#031f3c", "#010a18")
                .Glow("#b8fff0", "0.75*pow(max(0,sin((X/{w}-0.45)*(9-6*Y/{h})*3+sin({t}*0.5)+0.6*sin({t}*0.9+X*0.1))),4)*exp(-2.6*Y/{h})", 48, 8)
                .Glow("#7fe9e0", "0.5*pow(max(0,sin((X/{w}-0.6)*(7-4*Y/{h})*4-{t}*0.4+1)),6)*exp(-2.0*Y/{h})", 48, 8)
                .Land(0.92, 0.34, r.Peaks(2, 0.8), 0.008, "#06334f", "#06334f", "#031a30")
                .Land(1.0, 0.3, r.Peaks(3, 2.6), 0.02, "#031b30", "#031b30", "#010c1a")
                .Land(1.06, 0.22, r.Firs(18, 2, 0.2, 0.7), 0.045, "#010811", "#010811")
                .Specks("#dffff8", 12, 0.0014, -0.09, 0.01, 4, 4, 0.6)
                .Specks("#a9f0ea", 15, 0.003, -0.04, -0.015, 2, 2, 0.4),
            [new("eng", "Original score", [Dm, Am, Dm, E], Deep)]),
        new("understudy-moon", "The Understudy Moon",
            "In a silent-film studio the painted moon is switched for the real one by mistake. The night shift has one reel in which to put it back.",
            2017, ["Comedy", "Fantasy"], [new("Clement Joyeux", "The projectionist"), new("Rosalind Pike", "The leading lady")], 0, 16, 640, 480, "24", 6,
            (s, r) => s.Sky("#1a1a1e", "#3a3a3e", "#6f6c68", "#a39c92", "#c9c0b2")
                .Stars(0.0016, 6, 0, 0.6)
                .Disc("#fff8e8", 0.5, 0.36, 0.2, 0.24, rise: 0.004, strength: 0.5)
                .Clouds("#e9e0d0", 44, 0.5, 0.5, 0.16, 0.03, 0.85, 4)
                .Land(0.84, 0.16, r.Hills(3, 0.4), 0.02, "#6a645c", "#6a645c")
                .Land(0.95, 0.42, r.Towers(13, 3), 0.035, "#34312d", "#34312d")
                .Windows(0.95, 0.42, r.Towers(13, 3), 0.035, "#fff0c8", 8, 0.16)
                .Land(1.02, 0.1, r.Hills(4, 2.0), 0.08, "#141210", "#141210"),
            [new("eng", "Piano", [C, Am, Dm, G], Hush)])
        {
            Grade = "lutyuv=u=119:v=136,noise=alls=5:allf=t,vignette=PI/4.2",
        },
        .. Planets(),
    ];

    private static IEnumerable<DemoFilm> Planets()
    {
        DemoEpisode Episode(int number) => new(
            "The Quiet Planets", "The last survey ship of a vanished empire visits worlds nobody claimed. Each has a reason for being left alone.", 1, number);
        IReadOnlyList<DemoCast> crew = [new("Yara Lindholm", "Captain Osei"), new("Kenji Abara", "The navigator"), new("Vesna Kolar", "Ship")];
        IReadOnlyList<string> genres = ["Science fiction", "Adventure"];

        yield return new("quiet-planets-1", "The Gardener of Teal",
            "A world without seas has tides all the same. The crew lands to learn what is being pulled, and by whom.",
            2025, genres, crew, 13, 18, 854, 480, "24", 6,
            (s, r) => s.Sky("#03050f", "#07142a", "#0c2b40", "#12505a")
                .Stars(0.004, 21, 0.004, 1.2)
                .Clouds("#1f8a8a", 51, 0.55, 0.4, 0.5, 0.008, 0.5, 2)
                .Disc("#8fe6d0", 0.66, 0.42, 0.27, 0.2, drift: -0.006, strength: 0.28, phase: 0.12)
                .Disc("#fbe8c8", 0.3, 0.22, 0.035, 0.07, drift: -0.012, strength: 0.3, phase: 0.1)
                .Land(0.92, 0.2, r.Peaks(4, 0.2), 0.012, "#0d4250", "#0d4250", "#083040")
                .Land(1.02, 0.18, r.Peaks(3, 1.7), 0.035, "#04202c", "#04202c", "#020f18"),
            [new("eng", "Original score", [Am, F, Dm, E], Hush)])
        {
            Series = Episode(1),
            Subtitles = [new("eng", "English", [new(3, 7, "Log of the survey ship Perpetua.\nFirst of the quiet planets."), new(9, 14, "No oceans. And yet,\ntwice a day, a tide.")])],
        };
        yield return new("quiet-planets-2", "Red Is a Kind of Silence",
            "A desert records every footstep for ever, and one set of prints is the captain's own. She has never been here.",
            2025, genres, crew, 13, 18, 854, 480, "24", 6,
            (s, r) => s.Sky("#12040a", "#3a0d18", "#7a2420", "#c4532c", "#f0915a")
                .Stars(0.002, 33, 0.002, 0.5)
                .Disc("#ffc9a0", 0.3, 0.3, 0.19, 0.16, drift: 0.005, strength: 0.3, phase: 0.18)
                .Clouds("#ff9c6a", 61, 0.5, 0.55, 0.2, 0.03, 0.5, 6)
                .Land(0.8, 0.26, r.Towers(9, 4), 0.01, "#8c2f24", "#8c2f24", "#b04a30")
                .Land(0.92, 0.22, r.Peaks(2, 0.6), 0.03, "#4d1519", "#4d1519", "#651d1c")
                .Land(1.03, 0.14, r.Hills(2, 2.4), 0.08, "#1c070d", "#1c070d")
                .Specks("#ffb98a", 8, 0.002, 0.02, -0.5, 4, 2, 0.5),
            [new("eng", "Original score", [Dm, Bb, Am, Dm], Wind)])
        {
            Series = Episode(2),
            Subtitles = [new("eng", "English", [new(3, 7, "Footprints. Mine, by the boot."), new(9, 14, "They lead away from a ship\nwe have not yet landed.")])],
        };
        yield return new("quiet-planets-3", "What the Ice Was Keeping",
            "Under a frozen moon lies the empire's last archive, and it is still taking notes. The ship begins to remember things it was built to forget.",
            2025, genres, crew, 13, 20, 854, 480, "24", 7,
            (s, r) => s.Sky("#05071a", "#12184a", "#34408c", "#7c8fd0", "#cdd8f2")
                .Stars(0.0035, 41, 0.003, 0.9)
                .Disc("#f3d9c0", 0.56, 0.33, 0.25, 0.22, drift: -0.005, strength: 0.3, phase: 0.2)
                .Clouds("#e6ecff", 71, 0.5, 0.64, 0.16, 0.02, 0.65, 5)
                .Land(0.86, 0.28, r.Peaks(5, 0.5), 0.012, "#8ea3d8", "#8ea3d8", "#c3d0ee")
                .Land(0.95, 0.26, r.Peaks(4, 2.0), 0.035, "#4a5ca4", "#4a5ca4", "#7286c2")
                .Land(1.05, 0.22, r.Peaks(3, 3.4), 0.08, "#141b48", "#141b48", "#232d66")
                .Specks("#ffffff", 18, 0.002, 0.1, -0.08, 4, 4, 0.7),
            [new("eng", "Original score", [F, C, Dm, Bb], Wind)])
        {
            Series = Episode(3),
            Subtitles = [new("eng", "English", [new(3, 7, "The archive is cold, whole, and awake."), new(9, 14, "It asked for us by name.\nThen it corrected the spelling.")])],
        };
    }
}
