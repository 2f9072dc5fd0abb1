using System.Text.Json;
using Federated.Server.Faults;
using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>The server's folder, held by one process at a time.</summary>
sealed class DataFolder : IDisposable
{
    readonly SafeFileHandle _lock;

    DataFolder(string path, SafeFileHandle @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "federated.db");

    public string Blobs => System.IO.Path.Combine(Path, "blobs");

    public string Spools => System.IO.Path.Combine(Path, "spools");

    /// <summary>Never part of a backup: what is in it lets its holder subtract the noise.</summary>
    public string Secrets => System.IO.Path.Combine(Path, "secrets");

    public string Published => System.IO.Path.Combine(Path, "published");

    /// <exception cref="FaultException">Another process holds it.</exception>
    public static DataFolder Open(string path)
    {
        var full = Directory.CreateDirectory(path).FullName;
        try
        {
            // On Linux .NET turns FileShare.None into flock(LOCK_EX), which a kill releases.
            return new DataFolder(full, File.OpenHandle(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == DiskErrors.WouldBlock)
        {
            throw new FaultException(Fault.DataFolderLocked, $"The data folder '{path}' is in use by another server.", e);
        }
    }

    /// <summary>Where the first admin key of a server that asks for keys is found, by whoever may read this folder.</summary>
    public string AdminKey => System.IO.Path.Combine(Path, "admin.key");

    /// <summary>Says where to reach this process, and which authority it is under; whoever reads the file sees all of it or the previous one.</summary>
    public void WriteEndpoints(string http, string grpc, string? authority)
    {
        var target = System.IO.Path.Combine(Path, "endpoints.json");
        var temporary = target + ".tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(
            new { http, grpc, authority, pid = Environment.ProcessId }));
        File.Move(temporary, target, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();
}
