using System.Diagnostics;

namespace Federated.Server.Rounds;

/// <summary>
/// One round attempt as a span, its phases as spans below it. Follows the states that the loop shows; without a listener every call is a
/// comparison and nothing more. Used by the loop alone.
/// </summary>
sealed class RoundTrace : IDisposable
{
    public const string SourceName = "Federated.Server";

    static readonly ActivitySource Source = new(SourceName);

    Activity? _round;
    Activity? _phase;
    (int Round, string? Id) _last;
    (int Round, string? Id) _before;

    /// <summary>
    /// What assignments of a round carry, in W3C form, so that clients' spans hang below the round's; null where nobody listens. It outlives
    /// the round, because a published version is evaluated while the next round is under way.
    /// </summary>
    public string? ParentOf(int round) => round == _last.Round ? _last.Id : round == _before.Round ? _before.Id : null;

    public void Follow(RoundState before, RoundState after)
    {
        if ((before.Phase, before.Round, before.Attempt) == (after.Phase, after.Round, after.Attempt))
            return;
        if (after.Phase == RoundPhase.Collecting)
            Begin(after);
        else if (after.Phase is RoundPhase.Aggregating or RoundPhase.Publishing)
            Enter(after);
        else
            End(after.Phase is RoundPhase.Failed or RoundPhase.Stopped ? after.LastError?.Code ?? after.Phase.ToString() : null);
    }

    /// <summary>What is logged and begun now belongs to; null where nobody listens.</summary>
    public Activity? Current => _phase ?? _round;

    public void Dispose() => End("the server stops");

    void Begin(RoundState state)
    {
        End(null);
        // A round is nobody's request, whatever called the loop last.
        Activity.Current = null;
        _round = Source.StartActivity("round", ActivityKind.Producer, default(ActivityContext), Tags(state));
        (_before, _last) = (_last, (state.Round, _round?.Id));
        Enter(state);
    }

    void Enter(RoundState state)
    {
        _phase?.Dispose();
        _phase = _round is null ? null : Source.StartActivity(Name(state.Phase), ActivityKind.Internal, _round.Context);
        Activity.Current = null;
    }

    void End(string? error)
    {
        if (error is not null)
            _round?.SetStatus(ActivityStatusCode.Error, error);
        _phase?.Dispose();
        _round?.Dispose();
        (_phase, _round) = (null, null);
        Activity.Current = null;
    }

    static string Name(RoundPhase phase) => phase switch
    {
        RoundPhase.Collecting => "collect",
        RoundPhase.Aggregating => "fold",
        _ => "publish",
    };

    static KeyValuePair<string, object?>[] Tags(RoundState state) =>
        [new("federated.run", state.Run), new("federated.round", state.Round), new("federated.attempt", state.Attempt)];
}
