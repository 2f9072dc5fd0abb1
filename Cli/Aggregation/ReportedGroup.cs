using Federated.Aggregators.Strategies;

namespace Federated.Cli.Aggregation;

/// <summary>A group of report.json: diagnostics under the names of the REST interface; what is undefined or infinite is left out.</summary>
sealed record ReportedGroup(string Group, int Contributors)
{
    /// <summary>Rank of the adapter's own factors; 0 where the group is no product.</summary>
    public int Rank { get; init; }

    /// <summary>Rank of what the rule puts into the base, appended or beside.</summary>
    public int OffsetRank { get; init; }

    /// <summary>Each client's share, in the order of the clients.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    public double? BiasRatio { get; init; }

    public double? BiasPerIncrement { get; init; }

    public double? RemovableShare { get; init; }

    public double? ProductErrorBefore { get; init; }

    public double? ProductErrorAfter { get; init; }

    public double? CorrectionSize { get; init; }

    public double? GramCondition { get; init; }

    public double? EffectiveRank { get; init; }

    public double? ClientCosineMin { get; init; }

    public double? ClientCosineMean { get; init; }

    public double? ClientCosineMax { get; init; }

    public double? ChangeNorm { get; init; }

    public string? Fallback { get; init; }

    public static ReportedGroup Of(GroupDiagnostics d, FoldResult result, int index) => new(d.Group, d.Contributors)
    {
        Rank = result.Tensors.Layout.Groups[index] is { Group.Product: not null } product ? product.Rank : 0,
        OffsetRank = result.Offsets.Where(o => o.Group == d.Group).Sum(o => o.Rank),
        Shares = [.. result.Weights.Select(w => w.Groups[index])],
        BiasRatio = Finite(d.BiasRatio),
        BiasPerIncrement = Finite(d.BiasToIncrement),
        RemovableShare = Finite(d.RemovableShare),
        ProductErrorBefore = Finite(d.BiasRatio),
        ProductErrorAfter = Finite(d.ProductError),
        CorrectionSize = Finite(d.CorrectionRatio),
        GramCondition = Finite(d.GramCondition),
        EffectiveRank = Finite(d.EffectiveRank),
        ClientCosineMin = Finite(d.ClientCosineMin),
        ClientCosineMean = Finite(d.ClientCosineMean),
        ClientCosineMax = Finite(d.ClientCosineMax),
        ChangeNorm = Finite(d.ChangeNorm),
        Fallback = d.Fallback,
    };

    static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
