using System.Diagnostics;
using System.Reflection;

namespace Streaming.BrowserTests.Fixtures;

/// <summary>Scripts of the folder Client, which drive npm packages that are no part of the product.</summary>
internal static class Node
{
    public static string Client { get; } =
        typeof(Node).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Client").Value!;

    public static async Task<string> Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Client, script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var said = node.StandardOutput.ReadToEndAsync(limit.Token);
        var complained = node.StandardError.ReadToEndAsync(limit.Token);
        await node.WaitForExitAsync(limit.Token);
        Assert.That(node.ExitCode, Is.Zero, $"{script}: {await said}{await complained}");
        return await said;
    }
}
