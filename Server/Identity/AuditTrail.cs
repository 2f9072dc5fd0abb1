using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Identity;

/// <summary>Writes the audit trail, one entry at a time. An entry is durable before the change that it tells of begins.</summary>
sealed class AuditTrail(IRunStore store, OperatorRows rows, TimeProvider time) : IDisposable
{
    public const int MaxDetail = 2_048;
    const int VerifyPage = 1_000;

    readonly SemaphoreSlim _one = new(1, 1);
    (long Sequence, string Hash) _head = (0, AuditChain.Beginning);

    public async Task LoadAsync(CancellationToken stopping)
    {
        if (await rows.LastAuditAsync(stopping) is [var last])
            _head = (last.Sequence, last.Hash);
    }

    /// <summary>Appends an entry, together with <paramref name="changes"/> in one transaction.</summary>
    public async Task AppendAsync(string actor, string action, string subject, string detail, IReadOnlyList<RowChange> changes, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var entry = new AuditEntry(
                _head.Sequence + 1, time.GetUtcNow().ToUnixTimeMilliseconds(), actor, action, subject,
                detail.Length <= MaxDetail ? detail : detail[..MaxDetail], _head.Hash, "");
            var hash = AuditChain.HashOf(entry);
            await store.CommitAsync([RowChange.Add(Row(entry with { Hash = hash })), .. changes], CancellationToken.None);
            _head = (entry.Sequence, hash);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Recomputes the whole chain from the store, and compares its end with what this process wrote last.</summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken stopping)
    {
        var head = _head;
        var (sequence, hash) = (0L, AuditChain.Beginning);
        while (sequence < head.Sequence)
        {
            var page = (await rows.AuditAsync(sequence, VerifyPage, stopping)).Where(r => r.Sequence <= head.Sequence).Select(Entry).ToList();
            if (page.Count == 0)
                return new AuditVerdict(false, sequence, hash, sequence + 1);
            if (AuditChain.FirstBroken(page, sequence, hash) is { } broken)
                return new AuditVerdict(false, broken.Sequence - 1, broken.PreviousHash, broken.Sequence);
            (sequence, hash) = (page[^1].Sequence, page[^1].Hash);
        }
        return hash == head.Hash ? new AuditVerdict(true, sequence, hash, null) : new AuditVerdict(false, sequence, hash, sequence);
    }

    public static AuditEntry Entry(AuditRow row) => new(row.Sequence, row.AtMs, row.Actor, row.Action, row.Subject, row.Detail, row.PreviousHash, row.Hash);

    static AuditRow Row(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence, AtMs = entry.AtMs, Actor = entry.Actor, Action = entry.Action, Subject = entry.Subject, Detail = entry.Detail,
        PreviousHash = entry.PreviousHash, Hash = entry.Hash,
    };

    public void Dispose() => _one.Dispose();
}
