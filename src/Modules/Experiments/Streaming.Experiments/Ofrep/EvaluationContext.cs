using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Streaming.Experiments.Ofrep;

/// <summary>The targeting key of an evaluation request, or what is wrong with the body in the protocol's own codes.</summary>
/// <param name="TargetingKey">Whom to evaluate for; empty where <paramref name="ErrorCode"/> is set.</param>
internal sealed record EvaluationContext(string TargetingKey, string? ErrorCode, string ErrorDetails) : IEndpointParameterMetadataProvider
{
    private const int MaximumKeyLength = 1000;

    public static async ValueTask<EvaluationContext> BindAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            return Of(body.RootElement);
        }
        catch (JsonException)
        {
            return Wrong("PARSE_ERROR", "The body is not JSON.");
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(EvaluationRequest)));

    public EvaluationFailure? Failure(string? key) => ErrorCode is null ? null : new EvaluationFailure(key, ErrorCode, ErrorDetails);

    private static EvaluationContext Of(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("context", out var context))
            return Wrong("TARGETING_KEY_MISSING", "Give the unit as context.targetingKey.");
        if (context.ValueKind != JsonValueKind.Object) return Wrong("INVALID_CONTEXT", "context must be an object.");
        if (!context.TryGetProperty("targetingKey", out var key)) return Wrong("TARGETING_KEY_MISSING", "Give the unit as context.targetingKey.");
        if (key.ValueKind != JsonValueKind.String) return Wrong("INVALID_CONTEXT", "context.targetingKey must be a string.");
        return key.GetString() switch
        {
            "" => Wrong("TARGETING_KEY_MISSING", "context.targetingKey is empty."),
            { Length: > MaximumKeyLength } => Wrong("INVALID_CONTEXT", $"context.targetingKey has more than {MaximumKeyLength} characters."),
            var unit => new EvaluationContext(unit!, null, ""),
        };
    }

    private static EvaluationContext Wrong(string code, string details) => new("", code, details);
}

/// <summary>The shape of a request, for the OpenAPI document.</summary>
internal sealed record EvaluationRequest(EvaluationRequestContext Context);

/// <param name="TargetingKey">Whom or what is assigned: usually the profile, else the account.</param>
internal sealed record EvaluationRequestContext(string TargetingKey);
