using Streaming.Catalog.Ingests;

namespace Streaming.ModuleTests.Catalog.Ingests;

/// <summary>What menus call the tracks of a file.</summary>
internal sealed class TrackNameTests
{
    [Test]
    public void A_track_that_says_nothing_of_itself_is_numbered_also_where_it_is_the_only_one()
    {
        Assert.That(TrackNames.Labels([(null, null)], "Audio"), Is.EqualTo(new[] { "Audio 1" }));
        Assert.That(TrackNames.Labels([("eng", null), ("und", " ")], "Audio"), Is.EqualTo(new[] { "English", "Audio 2" }));
    }

    [Test]
    public void No_two_tracks_have_the_same_name() => Assert.That(
        TrackNames.Labels([("eng", null), ("eng", null), (null, "Audio 4"), (null, null)], "Audio"),
        Is.EqualTo(new[] { "English", "English 2", "Audio 4", "Audio 4 2" }));

    [Test]
    public void Language_and_title_make_one_name_without_signs_that_end_an_attribute() => Assert.That(
        TrackNames.Labels([("deu", "Kommentar \"1\""), ("fra", "Français, sourds"), ("x-own", null)], "Subtitles"),
        Is.EqualTo(new[] { "Deutsch (Kommentar 1)", "Français, sourds", "x-own" }));
}
