using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Streaming.Kernel;
using Streaming.Platform.Data;

namespace Streaming.Platform.Http;

/// <summary>The one place where outcomes become HTTP: problem details by RFC 9457.</summary>
public static class Problems
{
    /// <summary>Problem details of an error, with the status that its kind and code call for.</summary>
    public static ProblemHttpResult From(Error error)
    {
        var extensions = new Dictionary<string, object?> { ["traceId"] = TraceId };
        if (error.Fields is { } fields) extensions["errors"] = fields;
        foreach (var (name, value) in error.Details ?? new Dictionary<string, string>()) extensions[name] = value;
        return TypedResults.Problem(error.Message, type: Urn(error.Code), title: Title(error), statusCode: Status(error), extensions: extensions);
    }

    /// <summary>The HTTP status of an error.</summary>
    public static int Status(Error error) => error.Kind switch
    {
        ErrorKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => error.Code switch
        {
            Error.StaleVersion => StatusCodes.Status412PreconditionFailed,
            Preconditions.Required => StatusCodes.Status428PreconditionRequired,
            _ => StatusCodes.Status409Conflict,
        },
        ErrorKind.Forbidden => error.Code == Error.SignInRequired ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden,
        ErrorKind.Deadline => StatusCodes.Status504GatewayTimeout,
        _ => error.Code switch
        {
            Error.Internal => StatusCodes.Status500InternalServerError,
            StorageFault.Full => StatusCodes.Status507InsufficientStorage,
            _ => StatusCodes.Status503ServiceUnavailable,
        },
    };

    internal static string Urn(string code) => code.Contains(':', StringComparison.Ordinal) ? $"urn:streaming:{code}" : $"urn:streaming:error:{code}";

    internal static string TraceId => Activity.Current?.TraceId.ToHexString() ?? "";

    private static string Title(Error error) => error.Kind switch
    {
        ErrorKind.Invalid => "The request is not right",
        ErrorKind.NotFound => "Not found",
        ErrorKind.Conflict => "Not in this state",
        ErrorKind.Forbidden => error.Code == Error.SignInRequired ? "Sign in" : "Not allowed",
        ErrorKind.Deadline => "Too late",
        _ => "Not available",
    };
}

/// <summary>Turns results into answers.</summary>
public static class ResultHttp
{
    /// <summary>200 with the value as JSON, or the problem.</summary>
    public static IResult ToHttp<T>(this Result<T> result) => result.ToHttp(value => TypedResults.Ok(value));

    /// <summary>What is made of the value, or the problem.</summary>
    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult> answer) =>
        result.TryGet(out var value, out var error) ? answer(value) : Problems.From(error);
}
