using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;

namespace Federated.Formats.Files;

/// <summary>A file mapped read-only into memory: nothing is read before it is looked at. A file that another process truncates meanwhile is outside of what any reader can guard against.</summary>
public sealed unsafe partial class MappedFile : ISpanSource, IDisposable
{
    // Linux 5.14 and later: maps the pages of a range, reading them where they are not in the cache.
    const int PopulateRead = 22;

    // Unmaps the pages of a range; of a file's mapping they stay in the page cache, and the next look maps them again.
    const int DontNeed = 4;

    readonly MemoryMappedFile? _file;
    readonly MemoryMappedViewAccessor? _view;
    readonly byte* _start;
    bool _disposed;

    /// <summary>Maps a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public MappedFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = stream.Length;
        // An empty file cannot be mapped.
        if (Length == 0)
            return;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        RequireWithin(offset, length);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <inheritdoc/>
    public void Announce(long offset, long length)
    {
        RequireWithin(offset, length);
        var skip = offset % Environment.SystemPageSize;
        // Older kernels do not know the advice: then every page is mapped when it is first read.
        if (length > 0 && OperatingSystem.IsLinux())
            _ = Advise(_start + offset - skip, (nuint)(length + skip), PopulateRead);
    }

    /// <summary>Says that a window is not needed for now: its whole pages stop counting as this process's memory. Spans of it stay valid; looking at them maps the pages again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the file.</exception>
    public void Release(long offset, long length)
    {
        RequireWithin(offset, length);
        var (first, end) = ((offset + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize,
            offset + length == Length ? Length : (offset + length) / Environment.SystemPageSize * Environment.SystemPageSize);
        if (end > first && OperatingSystem.IsLinux())
            _ = Advise(_start + first, (nuint)(end - first), DontNeed);
    }

    /// <summary>Unmaps; spans handed out are invalid afterwards.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }

    void RequireWithin(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes from here do not lie within the file's {Length}.");
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);
}
