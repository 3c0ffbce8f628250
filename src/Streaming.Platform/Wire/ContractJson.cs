using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
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

    // By hand, because a value type's default cannot be told from an absent value.
    private sealed class ResultConverter<T> : JsonConverter<Result<T>>
    {
        public override Result<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A result is an object.");
            Result<T>? result = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var member = reader.GetString();
                reader.Read();
                if (member == "error") result = JsonSerializer.Deserialize<Error>(ref reader, options) ?? throw new JsonException("The error is null.");
                else if (member == "value") result = JsonSerializer.Deserialize<T>(ref reader, options) ?? throw new JsonException("The value is null.");
                else reader.Skip();
            }

            return result ?? throw new JsonException("A result has neither value nor error.");
        }

        public override void Write(Utf8JsonWriter writer, Result<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WritePropertyName(value.IsError ? "error" : "value");
            if (value.TryGet(out var content, out var error)) JsonSerializer.Serialize(writer, content, options);
            else JsonSerializer.Serialize(writer, error, options);
            writer.WriteEndObject();
        }
    }
}
