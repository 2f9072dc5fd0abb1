using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Faults;

namespace Federated.Server.Operator.Backups;

/// <summary>The last entry of a backup: what must have come before it. An archive without it was cut off.</summary>
/// <param name="CreatedMs">When the database was copied.</param>
/// <param name="Database">The tree digest of the database.</param>
/// <param name="Blobs">The digests of all blobs, in ordinal order.</param>
/// <param name="AuditEntries">How many entries the audit trail has.</param>
/// <param name="AuditHead">The hash of the last one.</param>
sealed record BackupManifest(long CreatedMs, string Database, IReadOnlyList<string> Blobs, long AuditEntries, string AuditHead)
{
    public const string DatabaseEntry = "federated.db";
    public const string BlobFolder = "blobs/";
    public const string Entry = "manifest.json";

    /// <summary>What the manifest may take in bytes: some ten million blobs.</summary>
    public const int MaxBytes = 700 << 20;

    const int Format = 1;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new { format = Format, createdMs = CreatedMs, database = Database, blobs = Blobs, auditEntries = AuditEntries, auditHead = AuditHead });

    /// <exception cref="FaultException">It is no manifest of this format.</exception>
    public static BackupManifest Parse(byte[] json)
    {
        try
        {
            var o = StrictObject.Parse(json, "manifest");
            o.Integer("format", Format, Format);
            var manifest = new BackupManifest(
                o.Integer("createdMs", 0, long.MaxValue), o.Text("database"), o.Array("blobs", (e, _) => e.GetString() ?? ""),
                o.Integer("auditEntries", 0, long.MaxValue), o.Text("auditHead"));
            o.Done();
            return manifest;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new FaultException(Fault.BackupDamaged, $"The backup's manifest cannot be read: {e.Message}", e);
        }
    }
}
