using System.Text.Json.Serialization;

namespace Streaming.Kernel;

/// <summary>The closed set of ways in which a call may end other than with a value.</summary>
public enum ErrorKind
{
    /// <summary>The request itself is wrong; <see cref="Error.Fields"/> says where.</summary>
    Invalid,

    /// <summary>There is no such thing, or the caller may not know of it.</summary>
    NotFound,

    /// <summary>It cannot be done in the present state.</summary>
    Conflict,

    /// <summary>The caller may not do it, or must say first who it is.</summary>
    Forbidden,

    /// <summary>The time allowed ran out; whether it was done is unknown for orders.</summary>
    Deadline,

    /// <summary>It was not carried out, through no fault of the caller; it may be tried again.</summary>
    Unavailable,
}

/// <summary>An expected failure, as data.</summary>
/// <param name="Kind">Which of the closed set.</param>
/// <param name="Code">Stable, lower case with hyphens, prefixed by the module: <c>catalog:not-publishable</c>.</param>
/// <param name="Message">A sentence for a person, which says what to do.</param>
/// <param name="Fields">For <see cref="ErrorKind.Invalid"/>: messages by camel-case field name.</param>
/// <param name="Details">Further facts by name, such as <c>currentVersion</c>.</param>
public sealed record Error(
    ErrorKind Kind,
    string Code,
    string Message,
    IReadOnlyDictionary<string, string[]>? Fields = null,
    IReadOnlyDictionary<string, string>? Details = null)
{
    /// <summary>The code that asks an anonymous caller to sign in (401 at the edge).</summary>
    public const string SignInRequired = "sign-in-required";

    /// <summary>The code of a write that was based on an older version (412 at the edge).</summary>
    public const string StaleVersion = "stale-version";

    /// <summary>The code of a fault of ours that has been logged (500 at the edge).</summary>
    public const string Internal = "internal";

    /// <summary>The code of work that was not begun because there is too much of it (503 with Retry-After at the edge).</summary>
    public const string Shed = "shed";

    /// <summary>The code of a call that was not made because what is called has failed too often (503 with Retry-After at the edge).</summary>
    public const string LeftAlone = "left-alone";

    /// <summary>
    /// Whether what may be done about it has been done next to where it happened. Nobody further out tries again: three who each try three
    /// times are 27 calls at what is failing.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsSettled { get; init; }

    /// <summary>One wrong field.</summary>
    public static Error Invalid(string field, string message) =>
        new(ErrorKind.Invalid, "invalid", message, new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>Several wrong fields.</summary>
    public static Error Invalid(IReadOnlyDictionary<string, string[]> fields) =>
        new(ErrorKind.Invalid, "invalid", "Some fields are not right; see errors.", fields);

    /// <summary>No such thing.</summary>
    public static Error NotFound(string what, object id) =>
        new(ErrorKind.NotFound, "not-found", $"There is no {what} {id}.");

    /// <summary>Not in the present state.</summary>
    public static Error Conflict(string code, string message) => new(ErrorKind.Conflict, code, message);

    /// <summary>A write based on an older version than the current one.</summary>
    public static Error Stale(int current) => new(
        ErrorKind.Conflict, StaleVersion, $"Somebody changed it: it is at version {current} now. Read it again and repeat the change.",
        Details: new Dictionary<string, string> { ["currentVersion"] = $"{current}" });

    /// <summary>The caller may not.</summary>
    public static Error Forbidden(string code, string message) => new(ErrorKind.Forbidden, code, message);

    /// <summary>The caller must say who it is.</summary>
    public static Error Unauthenticated() => new(ErrorKind.Forbidden, SignInRequired, "Sign in first.");

    /// <summary>Out of time.</summary>
    public static Error Deadline(string contract, int milliseconds) =>
        new(ErrorKind.Deadline, "deadline", $"{contract} did not answer within {milliseconds} ms. Try again.");

    /// <summary>Not carried out; try again.</summary>
    public static Error Unavailable(string code, string message) => new(ErrorKind.Unavailable, code, message);
}
