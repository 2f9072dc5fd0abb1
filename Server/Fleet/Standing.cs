using System.Collections.Immutable;

namespace Federated.Server.Fleet;

/// <summary>What the operators decided about a client.</summary>
/// <param name="Approved">It may join runs.</param>
/// <param name="Draining">It finishes what it has and is given nothing new.</param>
/// <param name="Revoked">It is not let in at all.</param>
/// <param name="Labels">For the operators and for runs that select by label; by name, in ordinal order.</param>
sealed record Standing(bool Approved, bool Draining, bool Revoked, ImmutableSortedDictionary<string, string> Labels)
{
    public static readonly ImmutableSortedDictionary<string, string> NoLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
