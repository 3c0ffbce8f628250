using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streaming.Platform.Data;

namespace Streaming.Host.Gateway;

/// <summary>
/// A stream goes on only while whoever asked for it would still be let in: it ends with the session, the key, or a role that was taken
/// back. What it was asked with is looked at again, in a scope of its own; while nobody can say, it goes on.
/// </summary>
internal sealed partial class SignedInStreams(RequestDelegate next, TrafficMap traffic, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SignedInStreams> log)
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(500);
    private static readonly string[] _evidence = [HeaderNames.Cookie, HeaderNames.Authorization];

    public Task Invoke(HttpContext context) =>
        traffic.Of(context).Kind == TrafficKind.Stream && context.User.Identity?.IsAuthenticated == true ? Watched(context) : next(context);

    private async Task Watched(HttpContext context)
    {
        var gone = context.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone);
        context.RequestAborted = end.Token;
        var watch = Watch(context, end);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            // What was told until then was theirs to know.
        }
        finally
        {
            context.RequestAborted = gone;
            await end.CancelAsync();
            await watch;
        }
    }

    private async Task Watch(HttpContext context, CancellationTokenSource end)
    {
        var roles = context.User.FindAll(((ClaimsIdentity)context.User.Identity!).RoleClaimType).Select(c => c.Value).ToArray();
        var evidence = _evidence.Select(name => (Name: name, Value: context.Request.Headers[name])).Where(h => h.Value.Count > 0).ToArray();
        try
        {
            using var timer = new PeriodicTimer(_period, clock);
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                if (await MayGoOn(evidence, roles, end.Token) || end.IsCancellationRequested) continue;
                LogEnded(context.TraceIdentifier);
                await end.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> MayGoOn((string Name, StringValues Value)[] evidence, string[] roles, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var again = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = ct, Request = { Method = HttpMethods.Get } };
        foreach (var (name, value) in evidence) again.Request.Headers[name] = value;
        try
        {
            var who = await again.AuthenticateAsync();
            return (who.Failure is { } failure && StorageFault.Of(failure) is not null) || (who.Succeeded && roles.All(who.Principal.IsInRole));
        }
        catch (Exception unforeseen) when (!ct.IsCancellationRequested)
        {
            LogUnknown(unforeseen);
            return true;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Stream {Request} has ended: whoever asked for it is not signed in any more, or not as what they were")]
    private partial void LogEnded(string request);

    [LoggerMessage(2, LogLevel.Warning, "Whether a stream's caller is still signed in cannot be said; it is asked again")]
    private partial void LogUnknown(Exception failure);
}
