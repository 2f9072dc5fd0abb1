using Federated.Server.Fleet;

namespace Federated.Server.Rounds.Phases;

/// <summary>Draws clients by the run's settings.</summary>
static class Cohorts
{
    /// <param name="state">The run.</param>
    /// <param name="eligible">In ordinal order.</param>
    /// <param name="wanted">How many; 0 or less is nobody.</param>
    /// <returns>In ordinal order.</returns>
    public static IReadOnlyList<string> Choose(RoundState state, List<string> eligible, int wanted)
    {
        if (wanted <= 0)
            return [];
        if (!state.Spec.Selection.Oort)
            return CohortSelector.Pick(eligible, wanted, state.Spec.Seed, state.Round, state.Attempt);
        var candidates = eligible.Select(c => Candidate(state, c)).ToList();
        return OortSelector.Pick(candidates, wanted, new CohortDraw(state.Spec.Seed, state.Round, state.Attempt), state.Spec.Selection.FairnessWindow);
    }

    static Candidate Candidate(RoundState state, string client)
    {
        var history = state.History.GetValueOrDefault(client, ClientHistory.None);
        return new Candidate(client, history.LastRound, history.Utility, state.PredictedMs(client));
    }
}
