namespace Federated.Cli.FedPipe;

/// <summary>What <c>bench fedpipe</c> does; sized so that three seeds take less than ten minutes on two cores.</summary>
sealed record FedPipeSettings
{
    public int Seeds { get; init; } = 3;
    public int Rounds { get; init; } = 6;

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
