using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Wire;

/// <summary>Calls a contract in another process.</summary>
internal sealed class WireClient(WireContext contexts, WireNews news) : IDisposable
{
    private static readonly MediaTypeHeaderValue _json = new(WireWords.Json);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A half-open connection answers nothing and refuses nothing; this finds it.
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = TimeSpan.FromSeconds(1),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
    });

    public void Dispose() => _http.Dispose();

    /// <summary>The way there and back, with everything that a call needs but the call.</summary>
    /// <exception cref="WireFault">It is refused there.</exception>
    public async Task Ping(Uri address, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, WirePing.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = _json } },
        };
        message.Headers.TryAddWithoutValidation(WireContext.Header, contexts.Seal(WirePing.Module, new CallContext()));
        using var answer = await _http.SendAsync(message, ct);
        if (!answer.IsSuccessStatusCode) throw new WireFault($"it answers {(int)answer.StatusCode}");
        await answer.Content.CopyToAsync(Stream.Null, ct);
    }

    /// <summary>The result, as it would have been in this process.</summary>
    /// <param name="address">Of the process.</param>
    /// <param name="descriptor">Of the contract.</param>
    /// <param name="request">The request.</param>
    /// <param name="context">On whose behalf; its session learns what was written.</param>
    /// <param name="limit">How long the callee may take.</param>
    /// <param name="isShadow">Whether it is a copy: of an order only its checks are made.</param>
    /// <param name="ct">Ends the call, here and there.</param>
    /// <exception cref="WireFault">There is no result, through no fault of the request.</exception>
    public async Task<Result<T>> Call<TRequest, T>(Uri address, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, TimeSpan limit, bool isShadow, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, WireWords.PathOf(descriptor)))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, ContractJson.Options)) { Headers = { ContentType = _json } },
        };
        message.Headers.TryAddWithoutValidation(WireContext.Header, contexts.Seal(descriptor.Module, context));
        message.Headers.TryAddWithoutValidation(WireWords.Deadline, Math.Max(1, (int)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        if (isShadow) message.Headers.TryAddWithoutValidation(WireWords.Shadow, "1");
        if (news.Tell() is { } latest) message.Headers.TryAddWithoutValidation(WireNews.Header, latest);
        using var late = new CancellationTokenSource(limit);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var answer = await _http.SendAsync(message, end.Token);
            if (answer.Headers.Contains(WireWords.NotExecuted)) throw new WireFault($"it has not carried it out ({(int)answer.StatusCode})") { IsNotExecuted = true };
            if (answer.Content.Headers.ContentType?.MediaType != WireWords.Json) throw new WireFault($"it answers {(int)answer.StatusCode} without a result");
            var result = await JsonSerializer.DeserializeAsync<Result<T>>(await answer.Content.ReadAsStreamAsync(end.Token), ContractJson.Options, end.Token)
                ?? throw new WireFault("its answer is empty");
            if (context.Session is { } session && answer.Headers.TryGetValues(WireWords.Position, out var positions)
                && ulong.TryParse(positions.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)) session.Wrote(position);
            if (answer.Headers.TryGetValues(WireNews.Header, out var told)) await news.Hear(told.First(), end.Token);
            return result;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WireFault($"it did not answer within {limit.TotalMilliseconds:0} ms") { IsLate = true };
        }
        catch (HttpRequestException failure)
        {
            throw new WireFault(failure.Message, failure) { IsNotExecuted = failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            throw new WireFault(failure.Message, failure);
        }
    }
}

/// <summary>Another process has not given a result.</summary>
internal sealed class WireFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it is certain that nothing was done.</summary>
    public bool IsNotExecuted { get; init; }

    /// <summary>Whether it has only taken too long.</summary>
    public bool IsLate { get; init; }
}
