using BenchmarkDotNet.Attributes;
using Federated.Aggregators.Numerics;

namespace Federated.Bench.Aggregation;

/// <summary>The kernels alone; whatever they allocated would be an allocation per element or per client.</summary>
public class KernelAllocations
{
    const int Rank = 16, Columns = 4096;

    readonly float[] _left = new float[8 * Columns * Rank];
    readonly float[] _cores = new float[8 * Rank * Rank];
    readonly double[] _sums = new double[Columns * Rank];

    [Benchmark]
    public void WeightedSumOfFourClients()
    {
        const int Elements = Columns * Rank;
        WeightedSum.AddFour(_sums, _left.AsSpan(0, Elements), 0.1, _left.AsSpan(Elements, Elements), 0.2, _left.AsSpan(2 * Elements, Elements), 0.3, _left.AsSpan(3 * Elements, Elements), 0.4);
    }

    [Benchmark]
    public void DotProductsOfABlock() => DotKernel.Accumulate(_left, DotKernel.Block, Rank, _left.AsSpan(Rank * DotKernel.Block), DotKernel.Block, Rank, DotKernel.Block, _sums);

    [Benchmark]
    public void ProductsOfEightClients() => ProductKernel.AccumulateClients(_left, _cores, 8, Columns, Rank, Rank, _sums);
}
