using Federated.Client.Privacy;

namespace Federated.Client.Configuration;

/// <summary>The most work this site does for one assignment; anything beyond is declined.</summary>
/// <param name="MaxSteps">Optimiser steps, 1 to 1,000,000; default 10,000.</param>
/// <param name="MaxBatchSize">Images in a batch, 1 to 65,536; default 4,096.</param>
public sealed record SitePolicy(int MaxSteps = 10_000, int MaxBatchSize = 4_096)
{
    /// <summary>What happens to an update that tells the site's data from strangers'.</summary>
    public LeakPolicy Leaks { get; init; } = new();
}
