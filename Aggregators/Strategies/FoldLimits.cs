using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies;

/// <summary>What a fold may use; nothing here changes a bit of the result.</summary>
/// <param name="Threads">Threads, 1 to 256.</param>
/// <param name="MemoryBytes">Working memory besides input and result, at least 16 MiB; default 128 MiB.</param>
/// <param name="Diagnose">Whether to compute <see cref="GroupDiagnostics"/> that need products of clients with each other.</param>
public sealed record FoldLimits(int Threads = 1, long MemoryBytes = 128L << 20, bool Diagnose = true)
{
    /// <summary>Working memory that one fold after another uses, none of them at the same time; default: each its own.</summary>
    public SpareArrays<double>? Working { get; init; }

    /// <summary>Where a result's values are put, for the caller to take back when nobody looks at them any more; default: each result's own.</summary>
    public SpareArrays<float>? Results { get; init; }
}
