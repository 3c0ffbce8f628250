using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Http;

/// <summary>What every endpoint of every module has in common.</summary>
public static class HttpRegistration
{
    /// <summary>Claims of this prefix become <see cref="Caller.Attributes"/>, without it.</summary>
    public const string AttributeClaimPrefix = "caller:";

    /// <summary>JSON conventions and problem details.</summary>
    public static IServiceCollection AddHttpConventions(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
            json.SerializerOptions.Converters.Add(new MillisecondTimes());
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Extensions["traceId"] = Problems.TraceId;
            if (context.ProblemDetails.Status == StatusCodes.Status401Unauthorized) context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
            if (context.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable && context.HttpContext.Response.Headers.RetryAfter.Count == 0)
                context.HttpContext.Response.Headers.RetryAfter = "5";
            if (context.Exception is BadHttpRequestException bad)
            {
                context.ProblemDetails.Type = Problems.Urn("bad-request");
                context.ProblemDetails.Detail = bad.InnerException is JsonException json
                    ? $"The body is not the JSON expected here{(json.Path is { } path ? $", at {path}" : "")}."
                    : bad.Message;
            }
            else if (context.Exception is { } failure && StorageFault.Of(failure) is { } fault)
            {
                context.ProblemDetails.Type = Problems.Urn(fault.Code);
                context.ProblemDetails.Detail = fault.Message;
            }
            else if (context.ProblemDetails.Type?.StartsWith("urn:", StringComparison.Ordinal) != true)
            {
                context.ProblemDetails.Type = Problems.Urn($"http-{context.ProblemDetails.Status}");
                context.ProblemDetails.Detail ??= Advice(context.ProblemDetails.Status);
            }
        });
        return services;
    }

    /// <summary>Takes the signed-in principal over into the <see cref="CallContext"/> of the request. After authentication.</summary>
    public static IApplicationBuilder UseCaller(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // HttpContext.User would make somebody of whoever has brought nothing.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } known)
            context.RequestServices.GetRequiredService<CallContext>().Caller = CallerOf(known);
        return next(context);
    });

    /// <summary>Exceptions and bare statuses become problem details below <c>/api</c> and wherever no page is asked for.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        StatusCodeSelector = failure => failure switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            _ => StorageFault.Of(failure) is { } fault ? Problems.Status(fault) : StatusCodes.Status500InternalServerError,
        },
        SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException or OperationCanceledException,
    }).Use((context, next) =>
    {
        // The framework takes it for a fault of ours.
        if (context.Request.Headers.ContentType.Count > 0 && context.Request.GetTypedHeaders().ContentType is { Charset.Length: > 0, Encoding: null } type)
            throw new BadHttpRequestException($"The charset {type.Charset} is not known here. Send UTF-8.", StatusCodes.Status415UnsupportedMediaType);
        return next(context);
    });

    internal static Caller CallerOf(ClaimsPrincipal principal) => new(
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var subject) ? subject : null,
        [.. principal.FindAll(ClaimTypes.Role).Select(c => c.Value).Where(role => role != Caller.SystemRole)],
        principal.Claims.Where(c => c.Type.StartsWith(AttributeClaimPrefix, StringComparison.Ordinal))
            .DistinctBy(c => c.Type).ToDictionary(c => c.Type[AttributeClaimPrefix.Length..], c => c.Value));

    /// <summary>For what the framework refuses with a bare status.</summary>
    private static string Advice(int? status) => status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address. /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take this method; the header Allow names those that it takes.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than what is taken here. Send less.",
        StatusCodes.Status415UnsupportedMediaType => "The body is not of a type that is taken here. /openapi/v1.json names those that are.",
        >= 500 => "Something went wrong here. It has been logged; try again, and tell an operator the trace id if it stays.",
        _ => "The request is not right. /openapi/v1.json says what is expected.",
    };

    private sealed class MillisecondTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }
}
