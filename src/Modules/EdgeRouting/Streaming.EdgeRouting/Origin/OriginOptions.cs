using System.ComponentModel.DataAnnotations;

namespace Streaming.EdgeRouting.Origin;

/// <summary>The origin as clients reach it: configuration section <c>edges:origin</c>.</summary>
internal sealed class OriginOptions : IValidatableObject
{
    /// <summary>Prefix of media paths; empty means the host that answers the page.</summary>
    public string BaseUrl { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsBase(BaseUrl))
            yield return new ValidationResult(
                $"'{BaseUrl}' is not a base address; give http(s)://host[:port][/path] without a slash at the end, query or fragment, "
                + "or leave it empty for the same host.",
                [nameof(BaseUrl)]);
    }

    private static bool IsBase(string url) =>
        url.Length == 0
        || (Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && url == url.Trim()
            && url[^1] != '/'
            && url.AsSpan().IndexOfAny('?', '#') < 0
            && uri.UserInfo.Length == 0);
}
