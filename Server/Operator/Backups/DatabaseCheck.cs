using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Federated.Server.Operator.Backups;

/// <summary>Whether a copied database can be relied upon: its pages, its audit trail, and the blobs that its versions name.</summary>
static class DatabaseCheck
{
    const int Page = 1_000;

    /// <param name="path">A database that nobody else has open, with this program's schema.</param>
    /// <param name="has">Whether a blob is there.</param>
    /// <param name="stopping">Ends the check.</param>
    /// <exception cref="FaultException">Something is broken; the message says what.</exception>
    public static async Task<AuditVerdict> RunAsync(string path, Func<string, bool> has, CancellationToken stopping)
    {
        try
        {
            RequireIntegrity(path);
            var rows = new OperatorRows(path);
            await RequireBlobsAsync(path, rows, has, stopping);
            return await AuditAsync(rows, stopping);
        }
        catch (SqliteException e)
        {
            throw new FaultException(SqliteErrors.Of(e), e);
        }
        finally
        {
            Release(path);
        }
    }

    /// <summary>Closes what the pool keeps of a database, so that its write-ahead log is folded in and gone.</summary>
    public static void Release(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        using var connection = new SqliteConnection(SqliteOptions.ConnectionString(path, mode));
        SqliteConnection.ClearPool(connection);
    }

    static void RequireIntegrity(string path)
    {
        using var connection = new SqliteConnection(SqliteOptions.ConnectionString(path, SqliteOpenMode.ReadWrite));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check(1)";
        if (command.ExecuteScalar() is not "ok" and var found)
            throw new FaultException(Fault.DatabaseCorrupt, $"The server's database is corrupt: {found}");
    }

    static async Task RequireBlobsAsync(string path, OperatorRows rows, Func<string, bool> has, CancellationToken stopping)
    {
        using var context = new FederatedDbContext(SqliteOptions.At(path, SqliteOpenMode.ReadWrite));
        foreach (var run in context.Runs.ToList())
        {
            for (var after = -1; await rows.VersionsAsync(run.Id, after, Page, stopping) is { Count: > 0 } page; after = page[^1].Version)
            {
                foreach (var version in page.Select(RoundRestore.Version))
                {
                    string?[] state = version.Version == run.Version ? [version.StateDigest] : [];
                    string?[] named = [version.ManifestDigest, version.SchemaDigest, version.PlanDigest, .. version.Groups.Select(g => g.Digest), .. version.Offsets.Select(o => o.Digest), .. state];
                    if (named.FirstOrDefault(d => d is not null && !has(d)) is { } missing)
                        throw new FaultException(Fault.BlobCorrupt, $"Version {version.Version} of run '{run.Id}' names the blob {missing}, which is missing.");
                }
            }
        }
    }

    static async Task<AuditVerdict> AuditAsync(OperatorRows rows, CancellationToken stopping)
    {
        var (sequence, hash) = (0L, AuditChain.Beginning);
        while (await rows.AuditAsync(sequence, Page, stopping) is { Count: > 0 } page)
        {
            if (AuditChain.FirstBroken(page.Select(AuditTrail.Entry), sequence, hash) is { } broken)
                throw new FaultException(Fault.DatabaseCorrupt, $"The audit trail was tampered with: entry {broken.Sequence} does not follow from those before it.");
            (sequence, hash) = (page[^1].Sequence, page[^1].Hash);
        }
        return new AuditVerdict(true, sequence, hash, null);
    }
}
