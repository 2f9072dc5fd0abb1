using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>One immutable header: ASCII text, or bytes when the key ends in <c>-bin</c>.</summary>
    public class Entry
    {
        readonly string? _value;
        readonly byte[]? _bytes;

        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!HasBinarySuffix(Key))
                throw new ArgumentException($"Key for binary valued metadata entry needs to have '{BinaryHeaderSuffix}' suffix indicating binary value.");
            _bytes = [.. valueBytes];
        }

        public Entry(string key, string value)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(value);
            if (HasBinarySuffix(Key))
                throw new ArgumentException("Key for ASCII valued metadata entry cannot have suffix indicating binary value.");
            _value = value;
        }

        public string Key { get; }

        public bool IsBinary => _value is null;

        public string Value => _value ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_value!) : [.. _bytes];

        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={_bytes}]" : $"[Entry: key={Key}, value={_value}]";

        static bool HasBinarySuffix(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            return key.AsSpan().ContainsAnyExcept(KeyCharacters)
                ? throw new ArgumentException("Metadata entry key not valid. Keys can only contain lowercase alphanumeric characters, underscores, hyphens and dots.")
                : key.ToLowerInvariant();
        }
    }
}
