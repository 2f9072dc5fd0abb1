namespace Federated.Aggregators.Adapters;

/// <summary>What a group's update can reveal beyond an ordinary weight change.</summary>
public enum PrivacyClass
{
    /// <summary>An ordinary weight change.</summary>
    Weights,
    /// <summary>Which rows changed tells which tokens or classes the site holds (embeddings, class prompts, heads).</summary>
    TouchedRows,
    /// <summary>Rows are derived from data directly; the group stays at the site and is never sent.</summary>
    DataDerived,
}
