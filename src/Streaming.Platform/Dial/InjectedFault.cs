using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Modules;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial;

/// <summary>
/// What an instance does wrong on purpose, so that it can be rehearsed what that does to viewers: <c>instance:fault</c>. A host never does.
/// </summary>
internal sealed class InjectedFault(string kind, TimeProvider clock) : ICallFault
{
    public const string Slow = "slow";
    public const string Errors = "errors";
    public const string Skew = "skew";

    private const double Share = 0.01;
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(20260105);

    /// <summary>Null where nothing is to be wrong.</summary>
    /// <exception cref="InvalidOperationException">There is no such fault, or it is no instance.</exception>
    public static InjectedFault? From(IConfiguration configuration, ProcessRole role, TimeProvider clock) => configuration["instance:fault"] switch
    {
        null or "" => null,
        Slow or Errors or Skew when role.Instance is null => throw new InvalidOperationException("instance:fault is for instances; a host does nothing wrong on purpose."),
        var kind and (Slow or Errors or Skew) => new InjectedFault(kind, clock),
        var unknown => throw new InvalidOperationException($"instance:fault is '{unknown}'; it takes {Slow}, {Errors} or {Skew}."),
    };

    public async ValueTask Before(string contract, CancellationToken cancellationToken)
    {
        if (kind == Slow) await Task.Delay(_delay, clock, cancellationToken);
        if (IsToFail()) throw new InvalidOperationException("It fails on purpose: instance:fault.");
    }

    public ValueTask After(string contract, CancellationToken cancellationToken) => default;

    /// <summary>The contracts as if they had been changed since.</summary>
    public IReadOnlyDictionary<string, ContractShape> Changed(IReadOnlyDictionary<string, ContractShape> contracts) =>
        kind == Skew ? contracts.ToDictionary(c => c.Key, c => c.Value with { Version = c.Value.Version + 1 }) : contracts;

    /// <summary>The same for requests.</summary>
    public async Task Serve(HttpContext context, RequestDelegate next)
    {
        if (kind == Slow) await Task.Delay(_delay, clock, context.RequestAborted);
        if (IsToFail()) context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        else await next(context);
    }

    private bool IsToFail()
    {
        if (kind != Errors) return false;
        lock (_random) return _random.NextDouble() < Share;
    }
}

/// <summary>Puts what is wrong on purpose into an instance.</summary>
public static class InjectedFaults
{
    /// <summary>In the way of requests that a host has forwarded; nothing where nothing is to be wrong.</summary>
    /// <param name="app">The instance.</param>
    /// <param name="isForwarded">Whether a request is one.</param>
    public static void UseInjectedFault(this WebApplication app, Func<HttpContext, bool> isForwarded)
    {
        if (app.Services.GetService<InjectedFault>() is not { } fault) return;
        app.Use((context, next) => isForwarded(context) ? fault.Serve(context, next) : next(context));
    }
}
