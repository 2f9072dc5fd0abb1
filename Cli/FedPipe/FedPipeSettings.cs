namespace Federated.Cli.FedPipe;

/// <summary>What <c>bench fedpipe</c> does.</summary>
sealed record FedPipeSettings
{
    public int Seeds { get; init; } = 3;
    public int Rounds { get; init; } = 6;

    /// <summary>How labels spread over the sites: alike, and so that the weak devices have images that the others lack.</summary>
    public IReadOnlyList<string> Labels { get; init; } = ["iid", "dirichlet:0.1"];

    /// <summary>Sites of each kind of device.</summary>
    public int PerClass { get; init; } = 2;

    public int ImagesPerSite { get; init; } = 200;
    public int TestImages { get; init; } = 1000;
    public int PretrainEpochs { get; init; } = 1;
    public double LearningRate { get; init; } = 5e-3;

    /// <summary>Rank of the round that scores the matrices.</summary>
    public int WarmUpRank { get; init; } = 2;

    /// <summary>Simulated seconds that a round of the plan may take.</summary>
    public double DeadlineSeconds { get; init; } = 8;

    /// <summary>Share of the best final accuracy whose first reaching is timed.</summary>
    public double TargetShare { get; init; } = 0.97;

    public string Transform { get; init; } = "rotate:180";
}
