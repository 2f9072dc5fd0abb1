using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;

namespace Federated.Formats.Files;

/// <summary>A file mapped read-only into memory: nothing is read before it is looked at. A file that another process truncates meanwhile is outside of what any reader can guard against.</summary>
public sealed unsafe partial class MappedFile : ISpanSource, IDisposable
{
    // Linux 5.14 and later: maps the pages of a range, reading them where they are not in the cache.
    const int PopulateRead = 22;

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
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes from here do not lie within the file's {Length}.");
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <inheritdoc/>
    public void Announce(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes from here do not lie within the file's {Length}.");
        var skip = offset % Environment.SystemPageSize;
        // Older kernels do not know the advice: then every page is mapped when it is first read.
        if (length > 0 && OperatingSystem.IsLinux())
            _ = Advise(_start + offset - skip, (nuint)(length + skip), PopulateRead);
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

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);
}
