using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Identity;

/// <summary>
/// Remembers the last <see cref="Slots"/> POSTs that carried an idempotency key, across restarts, so that one that is sent again because its
/// answer was lost is answered again and not carried out twice.
/// </summary>
sealed class IdempotencyKeys(IRunStore store, OperatorRows rows) : IDisposable
{
    public const int Slots = 1_024;
    public const int MaxKeyLength = 128;
    public const int MaxBody = 32 << 10;

    readonly SemaphoreSlim _one = new(1, 1);
    readonly Dictionary<int, IdempotencyRow> _slots = [];
    readonly Dictionary<(string Actor, string Key), int> _places = [];
    long _sequence;

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var row in await rows.IdempotencyAsync(stopping))
        {
            Put(row);
            _sequence = row.Sequence + 1;
        }
    }

    /// <summary>The earlier request with this key, or null, in which case the key is taken for this one.</summary>
    /// <exception cref="FaultException">The key belongs to another request, or to one whose answer is not known yet.</exception>
    public async Task<IdempotencyRow?> BeginAsync(string actor, string key, string requestHash, CancellationToken stopping)
    {
        if (key.Length is 0 or > MaxKeyLength || !key.All(char.IsAscii) || key.Any(char.IsControl))
            throw new FaultException(Fault.ValueInvalid, $"The Idempotency-Key has {key.Length} characters; 1 to {MaxKeyLength} of printable ASCII are allowed.");
        await _one.WaitAsync(stopping);
        try
        {
            if (_places.TryGetValue((actor, key), out var place))
            {
                var known = _slots[place];
                if (known.RequestHash != requestHash)
                    throw new FaultException(Fault.IdempotencyConflict, $"The Idempotency-Key '{key}' was used for another request.");
                return known.Status != 0 ? known : throw new FaultException(
                    Fault.IdempotencyConflict, $"The request with the Idempotency-Key '{key}' is being carried out, or the server ended while it was; look before you send it again with another key.");
            }
            var row = new IdempotencyRow
            {
                Slot = (int)(_sequence % Slots), Sequence = _sequence, Actor = actor, IdempotencyKey = key, RequestHash = requestHash, Status = 0,
            };
            await store.CommitAsync([_slots.ContainsKey(row.Slot) ? RowChange.Update(row) : RowChange.Add(row)], stopping);
            _sequence++;
            Put(row);
            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What the request was answered; null for one that was refused, whose key may be used again.</summary>
    public async Task EndAsync(string actor, string key, (int Status, string? Location, string? Body)? answer)
    {
        await _one.WaitAsync();
        try
        {
            if (!_places.TryGetValue((actor, key), out var place))
                return;
            var row = answer is { } a
                ? _slots[place] with { Status = a.Status, Location = a.Location, Body = a.Body }
                : _slots[place] with { Actor = "", IdempotencyKey = "" };
            await store.CommitAsync([RowChange.Update(row)], CancellationToken.None);
            Put(row);
        }
        finally
        {
            _one.Release();
        }
    }

    void Put(IdempotencyRow row)
    {
        if (_slots.TryGetValue(row.Slot, out var old))
            _places.Remove((old.Actor, old.IdempotencyKey));
        _slots[row.Slot] = row;
        if (row.IdempotencyKey.Length > 0)
            _places[(row.Actor, row.IdempotencyKey)] = row.Slot;
    }

    public void Dispose() => _one.Dispose();
}
