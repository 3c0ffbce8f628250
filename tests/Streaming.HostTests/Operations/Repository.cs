namespace Streaming.HostTests.Operations;

/// <summary>Files that lie beside the program and not in it.</summary>
internal static class Repository
{
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "global.json"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }
}
