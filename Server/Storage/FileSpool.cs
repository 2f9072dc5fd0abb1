using Federated.Formats.Digests;
using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>A part file and the running hash over it.</summary>
sealed class FileSpool : ISpool
{
    readonly SafeFileHandle _file;
    readonly SpooledFile _place;
    readonly Flushes _flushes;
    readonly IDisk _disk;
    TreeDigest _hasher = new();
    bool _isShown;

    FileSpool(SpooledFile place, Flushes flushes, IDisk disk) => (_file, _place, _flushes, _disk) = (disk.Open(place.Part, FileMode.OpenOrCreate), place, flushes, disk);

    public long Offset => _hasher.Length;

    public bool IsComplete => false;

    public static async Task<ISpool> OpenAsync(SpooledFile place, long size, Flushes flushes, IDisk disk, CancellationToken stopping)
    {
        var spool = new FileSpool(place, flushes, disk);
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

    public bool Verify()
    {
        if (_hasher.ToHex() == _place.Digest)
        {
            _place.Show();
            return _isShown = true;
        }
        _hasher = new TreeDigest();
        _disk.SetLength(_file, 0);
        return false;
    }

    public async Task FlushAsync(CancellationToken stopping)
    {
        await _flushes.RunAsync(FlushAndName, stopping);
        _isShown = false;
    }

    void FlushAndName()
    {
        _disk.Flush(_file);
        _place.Complete();
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
        await _flushes.RunAsync(() => _disk.Flush(_file), stopping);
    }

    public void Dispose()
    {
        if (_isShown)
            _place.Hide();
        _file.Dispose();
    }
}
