using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Fills requests by summing over clients in order, in pieces whose bounds depend on the shapes alone.</summary>
/// <param name="group">The group.</param>
/// <param name="clients">Its contributors, in fold order.</param>
/// <param name="weights">Their weights, summing to 1.</param>
/// <param name="work">Threads and memory.</param>
/// <param name="spare">Arrays for means.</param>
/// <param name="sketching">Whether to keep what diagnostics need while the clients go by.</param>
/// <param name="termBound">Largest norm of one client's weighted term in a covariance; null bounds nothing.</param>
sealed class LocalSums(LayoutGroup group, ClientDifference[] clients, double[] weights, WorkPool work, SpareArrays<double> spare, bool sketching, double? termBound)
{
    // Long enough for the processor to read each client ahead, with sums that stay in the second-level cache.
    const int Piece = 8192;

    /// <summary>The first means that were asked for.</summary>
    public MeanDeltas? Means { get; private set; }

    /// <summary>The clients' sketched factors, complete and centred once <see cref="SketchedCross"/> was asked for.</summary>
    public FactorSketch? Sketch { get; private set; }

    /// <summary>X and the sum of the first <see cref="RightSum"/> as wide as the rank.</summary>
    public (float[] X, double[] Sum)? Cross { get; private set; }

    /// <summary>S (M - BA) A^T, [rows of the sketch, rank], for the given mean A; the clients' A are read again where no request has told it. Null when it overflows.</summary>
    public double[]? SketchedCross(float[] a)
    {
        var (f, means) = (ProductFactors.Of(group), Means!);
        var known = Cross is { } kept && kept.X.AsSpan().SequenceEqual(a) ? kept.Sum : null;
        var cores = sizeof(float) * (long)clients.Length * f.Rank * f.Rank;
        if (known is null && (Sketch is not { HasLeft: true } || cores > work.MemoryBytes / 4))
        {
            var request = new RightSum(means, a, f.Rank);
            known = TryFill(request) ? request.Sum : null;
            if (known is null)
                return null;
        }
        if (known is not null)
        {
            Sketch!.Centre(means.Sums[f.Left], means.Sums[f.Right]);
            return Sketch.OfRows<double>(known, f.Rank);
        }
        var cross = new CovarianceSums(f, group, clients, weights, means, work, termBound).Sketched(a, f.Rank, Sketch!);
        return double.IsFinite(Norm.Squared(cross)) ? cross : null;
    }

    /// <summary>Whether a contributor started before the previous version.</summary>
    public bool AreStale => clients.Any(c => c.Contribution.Staleness > 0);

    /// <exception cref="FoldRefusedException">A sum is not finite.</exception>
    public void Fill(SumRequest request)
    {
        if (!TryFill(request))
            throw new FoldRefusedException($"Group '{group.Group.Name}': a product of the clients' factors overflows; no value may be much above 1e12.");
    }

    /// <summary>False when a sum overflowed.</summary>
    public bool TryFill(SumRequest request)
    {
        switch (request)
        {
            case MeanDeltas mean:
                mean.Begin(group.Tensors.Count, t => Mean(group.Tensors[t]));
                Means ??= mean;
                return true;
            case RightSum right:
                new CovarianceSums(ProductFactors.Of(group), group, clients, weights, right.Means, work, termBound).Fill(right, sketching ? Sketch ??= NewSketch() : null);
                Keep(right);
                return double.IsFinite(Norm.Squared(right.Sum));
            case LeftSum left:
                new CovarianceSums(ProductFactors.Of(group), group, clients, weights, left.Means, work, termBound).Fill(left);
                return double.IsFinite(Norm.Squared(left.Sum));
            case RightChange right:
                new ChangeSums(ProductFactors.Of(group), group, clients, weights, work).Fill(right);
                return double.IsFinite(Norm.Squared(right.Sum));
            case LeftChange left:
                new ChangeSums(ProductFactors.Of(group), group, clients, weights, work).Fill(left);
                return double.IsFinite(Norm.Squared(left.Sum));
            case ElementMass mass:
                Fill(mass);
                return true;
            case RankMass mass:
                Fill(mass);
                return true;
            case GatherFactors gather:
                gather.Clients = [.. clients.Zip(weights, (c, w) => c.Factors(ProductFactors.Of(group), group, w))];
                return true;
            case GatherCoordinates coordinates:
                Fill(coordinates);
                return true;
            default:
                throw new InvalidOperationException($"No sum is known for {request.GetType().Name}.");
        }
    }

