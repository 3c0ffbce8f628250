using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Kernel;

namespace Streaming.Platform.Wire;

/// <summary>The one way in which contracts, answers and events become bytes.</summary>
public static class ContractJson
{
    /// <summary>Camel case, absent instead of null, enums as text, <see cref="Result{T}"/> as <c>{"value":…}</c> or <c>{"error":…}</c>.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new ResultConverter() },
    };

    /// <summary>The value after it has been bytes.</summary>
    /// <exception cref="JsonException">It does not survive.</exception>
    internal static T Copy<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(value, Options), Options)
        ?? throw new JsonException($"{typeof(T).Name} became null on the wire.");

    internal static bool Same<T>(T one, T other) =>
        JsonSerializer.SerializeToUtf8Bytes(one, Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, Options));

    private sealed class ResultConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Result<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(ResultConverter<>).MakeGenericType(typeToConvert.GenericTypeArguments))!;
    }

    private sealed class ResultConverter<T> : JsonConverter<Result<T>>
    {
        public override Result<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var parts = JsonSerializer.Deserialize<Parts>(ref reader, options);
            if (parts?.Error is { } error) return error;
            return parts is { Value: { } value } ? value : throw new JsonException("A result has neither value nor error.");
        }

        public override void Write(Utf8JsonWriter writer, Result<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.TryGet(out var content, out var error) ? new Parts(content, null) : new Parts(default, error), options);

        private sealed record Parts(T? Value, Error? Error);
    }
}
