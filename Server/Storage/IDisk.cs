using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>
/// Everything that blobs and spools do to change a disk, one operation a method, so that a test can write the operations down and start
/// the server from every prefix of them.
/// </summary>
interface IDisk
{
    /// <summary>Opens a file for writing; what it holds stays.</summary>
    SafeFileHandle Open(string path, FileMode mode);

    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    void SetLength(SafeFileHandle file, long length);

    /// <summary>The file's bytes survive a power cut when it returns.</summary>
    void Flush(SafeFileHandle file);

    /// <summary>Gives a file its final name, in the place of another one of that name.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Creates a folder and its parents.</summary>
    void CreateFolder(string path);

    /// <summary>The names in a folder survive a power cut when it returns.</summary>
    void FlushFolder(string path);
}
