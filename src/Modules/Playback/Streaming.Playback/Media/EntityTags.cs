using Microsoft.AspNetCore.Http;

namespace Streaming.Playback.Media;

/// <summary>RFC 9110 section 13.1.2, for answers that have a strong entity tag.</summary>
internal static class EntityTags
{
    public static bool NotModified(HttpRequest request, string etag)
    {
        foreach (var line in request.Headers.IfNoneMatch)
            foreach (var candidate in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
                if (candidate == "*" || candidate == etag || (candidate.StartsWith("W/", StringComparison.Ordinal) && candidate.AsSpan(2).SequenceEqual(etag)))
                    return true;
        return false;
    }
}
