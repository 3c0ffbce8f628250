using Snapshooter.NUnit;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.ModuleTests.Platform;

internal sealed class ProblemTests
{
    [Test]
    public void Every_kind_of_error_has_its_problem()
    {
        Error[] errors =
        [
            Error.Invalid("name", "Too long."),
            Error.NotFound("title", 7),
            Error.Conflict("catalog:not-publishable", "Nothing can be played yet."),
            Error.Stale(3),
            Error.Forbidden("role-required", "Ask an operator."),
            Error.Unauthenticated(),
            Error.Deadline("sample.ask", 100),
            Error.Unavailable("catalog:busy", "Try again."),
            Error.Unavailable("internal", "Something went wrong here."),
        ];
        Assert.That(errors.Select(e => e.Kind).Distinct().Count(), Is.EqualTo(Enum.GetValues<ErrorKind>().Length));
        Snapshot.Match(string.Join('\n', errors.Select(Line)));
    }

    private static string Line(Error error)
    {
        var problem = Problems.From(error).ProblemDetails;
        var extensions = problem.Extensions.Select(e => e.Value is IReadOnlyDictionary<string, string[]> fields
            ? $"{e.Key}: {string.Join(", ", fields.Select(f => $"{f.Key} = {string.Join(" ", f.Value)}"))}"
            : e.Key == "traceId" ? "traceId" : $"{e.Key}: {e.Value}");
        return $"{error.Kind} {error.Code} -> {problem.Status} {problem.Type} | {problem.Title} | {problem.Detail} | {string.Join(" | ", extensions)}";
    }
}
