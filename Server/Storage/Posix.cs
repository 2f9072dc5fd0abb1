using System.Runtime.InteropServices;

namespace Federated.Server.Storage;

/// <summary>What .NET has no API for: flushing a folder.</summary>
static partial class Posix
{
    const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC, Linux

    /// <summary>Makes creations and renames inside a folder survive a power cut.</summary>
    public static void FlushFolder(string path)
    {
        var descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
            throw Error($"Cannot open the folder '{path}' to flush it");
        try
        {
            if (Fsync(descriptor) != 0)
                throw Error($"Cannot flush the folder '{path}'");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    static IOException Error(string what)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(errno)}.", errno);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
