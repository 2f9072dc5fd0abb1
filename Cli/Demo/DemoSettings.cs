namespace Federated.Cli.Demo;

/// <summary>What a demo does; the defaults were found by measurement (docs/demo.md).</summary>
sealed record DemoSettings
{
    /// <summary>A named set of six visual domains, one per site: "mild" or "harsh".</summary>
    public string Domains { get; init; } = "mild";

    /// <summary>"iid" or "dirichlet:ALPHA".</summary>
    public string Labels { get; init; } = "iid";

    public int Rounds { get; init; } = 20;
    public int Steps { get; init; } = 20;
    public int BatchSize { get; init; } = 32;
    public int ImagesPerSite { get; init; } = 200;
    /// <summary>Per domain, for the table.</summary>
    public int TestImages { get; init; } = 2000;

    /// <summary>Per domain, for the curve: what the sites evaluate after every round.</summary>
    public int TestImagesPerRound { get; init; } = 500;
    public int Rank { get; init; } = 8;
    public double Alpha { get; init; } = 8;
    public double LearningRate { get; init; } = 0.005;
    public string Encoding { get; init; } = "f32";

    /// <summary>A Hugging Face folder to start from; absent: a small one is pre-trained.</summary>
    public string? Base { get; init; }
    public int PretrainEpochs { get; init; } = 4;
    public int ServerThreads { get; init; } = 1;
    public ulong Seed { get; init; } = 1;
    public IReadOnlyList<string> Strategies { get; init; } = ["fedit", "lora-fair", "lora-fair-momentum"];

    /// <summary>A first aggregated round as soon as can be: one strategy, few rounds, little evaluation.</summary>
    public static DemoSettings Quick { get; } = new()
    {
        Rounds = 3, TestImages = 500, PretrainEpochs = 1, Strategies = ["lora-fair"],
    };
}