    double[] Mean(LayoutTensor tensor)
    {
        // Whoever asks for B's mean by itself asks for no covariance before; its sketch comes out of the same reading.
        if (sketching && Sketch is null && group.Group.Product is { } form && tensor.Role == form.Left)
            return MeanWithSketch(tensor, Sketch = NewSketch());
        var sum = spare.Take(tensor.Elements);
        var pieces = (tensor.Elements + Piece - 1) / Piece;
        work.For(pieces, 4 * Piece, (piece, scratch) =>
        {
            var own = sum.AsSpan(piece * Piece, Math.Min(Piece, tensor.Elements - piece * Piece));
            own.Clear();
            ClientMean.Add(clients, weights, tensor, piece * Piece, own.Length, scratch, own);
        });
        return sum;
    }

    double[] MeanWithSketch(LayoutTensor left, FactorSketch sketch)
    {
        var (sum, rank) = (new double[left.Elements], left.Shape[1]);
        // Whole buckets, so that no two pieces write to one.
        var piece = rank * sketch.RowsPerBucket * Math.Max(1, Piece / (rank * sketch.RowsPerBucket));
        work.For((left.Elements + piece - 1) / piece, 4 * piece, (index, scratch) =>
        {
            var (offset, length) = (index * piece, Math.Min(piece, left.Elements - index * piece));
            ClientMean.Add(clients, weights, left, offset, length, scratch, sum.AsSpan(offset), (k, values) => sketch.AddLeft(k, offset / rank, length / rank, values));
        });
        sketch.HasLeft = true;
        return sum;
    }

    FactorSketch NewSketch() => new(ProductFactors.Of(group), weights, work.MemoryBytes / 4);

    // Rules may go on computing in the array they were given.
    void Keep(RightSum right)
    {
        if (sketching && Cross is null && right.Width == group.Rank)
            Cross = (right.X, right.Sum.ToArray());
    }

    void Fill(ElementMass mass)
    {
        var sums = mass.Begin(group.Tensors.Select(t => t.Elements));
        foreach (var (tensor, sum) in group.Tensors.Zip(sums))
        {
            work.For((tensor.Elements + Piece - 1) / Piece, Piece, (piece, scratch) =>
            {
                var offset = piece * Piece;
                var length = Math.Min(Piece, tensor.Elements - offset);
                for (var k = 0; k < clients.Length; k++)
                {
                    var values = clients[k].View(tensor, offset, scratch.AsSpan(0, length));
                    for (var i = 0; i < length; i++)
                        sum[offset + i] += values[i] != 0 ? weights[k] : 0;
                }
            });
        }
    }

    void Fill(RankMass mass)
    {
        var f = ProductFactors.Of(group);
        var tensor = group.Tensors[mass.Tensor];
        var sent = new bool[clients.Length * f.Rank];
        work.For(clients.Length, Piece, (k, scratch) =>
        {
            for (var offset = 0; offset < tensor.Elements; offset += Piece)
            {
                var values = clients[k].View(tensor, offset, scratch.AsSpan(0, Math.Min(Piece, tensor.Elements - offset)));
                for (var i = 0; i < values.Length; i++)
                    sent[k * f.Rank + (mass.Tensor == f.Left ? (offset + i) % f.Rank : (offset + i) / f.N)] |= values[i] != 0;
            }
        });
        mass.Sum = new double[f.Rank];
        for (var i = 0; i < sent.Length; i++)
            mass.Sum[i % f.Rank] += sent[i] ? weights[i / f.Rank] : 0;
    }

    void Fill(GatherCoordinates request)
    {
        var results = request.Begin(group.Tensors.Select(t => t.Elements));
        var size = Math.Clamp((1 << 20) / clients.Length, 16, 1024);
        foreach (var (tensor, result) in group.Tensors.Zip(results))
        {
            work.For((tensor.Elements + size - 1) / size, (size + 1) * clients.Length, (piece, scratch) =>
            {
                var offset = piece * size;
                var length = Math.Min(size, tensor.Elements - offset);
                for (var k = 0; k < clients.Length; k++)
                    clients[k].Read(tensor, offset, scratch.AsSpan(k * length, length));
                var column = scratch.AsMemory(length * clients.Length, clients.Length);
                for (var i = 0; i < length; i++)
                {
                    for (var k = 0; k < clients.Length; k++)
                        column.Span[k] = scratch[k * length + i];
                    column.Span.Sort();
                    result[offset + i] = request.Reduce(column);
                }
            });
        }
    }
}
