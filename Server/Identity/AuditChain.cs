using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federated.Server.Identity;

/// <summary>
/// The hash chain of the audit trail: SHA-256("federated.audit.v1" | u64le sequence | u64le time | for each of actor, action, subject, detail
/// and previous hash: u32le length in UTF-8 bytes, the bytes).
/// </summary>
public static class AuditChain
{
    /// <summary>What the first entry names as its predecessor.</summary>
    public static readonly string Beginning = new('0', 64);

    /// <summary>The hash that the entry should have; its own <see cref="AuditEntry.Hash"/> is not looked at.</summary>
    public static string HashOf(AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("federated.audit.v1"u8);
        Span<byte> number = stackalloc byte[8];
        foreach (var value in (ReadOnlySpan<long>)[entry.Sequence, entry.AtMs])
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.AppendData(number);
        }
        foreach (var text in (ReadOnlySpan<string>)[entry.Actor, entry.Action, entry.Subject, entry.Detail, entry.PreviousHash])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            hash.AppendData(number[..4]);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The first entry that does not follow from those before it; null if all do.</summary>
    /// <param name="entries">In order of their sequence.</param>
    /// <param name="sequence">The sequence number before the first of them.</param>
    /// <param name="hash">The hash before the first of them.</param>
    public static AuditEntry? FirstBroken(IEnumerable<AuditEntry> entries, long sequence, string hash)
    {
        foreach (var entry in entries)
        {
            if (entry.Sequence != sequence + 1 || entry.PreviousHash != hash || entry.Hash != HashOf(entry))
                return entry;
            (sequence, hash) = (entry.Sequence, entry.Hash);
        }
        return null;
    }
}
