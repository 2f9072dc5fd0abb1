using Federated.Aggregators.Numerics;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Numerics;

public sealed class NumericsTests
{
    [Fact]
    public void Accumulate_Dots_EqualFp64WithinTheirBound()
    {
        var random = new Random(1);
        foreach (var (p, q, n) in new[] { (1, 1, 1), (3, 5, 7), (4, 2, 8), (9, 7, 1000), (8, 8, 1024), (6, 17, 333) })
        {
            var stride = DotKernel.Padded(n);
            var (x, y) = (Padded(random, p, n, stride), Padded(random, q, n, stride));
            var sums = new double[p * q];
            DotKernel.Accumulate(x, stride, p, y, stride, q, n, sums);
            for (var i = 0; i < p; i++)
            {
                for (var j = 0; j < q; j++)
                {
                    var (exact, size) = (0.0, 0.0);
                    for (var l = 0; l < n; l++)
                    {
                        exact += (double)x[i * stride + l] * y[j * stride + l];
                        size += Math.Abs((double)x[i * stride + l] * y[j * stride + l]);
                    }
                    // At most 128 roundings of relative size 2^-24 in a lane.
                    Assert.True(Math.Abs(sums[i * q + j] - exact) <= 128 * Math.Pow(2, -24) * size);
                }
            }
        }
    }

    [Fact]
    public void Accumulate_OneOutput_HasSameBitsInEveryTile()
    {
        var random = new Random(2);
        var (x, y) = (Noise.Normal(random, 9 * 104), Noise.Normal(random, 15 * 104));
        var all = new double[9 * 15];
        DotKernel.Accumulate(x, 104, 9, y, 104, 15, 104, all);
        for (var i = 0; i < 9; i++)
        {
            for (var j = 0; j < 15; j++)
            {
                var one = new double[1];
                DotKernel.Accumulate(x.AsSpan(i * 104), 104, 1, y.AsSpan(j * 104), 104, 1, 104, one);
                Assert.Equal(one[0], all[i * 15 + j]);
            }
        }
    }

    [Theory]
    [InlineData(1, 8, 16, 16)]
    [InlineData(5, 11, 3, 37)]
    [InlineData(3, 24, 5, 48)]
    [InlineData(2, 3, 4, 7)]
    public void ProductKernel_SeveralClients_HaveTheBitsOfOneAfterAnother(int clients, int rows, int inner, int columns)
    {
        var random = new Random(4);
        var (left, right) = (Noise.Normal(random, clients * rows * inner), Noise.Normal(random, clients * inner * columns));
        var (together, inTurn) = (new double[rows * columns], new double[rows * columns]);
        ProductKernel.AccumulateClients(left, right, clients, rows, inner, columns, together);
        for (var k = 0; k < clients; k++)
        {
            for (var i = 0; i < rows * columns; i++)
            {
                var sum = 0f;
                for (var l = 0; l < inner; l++)
                    sum = MathF.FusedMultiplyAdd(left[(k * rows + i / columns) * inner + l], right[(k * inner + l) * columns + i % columns], sum);
                inTurn[i] += sum;
            }
        }
        Assert.Equal(inTurn, together);
    }

    [Fact]
    public void Cholesky_RowsInAndBeyondATile_SolveTheSystem()
    {
        var random = new Random(5);
        var gram = SmallGram.OfRows(Noise.Normal(random, 6 * 40), 6, 40);
        double[] expected = [.. Noise.Normal(random, 11 * 6).Select(v => (double)v)];
        var rows = new double[expected.Length];
        SmallProduct.Add(rows, expected, gram, 11, 6, 6);
        for (var i = 0; i < expected.Length; i++)
            rows[i] += 0.5 * expected[i];
        Cholesky.TryFactor(gram, 6, 0.5)!.SolveRows(rows);
        Assert.All(expected.Zip(rows), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 7)]
    [InlineData(9, 16, 17)]
    [InlineData(4, 8, 8)]
    public void ProductKernel_RowsAndColumnsBeyondATile_EqualFusedSumsInIndexOrder(int rows, int inner, int columns)
    {
        var random = new Random(3);
        var (left, right) = (Noise.Normal(random, rows * inner), Noise.Normal(random, inner * columns));
        var sums = new double[rows * columns];
        ProductKernel.Accumulate(left, right, columns, inner, columns, sums, columns);
        for (var i = 0; i < sums.Length; i++)
        {
            var s = 0f;
            for (var l = 0; l < inner; l++)
                s = MathF.FusedMultiplyAdd(left[i / columns * inner + l], right[l * columns + i % columns], s);
            Assert.Equal(s, sums[i]);
        }
    }

    [Fact]
    public void Cholesky_IllConditioned_HasSmallResidualAndRefusesIndefinite()
    {
        // The Hilbert matrix of order 8 has condition 1.5e10.
        const int N = 8;
        var gram = new double[N * N];
        for (var i = 0; i < N * N; i++)
            gram[i] = 1.0 / (i / N + i % N + 1);
        double[] row = [1, 2, 3, 4, 5, 6, 7, 8];
        var x = row.ToArray();
        Cholesky.TryFactor(gram, N, 0)!.SolveRows(x);
        for (var j = 0; j < N; j++)
            Assert.Equal(row[j], Enumerable.Range(0, N).Sum(i => x[i] * gram[i * N + j]), 1e-6);
        Assert.Null(Cholesky.TryFactor([1, 2, 2, 1], 2, 0));
        Assert.Null(Cholesky.TryFactor([double.NaN], 1, 0));
        Assert.Null(Cholesky.TryFactor([0], 1, 0));
    }

    [Fact]
    public void SymmetricEigen_RandomGram_Reconstructs()
    {
        foreach (var n in new[] { 1, 2, 5, 16, 40 })
        {
            var x = Dense.Of(Noise.Normal(new Random(n), n * n), n, n);
            var g = x * x.T;
            var flat = new double[n * n];
            for (var i = 0; i < flat.Length; i++)
                flat[i] = g[i / n, i % n];
            var eigen = SymmetricEigen.Of(flat, n);
            var v = Dense.Fill(n, n, (i, j) => eigen.Vectors[i * n + j]);
            var values = Dense.Fill(n, n, (i, j) => i == j ? eigen.Values[i] : 0);
            Assert.True((v * values * v.T - g).Norm <= 1e-13 * g.Norm * n);
            Assert.True((v.T * v - Dense.Identity(n)).Norm <= 1e-13 * n);
            Assert.Equal(eigen.Values.OrderDescending(), eigen.Values);
        }
    }

    [Fact]
    public void Philox_KnownAnswers_OfTheRandom123Library()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Rounds(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            Philox.Rounds(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue));
        Assert.Equal((0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Rounds(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    static float[] Padded(Random random, int rows, int columns, int stride)
    {
        var x = new float[rows * stride];
        for (var i = 0; i < rows; i++)
            Noise.Normal(random, columns).CopyTo(x.AsSpan(i * stride));
        return x;
    }
}
