using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Streaming.Web;

/// <summary>The bundled scripts, styles, fonts and icons, out of the assembly, so that a single file serves them.</summary>
internal sealed class WebAssets
{
    private const string Prefix = "assets/";
    private readonly FrozenDictionary<string, Asset> _assets = Read();

    /// <summary>The address of an asset, with its content's hash, so that it may be kept for ever.</summary>
    public string Url(string name) => _assets.TryGetValue(name, out var asset)
        ? $"/assets/{name}?v={asset.Hash}"
        : throw new InvalidOperationException($"There is no bundled asset '{name}'.");

    /// <summary>The address of the font file whose name starts like this; fonts carry their hash in the name.</summary>
    public string Font(string start) => "/assets/" + _assets.Keys.First(name => name.StartsWith(start, StringComparison.Ordinal));

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/assets/{name}", [HttpMethods.Get, HttpMethods.Head], (string name, HttpContext http) => Serve(name, http))
            .ExcludeFromDescription();

    private Results<FileContentHttpResult, NotFound> Serve(string name, HttpContext http)
    {
        if (!_assets.TryGetValue(name, out var asset)) return TypedResults.NotFound();

        var (body, encoding) = asset.For(http.Request.GetTypedHeaders().AcceptEncoding);
        var named = asset.Type == "font/woff2" || http.Request.Query["v"] == asset.Hash;
        http.Response.Headers.CacheControl = named ? "public, max-age=31536000, immutable" : "no-cache";
        http.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (encoding is not null) http.Response.Headers.ContentEncoding = encoding;

        // Each encoding is a representation of its own and so has its own strong tag.
        var tag = new EntityTagHeaderValue($"\"{asset.Hash}{(encoding is null ? "" : "-" + encoding)}\"");
        return TypedResults.Bytes(body, asset.Type, entityTag: tag);
    }

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = typeof(WebAssets).Assembly;
        var all = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => Bytes(assembly.GetManifestResourceStream(name)!));
        return all.Where(entry => !entry.Key.EndsWith(".br", StringComparison.Ordinal) && !entry.Key.EndsWith(".gz", StringComparison.Ordinal))
            .ToFrozenDictionary(entry => entry.Key, entry => new Asset(
                TypeOf(entry.Key), entry.Value, all.GetValueOrDefault(entry.Key + ".br"), all.GetValueOrDefault(entry.Key + ".gz")));
    }

    private static byte[] Bytes(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };

    private sealed record Asset(string Type, byte[] Plain, byte[]? Brotli, byte[]? Gzip)
    {
        public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Plain))[..16];

        public (byte[] Body, string? Encoding) For(IList<StringWithQualityHeaderValue> accepted)
        {
            bool Accepts(string encoding) => accepted.Any(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);
            if (Brotli is not null && Accepts("br")) return (Brotli, "br");
            if (Gzip is not null && Accepts("gzip")) return (Gzip, "gzip");
            return (Plain, null);
        }
    }
}
