using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Server.Tests.Crash;

/// <summary>What a server did to its disk and its database, in order.</summary>
abstract record Operation
{
    public sealed record Create(string Path, int File) : Operation;

    public sealed record Write(int File, long Offset, byte[] Bytes) : Operation;

    public sealed record SetLength(int File, long Length) : Operation;

    public sealed record Flush(int File) : Operation;

    public sealed record Rename(string From, string To) : Operation;

    public sealed record Delete(string Path) : Operation;

    public sealed record CreateFolder(string Path) : Operation;

    public sealed record FlushFolder(string Path) : Operation;

    public sealed record Commit(IReadOnlyList<RowChange> Changes) : Operation;
}

/// <summary>A disk and a store that write down what is done to them.</summary>
sealed class OperationLog : IDisk
{
    readonly Lock _gate = new();
    readonly List<Operation> _operations = [];
    readonly Dictionary<Microsoft.Win32.SafeHandles.SafeFileHandle, int> _files = [];

    /// <summary>So far; files that nobody waits for may still be written.</summary>
    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_gate)
                return [.. _operations];
        }
    }

    public void Add(Operation operation)
    {
        lock (_gate)
            _operations.Add(operation);
    }

    public Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path, FileMode mode)
    {
        lock (_gate)
        {
            if (File.Exists(path))
                throw new InvalidOperationException($"The log does not follow files that are opened again: {path}");
            var file = Disk.Real.Open(path, mode);
            _files[file] = _files.Count;
            _operations.Add(new Operation.Create(path, _files[file]));
            return file;
        }
    }

    public void Write(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_gate)
        {
            Disk.Real.Write(file, bytes, offset);
            _operations.Add(new Operation.Write(_files[file], offset, bytes.ToArray()));
        }
    }

    public void SetLength(Microsoft.Win32.SafeHandles.SafeFileHandle file, long length) => Do(() => Disk.Real.SetLength(file, length), new Operation.SetLength(_files[file], length));

    public void Flush(Microsoft.Win32.SafeHandles.SafeFileHandle file) => Do(() => Disk.Real.Flush(file), new Operation.Flush(_files[file]));

    public void Rename(string from, string to) => Do(() => Disk.Real.Rename(from, to), new Operation.Rename(from, to));

    public void Delete(string path) => Do(() => Disk.Real.Delete(path), new Operation.Delete(path));

    public void CreateFolder(string path) => Do(() => Disk.Real.CreateFolder(path), new Operation.CreateFolder(path));

    public void FlushFolder(string path) => Do(() => Disk.Real.FlushFolder(path), new Operation.FlushFolder(path));

    void Do(Action action, Operation operation)
    {
        lock (_gate)
        {
            action();
            _operations.Add(operation);
        }
    }
}
