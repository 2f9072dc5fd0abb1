namespace Federated.Server.Rounds;

/// <summary>
/// Updates whose bytes are here and found good, but not durable yet. Should the round close with one of them, its fold need not wait for the disk: what they will come to is
/// what the machine says of them now.
/// </summary>
/// <param name="current">The run's state as it is.</param>
/// <param name="effects">Told of a fold that will follow unless something else happens.</param>
/// <param name="time">The clock.</param>
sealed class ExpectedUpdates(Func<RoundState> current, RoundEffects effects, TimeProvider time)
{
    readonly Lock _gate = new();
    readonly List<RoundCommand.UpdateArrived> _coming = [];

    public ExpectedUpdate Add(RoundCommand.UpdateArrived update)
    {
        lock (_gate)
        {
            _coming.Add(update);
            if (Closing() is { } order)
                effects.Foresee(order);
        }
        return new ExpectedUpdate(this, update);
    }

    public void Remove(RoundCommand.UpdateArrived update, bool arrived)
    {
        lock (_gate)
        {
            _coming.Remove(update);
            // A fold that began with bytes that are gone has nothing to say of those that are sent again.
            if (!arrived)
                effects.Forget();
        }
    }

    // Asked of every update, it would be too much work in a round of thousands.
    FoldOrder? Closing()
    {
        var state = current();
        return state.AcceptedCount + _coming.Count < state.Quorum && _coming.Count < state.OutstandingCount ? null : Closing(state);
    }

    FoldOrder? Closing(RoundState state)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var update in _coming)
        {
            var step = RoundMachine.Step(state, update, now);
            if (step.Effects.OfType<RoundEffect.StartFold>().FirstOrDefault() is { } fold)
                return fold.Order;
            state = step.State;
        }
        return null;
    }
}

/// <summary>One of them, until it is disposed of.</summary>
sealed class ExpectedUpdate(ExpectedUpdates all, RoundCommand.UpdateArrived update) : IDisposable
{
    bool _arrived;

    /// <summary>It is durable, and what becomes of it is the loop's to say.</summary>
    public void Arrive() => _arrived = true;

    public void Dispose() => all.Remove(update, _arrived);
}
