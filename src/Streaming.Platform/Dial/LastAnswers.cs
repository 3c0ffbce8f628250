using System.IO.Hashing;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Streaming.Kernel;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial;

/// <summary>
/// The last good answers of the contracts that allow it (<see cref="ContractAttribute.StaleSeconds"/>): what is shown while the one who
/// knows better cannot be asked. They are kept where the question is asked, so they are there when the whole callee is not.
/// </summary>
internal sealed class LastAnswers(TimeProvider clock) : IDisposable
{
    private const int Most = 2000;

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = Most });

    /// <summary>Which answer it is; null where the contract wants none kept.</summary>
    public static object? KeyOf<TRequest>(RequestDescriptor<TRequest> descriptor, TRequest request, Caller caller) =>
        descriptor.IsCommand || descriptor.Contract is not { StaleSeconds: > 0 } contract
            ? null
            : (descriptor.Name, XxHash128.HashToUInt128(JsonSerializer.SerializeToUtf8Bytes(request, ContractJson.Options)), Audience(contract, caller));

    public void Keep<T>(object key, T answer) => _answers.Set(key, new Answer<T>(answer, clock.GetTimestamp()), new MemoryCacheEntryOptions { Size = 1 });

    public void Forget(object key) => _answers.Remove(key);

    public bool TryFind<T>(object key, TimeSpan age, out T? answer)
    {
        var found = _answers.Get<Answer<T>>(key) is { } known && clock.GetElapsedTime(known.At) <= age ? known : null;
        answer = found is null ? default : found.Value;
        return found is not null;
    }

    public void Dispose() => _answers.Dispose();

    // One caller's answer is never another's, but where the contract says by what alone answers differ.
    private static string Audience(ContractAttribute contract, Caller caller)
    {
        var roles = string.Join(',', caller.Roles.Order(StringComparer.Ordinal));
        return contract.StaleApart is { } names
            ? $"{roles}|{string.Join(',', names.Select(name => caller.Attributes.GetValueOrDefault(name)))}"
            : $"{roles}|{caller.Subject}|{string.Join(',', caller.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"))}";
    }

    private sealed record Answer<T>(T Value, long At);
}
