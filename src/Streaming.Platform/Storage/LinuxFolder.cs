using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Platform.Storage;

/// <summary>Opens a folder as a handle, which File.OpenHandle refuses.</summary>
internal static partial class LinuxFolder
{
    private const int ReadOnlyDirectoryCloseOnExec = 0x10000 | 0x80000;

    public static SafeFileHandle Open(string folder)
    {
        var descriptor = OpenFile(folder, ReadOnlyDirectoryCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"The folder {folder} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
