using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;

namespace Streaming.Platform.Wire;

/// <summary>How a call looks between two processes: <c>POST /_m/{module}/{contract}/{version}</c>, the request as JSON, the result as JSON.</summary>
internal static class WireWords
{
    /// <summary>Where everything of the wire begins.</summary>
    public const string Root = "/_m";

    /// <summary>What a process offers: the shapes of its contracts.</summary>
    public const string Manifest = Root + "/manifest";

    /// <summary>How many milliseconds the caller waits: what is left travels and not a time of day, for clocks differ.</summary>
    public const string Deadline = "streaming-deadline-ms";

    /// <summary>On a request: it is a copy, so of an order only what is checked before it is carried out is asked.</summary>
    public const string Shadow = "streaming-shadow";

    /// <summary>The code of the answer to a copy of an order with which nothing is wrong.</summary>
    public const string Checked = "would-be-carried-out";

    /// <summary>On an answer: the call has not been carried out, so it may be carried out elsewhere.</summary>
    public const string NotExecuted = "streaming-not-executed";

    /// <summary>On an answer: up to where the session has written now.</summary>
    public const string Position = "streaming-position";

    public const string Json = MediaTypeNames.Application.Json;

    public static string PathOf(string module, string contract, int version) => $"{Root}/{module}/{contract}/{version}";

    public static string PathOf<TRequest>(RequestDescriptor<TRequest> descriptor) => PathOf(descriptor.Module, descriptor.Name, descriptor.Contract!.Version);

    public static int StatusOf(Error? error) => error is null ? StatusCodes.Status200OK : Problems.Status(error);
}
