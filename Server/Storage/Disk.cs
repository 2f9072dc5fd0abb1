using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>The disk itself.</summary>
sealed class Disk : IDisk
{
    public static Disk Real { get; } = new();

    public SafeFileHandle Open(string path, FileMode mode) => File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Delete);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void FlushFolder(string path) => Posix.FlushFolder(path);
}
