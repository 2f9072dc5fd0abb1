namespace Federated.Cli.Bench.Chaos;

/// <summary>How much is killed, and what meanwhile runs.</summary>
sealed record ChaosSettings
{
    /// <summary>Kills for each case, at least.</summary>
    public int Kills { get; init; } = 51;

    public IReadOnlyList<ChaosCase> Cases { get; init; } = [new("fedit"), new("lora-fair"), new("flexlora"), new("fedbuff", IsAsynchronous: true)];
    public int Sites { get; init; } = 3;
    public int Rounds { get; init; } = 12;

    /// <summary>Milliseconds between kills, uniform.</summary>
    public (int Least, int Most) Pause { get; init; } = (50, 900);

    /// <summary>Of the adapter's square weights; 1,024 makes updates of about a MiB.</summary>
    public int Width { get; init; } = 1_024;

    public int Seed { get; init; } = 1;

    /// <summary>A run that takes longer does not end.</summary>
    public TimeSpan EpisodeLimit { get; init; } = TimeSpan.FromMinutes(5);
}
