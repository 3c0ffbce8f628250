using Streaming.Platform.Dial.Shadowing;

namespace Streaming.Platform.Readiness;

/// <summary>Whether a module could run in a process of its own, by what was seen of it while it does not.</summary>
/// <param name="Module">Which.</param>
/// <param name="Verdict"><c>ready</c>, <c>amber</c>, <c>blocked</c> or <c>not-enough-seen</c>.</param>
/// <param name="Summary">In one sentence.</param>
/// <param name="At">When it was made.</param>
/// <param name="Seen">On how much it rests.</param>
/// <param name="Findings">The worst first, each with what to do.</param>
/// <param name="Canvas">What the code says.</param>
/// <param name="Calls">Who calls its contracts, and what it calls of others, as recorded.</param>
/// <param name="Routes">What its move would add to the requests that have to do with it.</param>
/// <param name="Contracts">Its contracts as recorded.</param>
/// <param name="RoundTrips">What the way to another process takes.</param>
/// <param name="Measured">What a move has added to a call, beside what was predicted; null before there was one.</param>
/// <param name="Shadow">What copies of its calls have shown; null where none were sent.</param>
/// <param name="Rows">What it does with others' rows.</param>
/// <param name="Lag">How long its events take; null without data.</param>
/// <param name="Processor">What requests cost this process now.</param>
/// <param name="Split">What they cost in one process and in two, by the latest rehearsal; null before one that has measured it.</param>
/// <param name="Unfit">By process, the contracts of the module that it cannot be asked, with the reasons.</param>
/// <param name="Graph">All modules.</param>
public sealed record ReadinessReport(
    string Module, string Verdict, string Summary, DateTimeOffset At, ReadinessSeen Seen, IReadOnlyList<ReadinessFinding> Findings, ModuleCanvas Canvas, IReadOnlyList<CallPair> Calls,
    IReadOnlyList<RoutePrediction> Routes, IReadOnlyList<ContractSeen> Contracts, IReadOnlyList<RoundTripReport> RoundTrips, MoveMeasured? Measured, ShadowReport? Shadow, RowUse Rows,
    EventLag? Lag, ProcessorReport Processor, SplitCost? Split, IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> Unfit, ModuleGraph Graph);

/// <summary>On how much a report rests.</summary>
/// <param name="Since">Since when requests are recorded; null where none was yet.</param>
/// <param name="Requests">Recorded requests that have to do with the module.</param>
/// <param name="Calls">Recorded calls of its contracts.</param>
/// <param name="Dropped">Requests of all modules that were recorded and for which there was no room.</param>
public sealed record ReadinessSeen(DateTimeOffset? Since, long Requests, long Calls, long Dropped);

/// <summary>Something that speaks for a move, or against it.</summary>
/// <param name="Level"><c>blocker</c>, <c>amber</c>, <c>unknown</c> or <c>good</c>.</param>
/// <param name="Key">What it is about, always by the same word.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do; null where nothing is.</param>
public sealed record ReadinessFinding(string Level, string Key, string Text, string? Advice = null);

/// <summary>Calls of a contract by one caller, of which one side is the module.</summary>
/// <param name="Caller">A contract, or a route.</param>
/// <param name="CallerModule">Whose that is; <c>outside</c> for pages and the host.</param>
/// <param name="Contract">What is called.</param>
/// <param name="Module">Whose that is.</param>
/// <param name="Calls">How many were recorded.</param>
/// <param name="P50">How many there are in a request in which there are any: in the middle,</param>
/// <param name="P99">in 99 of 100 at most,</param>
/// <param name="Max">and at the most.</param>
/// <param name="Repeated">Requests with three or more.</param>
/// <param name="Together">The part that began while another of the same caller was under way, 0 to 1.</param>
/// <param name="InTransaction">Those that were made with a transaction open.</param>
/// <param name="P50Ms">How long they take: in the middle,</param>
/// <param name="P99Ms">and 99 of 100 at most.</param>
/// <param name="Sites">Where in the code; the first that were seen.</param>
/// <param name="Batch">How the same could be asked at once, where it is asked too often; else null.</param>
public sealed record CallPair(
    string Caller, string CallerModule, string Contract, string Module, long Calls, double P50, double P99, double Max, long Repeated, double Together, long InTransaction, double? P50Ms, double? P99Ms,
    IReadOnlyList<string> Sites, string? Batch);

