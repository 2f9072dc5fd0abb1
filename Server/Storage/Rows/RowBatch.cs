namespace Federated.Server.Storage.Rows;

/// <summary>The changes of one commit; a row changed twice is written once, as it is in the end.</summary>
sealed class RowBatch
{
    readonly Dictionary<(Type, string), int> _places = [];
    readonly List<RowChange> _changes = [];

    public IReadOnlyList<RowChange> Changes => _changes;

    public void Add(RowChange change)
    {
        if (change.Row is EventRow)
        {
            // Not numbered yet, and never one and the same.
            _changes.Add(change);
            return;
        }
        var key = (change.Row.GetType(), change.Row.Key);
        if (_places.TryGetValue(key, out var place))
        {
            _changes[place] = _changes[place] with { Row = change.Row };
            return;
        }
        _places[key] = _changes.Count;
        _changes.Add(change);
    }

    public void AddRange(IEnumerable<RowChange> changes)
    {
        foreach (var change in changes)
            Add(change);
    }
}
