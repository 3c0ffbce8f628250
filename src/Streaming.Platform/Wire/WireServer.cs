using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Wire;

/// <summary>
/// Carries out what other processes of the installation call: on a port of its own, HTTP/2 only, and only for callers with the same keys.
/// The module's rules are checked here as in the caller's process, by the same code.
/// </summary>
internal sealed partial class WireServer(IEnumerable<IWireHandler> handlers, WireGate gate, WireManifest manifest, WirePing ping, ILogger<WireServer> log)
{
    private readonly FrozenDictionary<string, IWireHandler> _handlers = handlers.ToFrozenDictionary(h => h.Path, StringComparer.Ordinal);

    public async Task Serve(HttpContext http)
    {
        if (http.Request.Path == WireWords.Manifest && HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.WriteAsJsonAsync(manifest.Contracts, ContractJson.Options, http.RequestAborted);
            return;
        }

        if (http.Request.Path == WirePing.Path)
        {
            await ping.Serve(http);
            return;
        }

        if (!_handlers.TryGetValue(http.Request.Path.Value ?? "", out var handler))
        {
            Refuse(http, StatusCodes.Status404NotFound);
            return;
        }

        if (!gate.TryEnter(handler.Module))
        {
            Refuse(http, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        try
        {
            await handler.Serve(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked does not wait any more.
        }
        catch (Exception failure)
        {
            // What went wrong stays here: it may name what a caller must not know.
            Failed(log, failure, handler.Path);
            if (!http.Response.HasStarted) http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>The whole answer: nothing has been done.</summary>
    public static void Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers[WireWords.NotExecuted] = "1";
    }

    [LoggerMessage(1, LogLevel.Error, "A call from another process went wrong: {Path}")]
    private static partial void Failed(ILogger logger, Exception failure, string path);
}

/// <summary>One contract on the wire.</summary>
internal interface IWireHandler
{
    string Module { get; }

    string Path { get; }

    Task Serve(HttpContext http);
}

/// <summary>Opens what a caller has sent, runs the contract in a scope of its own, and writes its result.</summary>
internal sealed class WireHandler<TRequest, T>(
    RequestDescriptor<TRequest> descriptor, IServiceScopeFactory scopes, WireContext contexts, WireNews news, CallFaults faults, TimeProvider clock) : IWireHandler
{
    public string Module => descriptor.Module;

    public string Path { get; } = WireWords.PathOf(descriptor);

    public async Task Serve(HttpContext http)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CallContext>();
        if (!contexts.TryOpen(Module, http.Request.Headers[WireContext.Header].ToString(), context))
        {
            WireServer.Refuse(http, StatusCodes.Status401Unauthorized);
            return;
        }

        if (!int.TryParse(http.Request.Headers[WireWords.Deadline], NumberStyles.None, CultureInfo.InvariantCulture, out var left) || left <= 0 || await Read(http) is not { } request)
        {
            WireServer.Refuse(http, StatusCodes.Status400BadRequest);
            return;
        }

        var budget = TimeSpan.FromMilliseconds(Math.Min(left, descriptor.Contract!.DeadlineMs));
        context.Deadline = clock.GetTimestamp() + (long)(budget.TotalSeconds * clock.TimestampFrequency);
        using var timeout = new CancellationTokenSource(budget, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, timeout.Token);
        await news.Hear(http.Request.Headers[WireNews.Header].ToString(), linked.Token);
        var result = http.Request.Headers.ContainsKey(WireWords.Shadow) && descriptor.IsCommand
            ? scope.ServiceProvider.GetRequiredService<ILocalHandler<TRequest, T>>().Check(request) ?? Error.Conflict(WireWords.Checked, "It would be carried out.")
            : await Run(scope.ServiceProvider, request, timeout.Token, linked.Token);
        if (news.Tell() is { } latest) http.Response.Headers[WireNews.Header] = latest;
        if (context.Session is { HasWritten: true } session) http.Response.Headers[WireWords.Position] = session.Position.ToString(CultureInfo.InvariantCulture);
        http.Response.StatusCode = WireWords.StatusOf(result.Error);
        http.Response.ContentType = WireWords.Json;
        var body = JsonSerializer.SerializeToUtf8Bytes(result, ContractJson.Options);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task<Result<T>> Run(IServiceProvider services, TRequest request, CancellationToken timeout, CancellationToken ct)
    {
        try
        {
            var fault = faults.Current;
            if (fault is not null) await fault.Before(descriptor.Name, ct);
            var result = await services.GetRequiredService<ILocalHandler<TRequest, T>>().Handle(request, ct);
            if (fault is not null) await fault.After(descriptor.Name, ct);
            return result;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return Error.Deadline(descriptor.Name, descriptor.Contract!.DeadlineMs);
        }
    }

    private static async Task<TRequest?> Read(HttpContext http)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<TRequest>(http.Request.Body, ContractJson.Options, http.RequestAborted);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>Which modules' calls are taken here, and whether any still are: a process that is about to stop lets what it has begun end and takes nothing new.</summary>
internal sealed class WireGate
{
    private IReadOnlySet<string>? _modules;
    private int _inside;
    private volatile bool _isDraining;

    /// <summary>Calls under way.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>From now on only these; before that, all.</summary>
    public void Only(IReadOnlySet<string> modules) => Volatile.Write(ref _modules, modules);

    public bool TryEnter(string module)
    {
        // In before it is looked at: who drains sees either the call or its refusal.
        Interlocked.Increment(ref _inside);
        if (!_isDraining && (Volatile.Read(ref _modules) is not { } only || only.Contains(module))) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Takes nothing new and waits until what is under way has ended.</summary>
    /// <returns>Whether it has, in time.</returns>
    public async Task<bool> Drain(TimeSpan patience, TimeProvider clock)
    {
        _isDraining = true;
        for (var began = clock.GetTimestamp(); Inside > 0; await Task.Delay(TimeSpan.FromMilliseconds(10), clock))
            if (clock.GetElapsedTime(began) > patience) return false;
        return true;
    }
}

/// <summary>The contracts of this process with their shapes, by which another decides what it may send here.</summary>
internal sealed class WireManifest(IEnumerable<IRequestDescriptor> requests)
{
    private readonly Lazy<FrozenDictionary<string, ContractShape>> _contracts = new(() => requests.Where(r => r.Contract is not null)
        .ToFrozenDictionary(r => r.Name, r => ContractShape.Of(r.Type), StringComparer.Ordinal));

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, ContractShape> Contracts => _contracts.Value;

    /// <summary>What keeps calls of this process from being carried out by one with another manifest: per contract, the reasons. Empty where nothing does.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Against(IReadOnlyDictionary<string, ContractShape> other, Func<string, bool> isOf)
    {
        var found = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, shape) in Contracts.Where(c => isOf(c.Key)))
            if (!other.TryGetValue(name, out var theirs)) found[name] = ["it does not have this contract"];
            else if (shape.Against(theirs) is { Count: > 0 } reasons) found[name] = reasons;
        return found;
    }
}
