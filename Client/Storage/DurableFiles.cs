using System.Runtime.InteropServices;

namespace Federated.Client.Storage;

/// <summary>
/// Files that survive a power cut once the call returns: written beside, flushed, renamed, the folder flushed.
/// The runtime cannot flush a folder, hence the one place with P/Invoke.
/// </summary>
static partial class DurableFiles
{
    const int ReadOnly = 0;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool secret = false)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        Publish(temporary, path);
    }

    /// <summary>Gives a flushed file its final name and flushes the folder.</summary>
    public static void Publish(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>The names in a folder survive a power cut when it returns.</summary>
    public static void FlushFolder(string folder)
    {
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            throw new IOException($"The folder '{folder}' cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            if (Flush(handle) != 0)
                throw new IOException($"The folder '{folder}' cannot be flushed: error {Marshal.GetLastPInvokeError()}.");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
