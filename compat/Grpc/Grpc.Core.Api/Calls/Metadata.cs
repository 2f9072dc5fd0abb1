using System.Collections;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order; a key may occur more than once. Keys are lower case.</summary>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    public const string BinaryHeaderSuffix = "-bin";
    public static readonly Metadata Empty = new() { IsReadOnly = true };

    readonly List<Entry> _entries = [];

    public Metadata() { }

    public int Count => _entries.Count;

    public bool IsReadOnly { get; private init; }

    public Entry this[int index]
    {
        get => _entries[index];
        set => Writable(value)[index] = value;
    }

    /// <summary>The last entry with this key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => Matches(entry, key));

    public string? GetValue(string key) => Get(key)?.Value;

    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => Matches(entry, key));

    public void Add(string key, string value) => Add(new Entry(key, value));

    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    public void Add(Entry item) => Writable(item).Add(item);

    public void Insert(int index, Entry item) => Writable(item).Insert(index, item);

    public void RemoveAt(int index) => Writable().RemoveAt(index);

    public bool Remove(Entry item) => Writable().Remove(item);

    public void Clear() => Writable().Clear();

    public int IndexOf(Entry item) => _entries.IndexOf(item);

    public bool Contains(Entry item) => _entries.Contains(item);

    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static bool Matches(Entry entry, string key) => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);

    List<Entry> Writable() => IsReadOnly ? throw new InvalidOperationException("Object is read only") : _entries;

    List<Entry> Writable(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Writable();
    }
}
