namespace Federated.Aggregators.Strategies;

/// <summary>
/// What an operator sees of one group after a fold. Notation: M = sum p_k B_k A_k is the ideal update, BA the product of means, B'A' the published product
/// (before the server optimiser), G = AA^T of the mean. Norms and cosines of groups with a side above 64 are estimates (see docs/arithmetic.md). A null means: not
/// defined for this group or rule.
/// </summary>
/// <param name="Group">The group's name.</param>
/// <param name="Contributors">Clients that trained the group.</param>
public sealed record GroupDiagnostics(string Group, int Contributors)
{
    /// <summary>||M - BA|| / ||M||: the aggregation bias of averaging factors, 0 or more; equals the product error before correction.</summary>
    public double? BiasRatio { get; init; }

    /// <summary>||M - BA|| / ||M - B_t A_t||: the bias relative to this round's ideal change.</summary>
    public double? BiasToIncrement { get; init; }

    /// <summary>rho = ||(M - BA) P||^2 / ||M - BA||^2 with P the projector on the rows of A: the share of the squared bias that a correction of B alone can remove, 0 to 1.</summary>
    public double? RemovableShare { get; init; }

    /// <summary>Largest over smallest eigenvalue of G, 1 or more; infinite when G is singular.</summary>
    public double? GramCondition { get; init; }

    /// <summary>||B' - B|| / ||B|| where a rule corrects B.</summary>
    public double? CorrectionRatio { get; init; }

    /// <summary>||M - B'A'|| / ||M|| of what the rule published.</summary>
    public double? ProductError { get; init; }

    /// <summary>(sum s^2)^2 / sum s^4 over the singular values s of the published product: how many directions carry it, 1 to the rank.</summary>
    public double? EffectiveRank { get; init; }

    /// <summary>Smallest cosine between two clients' effective changes, -1 to 1.</summary>
    public double? ClientCosineMin { get; init; }

    /// <summary>Mean of the cosines of all pairs of clients.</summary>
    public double? ClientCosineMean { get; init; }

    /// <summary>Largest cosine between two clients' effective changes.</summary>
    public double? ClientCosineMax { get; init; }

    /// <summary>L2 norm of the change that was published, all tensors of the group.</summary>
    public double ChangeNorm { get; init; }

    /// <summary>Why the rule fell back to its plain form, or null when it did not.</summary>
    public string? Fallback { get; init; }
}
