using Federated.Formats.Digests;
using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>A part file and the running hash over it.</summary>
sealed class FileSpool : ISpool
{
    readonly SafeFileHandle _file;
    readonly (string Part, string Complete) _paths;
    readonly string _digest;
    readonly SemaphoreSlim _flushes;
    readonly IDisk _disk;
    readonly Action _completed;
    TreeDigest _hasher = new();

    FileSpool(SafeFileHandle file, (string, string) paths, string digest, (SemaphoreSlim Flushes, IDisk Disk) shared, Action completed)
    {
        _completed = completed;
        _file = file;
        _paths = paths;
        _digest = digest;
        (_flushes, _disk) = shared;
    }

    public long Offset => _hasher.Length;

    public bool IsComplete => false;

    public static async Task<ISpool> OpenAsync(string part, string complete, string digest, long size, (SemaphoreSlim, IDisk Disk) shared, Action completed, CancellationToken stopping)
    {
        var file = shared.Disk.Open(part, FileMode.OpenOrCreate);
        var spool = new FileSpool(file, (part, complete), digest, shared, completed);
        try
        {
            await spool.ResumeAsync(size, stopping);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _disk.Write(_file, bytes, _hasher.Length);
        _hasher.Append(bytes);
    }

    public async Task<bool> CompleteAsync(CancellationToken stopping)
    {
        if (_hasher.ToHex() != _digest)
        {
            _hasher = new TreeDigest();
            _disk.SetLength(_file, 0);
            return false;
        }
        await FlushAsync(stopping);
        _disk.Rename(_paths.Part, _paths.Complete);
        _completed();
        return true;
    }

    // Only whole leaves are trusted after a break: a torn tail is cheaper to send again than to examine.
    async Task ResumeAsync(long size, CancellationToken stopping)
    {
        var length = Math.Min(RandomAccess.GetLength(_file), size);
        var keep = length - length % TreeDigest.LeafBytes;
        _disk.SetLength(_file, keep);
        if (keep == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        try
        {
            while (_hasher.Length < keep)
            {
                var count = await RandomAccess.ReadAsync(_file, buffer, _hasher.Length, stopping);
                _hasher.Append(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        await FlushAsync(stopping);
    }

    // A flush blocks its thread; unlimited, two hundred uploads would starve the thread pool.
    async Task FlushAsync(CancellationToken stopping)
    {
        await _flushes.WaitAsync(stopping);
        try
        {
            _disk.Flush(_file);
        }
        finally
        {
            _flushes.Release();
        }
    }

    public void Dispose() => _file.Dispose();
}
