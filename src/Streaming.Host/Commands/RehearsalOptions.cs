using System.CommandLine;

namespace Streaming.Host.Commands;

/// <summary>How much is asked, and for how long, where modules are moved step by step.</summary>
internal sealed class RehearsalOptions
{
    private readonly Option<int> _load;

    private readonly Option<int> _step = new("--step-seconds") { Description = "How long a step takes at least", HelpName = "s", DefaultValueFactory = _ => 10 };

    private readonly Option<int> _calls = new("--least-calls")
    {
        Description = "How many calls the instance answers at a quarter or more before the next step; below that fewer",
        HelpName = "n",
        DefaultValueFactory = _ => 200,
    };

    public RehearsalOptions(int load)
    {
        _load = new("--load") { Description = "Requests a second to make beside the traffic that there is", HelpName = "n", DefaultValueFactory = _ => load };
        foreach (var (option, least, most) in new[] { (_load, 0, 5000), (_step, 2, 3600), (_calls, 1, 1_000_000) })
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is var value && (value < least || value > most)) result.AddError($"{option.Name} takes {least} to {most}.");
            });
    }

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _load, _step, _calls }) command.Options.Add(option);
    }

    public (TimeSpan Step, int LeastCalls, TimeSpan Patience, int Load) Read(ParseResult parsed) =>
        TimeSpan.FromSeconds(parsed.GetValue(_step)) is var step ? (step, parsed.GetValue(_calls), step * 6, parsed.GetValue(_load)) : default;
}
