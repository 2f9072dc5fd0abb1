using System.Text.Json;
using Federated.Server.Faults;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>One step in the making. Every change of state goes through <see cref="Set"/>, which notes the rows it touches.</summary>
sealed class RoundTurn(RoundState state, long nowMs)
{
    readonly RowBatch _rows = new();

    public RoundState State { get; private set; } = state;

    public long NowMs { get; } = nowMs;

    public List<RoundEffect> Effects { get; } = [];

    public void Set(RoundState next)
    {
        RoundRows.Diff(State, next, _rows);
        State = next;
    }

    /// <summary>Notes what happened, to be committed with the rows that made it true.</summary>
    public void Event(string kind, string? client = null, Fault? fault = null, Action<Utf8JsonWriter>? data = null) =>
        _rows.Add(RowChange.Add(RoundEvents.Of(State, NowMs, kind, client, fault, data)));

    /// <summary>Notes what happened to an earlier round.</summary>
    public void Event(int round, string kind, Fault? fault = null) =>
        _rows.Add(RowChange.Add(RoundEvents.Of(State, NowMs, kind, null, fault, null) with { Round = round }));

    public void Add(RoundEffect effect) => Effects.Add(effect);

    /// <summary>Notes a row of an earlier round, which the state no longer holds.</summary>
    public void Add(RowChange change) => _rows.Add(change);

    public StepResult Finish(StepOutcome outcome) => new(State, _rows.Changes, Effects, outcome);
}