/// <summary>What a route's requests would have to bear.</summary>
/// <param name="Route">Method and template.</param>
/// <param name="Module">Whose it is; <c>outside</c> for pages and the host.</param>
/// <param name="Recorded">Requests that have to do with the module.</param>
/// <param name="P50Ms">How long they take now: in the middle,</param>
/// <param name="P99Ms">and 99 of 100 at most.</param>
/// <param name="Calls">Calls between the two processes in 99 of 100 requests at most.</param>
/// <param name="CriticalP50">Of those, how many one after another: in the middle,</param>
/// <param name="CriticalP99">and in 99 of 100 at most.</param>
/// <param name="AddedP50Ms">What that adds in the middle: round trips as they were measured, and codec. Null before one was measured.</param>
/// <param name="AddedP99Ms">And in 99 of 100 at most.</param>
/// <param name="BudgetMs">What the contracts that the route calls one after another say is not slow yet, at most its deadline; null where neither is known.</param>
/// <param name="OfBudget"><paramref name="AddedP99Ms"/> in percent of that.</param>
public sealed record RoutePrediction(
    string Route, string Module, long Recorded, double? P50Ms, double? P99Ms, double Calls, double CriticalP50, double CriticalP99, double? AddedP50Ms, double? AddedP99Ms, double? BudgetMs, double? OfBudget);

/// <summary>A contract as recorded.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Calls">How often, by others and by its module's own routes.</param>
/// <param name="P50Ms">How long it takes here.</param>
/// <param name="P99Ms">99 of 100 take at most this.</param>
/// <param name="SlowMs">From when on it is slow.</param>
/// <param name="RequestBytes">Of its requests as JSON, in the middle.</param>
/// <param name="AnswerBytes">Of its answers.</param>
/// <param name="AnswerBytesMax">Of the longest.</param>
/// <param name="CodecUs">What both take to become bytes and come back, in microseconds.</param>
/// <param name="CodecP99Us">99 of 100 take at most this.</param>
/// <param name="Lost">What has not survived; null where all has.</param>
/// <param name="Callers">How many different callers.</param>
public sealed record ContractSeen(
    string Name, long Calls, double? P50Ms, double? P99Ms, int SlowMs, double? RequestBytes, double? AnswerBytes, double? AnswerBytesMax, double? CodecUs, double? CodecP99Us, string? Lost, int Callers);

/// <summary>What a call has taken here and there at the same time.</summary>
/// <param name="From"><c>shadow</c>, <c>canary</c>, or the name of a rehearsal.</param>
/// <param name="Calls">There.</param>
/// <param name="HereP50Ms">Median here.</param>
/// <param name="ThereP50Ms">Median there, as whoever called felt it.</param>
/// <param name="AddedP50Ms">The difference.</param>
/// <param name="PredictedP50Ms">What was predicted for one call: round trip and codec.</param>
/// <param name="ErrorPercent">How much more or less that is than what was measured; null where the difference is none.</param>
public sealed record MoveMeasured(string From, long Calls, double HereP50Ms, double ThereP50Ms, double AddedP50Ms, double? PredictedP50Ms, double? ErrorPercent);

/// <summary>What a module does with others' rows.</summary>
/// <param name="Commands">Different commands that were looked at.</param>
/// <param name="Foreign">By schema of another, the first command that names it.</param>
/// <param name="SharedWith">With whom it has had a transaction in common.</param>
/// <param name="HasSchemas">Whether commands could name others' schemas at all: with SQLite each module has a file of its own.</param>
public sealed record RowUse(int Commands, IReadOnlyDictionary<string, string> Foreign, IReadOnlyList<string> SharedWith, bool HasSchemas);

/// <summary>Cores that a thousand requests a second take.</summary>
/// <param name="Rehearsal">By which.</param>
/// <param name="Step">The step that stands for one process: the one with the fewest callers in the instance.</param>
/// <param name="OneProcess">There.</param>
/// <param name="Split">With everybody in the instance, both processes.</param>
/// <param name="Host">Of that, the host.</param>
/// <param name="Instance">And the instance.</param>
public sealed record SplitCost(string Rehearsal, string Step, double OneProcess, double Split, double Host, double Instance);
