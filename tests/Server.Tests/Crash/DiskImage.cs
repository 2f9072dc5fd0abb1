namespace Server.Tests.Crash;

/// <summary>
/// What a disk holds after a prefix of the operations. A killed process loses nothing that the kernel has; a power cut leaves of each
/// file what was last flushed and of each folder the names that were last flushed.
/// </summary>
sealed class DiskImage
{
    readonly Dictionary<int, (byte[] Now, byte[] Flushed)> _files = [];
    readonly SortedSet<string> _folders = new(StringComparer.Ordinal);
    readonly SortedSet<string> _flushedFolders = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    Dictionary<string, int> _flushedNames = new(StringComparer.Ordinal);

    public DiskImage(IEnumerable<Operation> operations)
    {
        foreach (var operation in operations)
            Apply(operation);
    }

    /// <summary>Lays the image out below another root.</summary>
    public void WriteTo(string root, string original, bool powerCut)
    {
        foreach (var folder in (powerCut ? _flushedFolders : _folders).Where(f => f.StartsWith(original, StringComparison.Ordinal)))
            Directory.CreateDirectory(Moved(folder));
        foreach (var (path, file) in powerCut ? _flushedNames : _names)
        {
            // A file whose folder did not survive is gone with it.
            if (Directory.Exists(Path.GetDirectoryName(Moved(path))))
                File.WriteAllBytes(Moved(path), powerCut ? _files[file].Flushed : _files[file].Now);
        }

        string Moved(string path) => root + path[original.Length..];
    }

    void Apply(Operation operation)
    {
        switch (operation)
        {
            case Operation.Create create:
                _files[create.File] = ([], []);
                _names[create.Path] = create.File;
                break;
            case Operation.Write write:
                var (now, flushed) = _files[write.File];
                var grown = new byte[Math.Max(now.Length, write.Offset + write.Bytes.Length)];
                now.CopyTo(grown, 0);
                write.Bytes.CopyTo(grown, write.Offset);
                _files[write.File] = (grown, flushed);
                break;
            case Operation.SetLength set:
                var resized = _files[set.File].Now;
                Array.Resize(ref resized, (int)set.Length);
                _files[set.File] = (resized, _files[set.File].Flushed);
                break;
            case Operation.Flush flush:
                _files[flush.File] = (_files[flush.File].Now, _files[flush.File].Now);
                break;
            case Operation.Rename rename:
                _names.Remove(rename.From, out var moved);
                _names[rename.To] = moved;
                break;
            case Operation.Delete delete:
                _names.Remove(delete.Path);
                break;
            case Operation.CreateFolder folder:
                for (var path = folder.Path; path.Length > 1; path = Path.GetDirectoryName(path)!)
                    _folders.Add(path);
                break;
            case Operation.FlushFolder folder:
                FlushNames(folder.Path);
                break;
        }
    }

    void FlushNames(string folder)
    {
        bool Inside(string path) => Path.GetDirectoryName(path) == folder;
        _flushedNames = _flushedNames.Where(n => !Inside(n.Key)).Concat(_names.Where(n => Inside(n.Key))).ToDictionary(StringComparer.Ordinal);
        _flushedFolders.UnionWith(_folders.Where(Inside));
    }
}
