using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Watching;

/// <summary>The peer: the very same playlists and segments as plain files, and a page that holds hls.js with its defaults and nothing else.</summary>
internal sealed class BarePage : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private BarePage(WebApplication app, Uri url, string folder) => (_app, Url, _folder) = (app, url, folder);

    public Uri Url { get; }

    public static async Task<BarePage> Start(string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "peer", "hls.min.js"), Path.Combine(folder, "hls.js"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var url = HostProcess.FreeUrl();
        app.Urls.Add(url.ToString());
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder), ServeUnknownFileTypes = true });
        await app.StartAsync(ct);
        return new BarePage(app, url, folder);
    }

    /// <summary>Copies everything that a master playlist leads to, and answers with the page that links to its player.</summary>
    public async Task<Uri> Mirror(HttpClient client, Uri master, string name, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        await Copy(client, master, new Uri(master, "."), folder, [], ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<!doctype html><title>Bare</title><a href=\"watch.html\">Play</a>", ct);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "watch.html"),
            $$"""
            <!doctype html><title>Bare</title>
            <video playsinline style="width:100%"></video>
            <script src="/hls.js"></script>
            <script>
              const video = document.querySelector('video');
              const hls = new Hls();
              hls.loadSource('{{Path.GetFileName(master.AbsolutePath)}}');
              hls.attachMedia(video);
              video.play();
            </script>
            """, ct);
        return new Uri(Url, $"/{name}/index.html");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task Copy(HttpClient client, Uri address, Uri root, string folder, HashSet<Uri> done, CancellationToken ct)
    {
        if (!done.Add(address)) return;
        var file = Path.GetFullPath(Path.Combine(folder, root.MakeRelativeUri(address).ToString()));
        if (!file.StartsWith(folder, StringComparison.Ordinal)) throw new InvalidOperationException($"{address} lies outside of {root}.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var bytes = await client.GetByteArrayAsync(address, ct);
        await File.WriteAllBytesAsync(file, bytes, ct);
        if (!file.EndsWith(".m3u8", StringComparison.Ordinal)) return;
        foreach (var part in Answers.Addresses(System.Text.Encoding.UTF8.GetString(bytes))) await Copy(client, new Uri(address, part), root, folder, done, ct);
    }
}
