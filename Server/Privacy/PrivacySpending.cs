using System.Collections.Immutable;
using Federated.Server.Rounds;

namespace Federated.Server.Privacy;

/// <summary>What each client has spent, counted in published rounds that it took part in.</summary>
static class PrivacySpending
{
    /// <summary>The counts after the accepted set of a round is published.</summary>
    public static ImmutableSortedDictionary<string, int> After(RoundState state) => state.Spec.Privacy is { IsCountedHere: true }
        ? Add(state.Spent, state.Accepted!.Updates.Select(u => u.Client))
        : state.Spent;

    public static ImmutableSortedDictionary<string, int> Add(ImmutableSortedDictionary<string, int> spent, IEnumerable<string> clients) =>
        spent.SetItems(clients.Select(c => KeyValuePair.Create(c, spent.GetValueOrDefault(c) + 1)));

    /// <summary>The most that any client has spent; 0 where nothing is counted here.</summary>
    public static double Epsilon(RoundState state) => state.Spec.Privacy is { IsCountedHere: true } privacy && Most(state) is > 0 and var most
        ? privacy.Budget.Cost(privacy.Event(state.Spec.Strategy), most)
        : 0;

    /// <summary>What it would be if the client that has spent most took part once more; null where that is within the budget.</summary>
    public static double? NextExceeds(RoundState state)
    {
        if (state.Spec.Privacy is not { IsCountedHere: true } privacy)
            return null;
        var next = privacy.Budget.Cost(privacy.Event(state.Spec.Strategy), Most(state) + 1);
        return next > privacy.Budget.Epsilon ? next : null;
    }

    static int Most(RoundState state) => state.Spent.IsEmpty ? 0 : state.Spent.Values.Max();
}
