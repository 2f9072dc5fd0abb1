using Federated.Cli.Bench.Report;

namespace Federated.Cli.Demo;

/// <summary>Everything a demo measured; <c>--json</c> writes it as it is. Accuracies are shares in [0, 1].</summary>
sealed record DemoResult(
    DemoSettings Settings,
    string Machine,
    string Commit,
    IReadOnlyList<string> Domains,
    IReadOnlyList<Stage> Stages,
    IReadOnlyList<Row> Rows)
{
    public double Seconds => Stages.Sum(stage => stage.Seconds);
}

sealed record Stage(string Name, double Seconds);

enum RowKind { Base, Alone, Federated, Central }

/// <summary>One model of the comparison, evaluated on every domain's test images.</summary>
sealed record Row(string Name, RowKind Kind, IReadOnlyDictionary<string, double> ByDomain)
{
    /// <summary>Mean over the domains.</summary>
    public double Average => ByDomain.Values.Average();

    /// <summary>The site's own domain, for a site alone.</summary>
    public string? OwnDomain { get; init; }

    public double? Own => OwnDomain is { } domain ? ByDomain[domain] : null;

    /// <summary>Optimiser steps behind the model, over all sites.</summary>
    public int Steps { get; init; }

    /// <summary>Round 0 is the untouched base, evaluated by the federation itself.</summary>
    public IReadOnlyList<RoundPoint> Rounds { get; init; } = [];

    /// <summary>The published peft folder.</summary>
    public string? Adapter { get; init; }

    /// <summary>Median over the rounds: the first of them starts every site's runtime. Null where there are none.</summary>
    public double? SecondsPerRound => Rounds.Any(p => p.Round > 0) ? BenchEntry.MedianOf(Rounds.Where(p => p.Round > 0).Select(p => p.Seconds)) : null;

    public double? AccuracyAfter(int round) => Rounds.FirstOrDefault(point => point.Round == round)?.Accuracy;
}

/// <summary>One round of a federated row; means over the adapted layers where a layer has a value of its own.</summary>
/// <param name="Round">0 is version 0 before any training.</param>
/// <param name="Accuracy">Federated evaluation: each site's own held-out images, counts added by the server.</param>
/// <param name="Seconds">From selection to publication.</param>
/// <param name="BytesUp">Per client.</param>
/// <param name="BytesDown">Per client.</param>
/// <param name="BiasRatio">||M - BbarAbar|| / ||M||: the aggregation bias of plain averaging.</param>
/// <param name="BiasPerIncrement">The same bias over the size of this round's step.</param>
/// <param name="RemovableShare">rho: the share of the squared bias that a correction of B alone can remove.</param>
/// <param name="ProductErrorAfter">||M - B'Abar|| / ||M|| after the rule's correction, before the server's optimiser.</param>
sealed record RoundPoint(
    int Round, double Accuracy, double Seconds, long BytesUp, long BytesDown,
    double? BiasRatio, double? BiasPerIncrement, double? RemovableShare, double? ProductErrorAfter);
