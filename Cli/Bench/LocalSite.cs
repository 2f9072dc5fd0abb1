using Federated.Aggregators.Adapters;
using Federated.Client.Data;
using Federated.Client.Training;

namespace Federated.Cli.Bench;

/// <summary>One site of a <see cref="LocalFederation"/>.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Training">Its examples.</param>
/// <param name="Layout">What it trains.</param>
/// <param name="Seed">Of the run.</param>
sealed record LocalSite(string Name, IExamples Training, AdapterLayout Layout, ulong Seed)
{
    /// <summary>Bits per weight of its frozen base.</summary>
    public int BaseBits { get; init; } = 32;

    /// <summary>Its own batch, where the plan gives one.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Its own steps, where the plan gives some.</summary>
    public int? Steps { get; init; }

    public ulong Key(int round) => BatchOrder.RoundKey(Seed, "local", round, Name);
}
