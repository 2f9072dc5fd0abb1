using System.Collections.Immutable;
using Federated.Server.Planning;

namespace Federated.Server.Rounds;

/// <summary>The newest report of every client, derived from accepted updates alone, so that a restart derives it again.</summary>
static class SiteReports
{
    public static ImmutableSortedDictionary<string, SiteReport> None { get; } = ImmutableSortedDictionary.Create<string, SiteReport>(StringComparer.Ordinal);

    /// <summary>The reports after a round's participations.</summary>
    public static ImmutableSortedDictionary<string, SiteReport> After(ImmutableSortedDictionary<string, SiteReport> before, IEnumerable<Participation> participations) =>
        before.SetItems(participations.Where(p => p is { State: ParticipationState.Accepted, Report: not null }).Select(p => KeyValuePair.Create(p.Client, p.Report!)));
}
