using Federated.Privacy.Accounting;

namespace Federated.Server.Privacy;

/// <summary>The most that anybody's participation may cost.</summary>
/// <param name="Epsilon">Above 0.</param>
/// <param name="Delta">Above 0 and below 1.</param>
/// <param name="Accountant">"rdp" or "pld".</param>
sealed record PrivacyBudget(double Epsilon, double Delta, string Accountant)
{
    static readonly IReadOnlyDictionary<string, IPrivacyAccountant> Accountants =
        new IPrivacyAccountant[] { new RdpAccountant(), new PldAccountant() }.ToDictionary(a => a.Name, StringComparer.Ordinal);

    public static IEnumerable<string> AccountantNames => Accountants.Keys;

    /// <summary>The cost of a number of participations, without amplification: cohorts are drawn from a seed that the RunSpec states.</summary>
    public double Cost(PrivacyEvent participation, int count) => Accountants[Accountant].Epsilon([participation with { Count = count }], Delta);
}
