using System.Text;
using Microsoft.AspNetCore.Http;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Wire;

/// <summary>
/// A call without a contract: its caller is sealed and opened, its body read and answered, as with any other. What it takes is what
/// every call between two processes takes at least.
/// </summary>
internal sealed class WirePing(WireContext contexts)
{
    public const string Path = WireWords.Root + "/ping";

    /// <summary>For which it is sealed; no module is called that.</summary>
    public const string Module = "ping";

    private static readonly byte[] _answer = Encoding.UTF8.GetBytes("""{"value":{}}""");

    public async Task Serve(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || !contexts.TryOpen(Module, http.Request.Headers[WireContext.Header].ToString(), new CallContext()))
        {
            WireServer.Refuse(http, StatusCodes.Status401Unauthorized);
            return;
        }

        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        http.Response.ContentType = WireWords.Json;
        http.Response.ContentLength = _answer.Length;
        await http.Response.Body.WriteAsync(_answer, http.RequestAborted);
    }
}
