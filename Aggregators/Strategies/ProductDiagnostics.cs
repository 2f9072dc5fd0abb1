using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>
/// The diagnostics of a product group from what the fold has seen anyway: the means, the covariance applied to the mean A, and the clients' sketched factors. For a rule
/// that never asked for the covariance along A the clients' A are read once more. Parts along the rows of A are exact in that direction; only what is orthogonal to them is seen
/// through both sketches. For sides of up to 64 everything is exact.
/// </summary>
sealed class ProductDiagnostics
{
    const double Negligible = 1e-12;

    readonly GroupFold _fold;
    readonly ProductFactors _f;
    readonly FactorSketch _sketch;
    readonly MeanDeltas _means;
    readonly float[] _a;
    readonly double[] _gram;
    readonly SymmetricEigen _eigen;
    readonly double[] _mean;
    readonly double[] _corrected;
    readonly double[] _along;
    readonly double[] _across;

    ProductDiagnostics(GroupFold fold, LocalSums sums, MeanDeltas means, float[] a, double[] cross)
    {
        (_fold, _f, _sketch, _means, _a) = (fold, fold.Factors, sums.Sketch!, means, a);
        _gram = SmallGram.OfRows(a, _f.Rank, _f.N);
        _eigen = SymmetricEigen.Of(_gram, _f.Rank);
        _mean = _sketch.OfRows<double>(fold.Apply(_f.Left, means.Sums[_f.Left]), _f.Rank);
        _along = _sketch.OfColumns<float>(a, _f.Rank);
        // M = (B + C G^+) A + what is orthogonal to the rows of A.
        var bias = TimesInverse(cross);
        _corrected = Plus(_mean, bias, 1);
        _across = _sketch.Covariance();
        SmallProduct.Add(_across, bias, _along, _sketch.Rows, _f.Rank, _sketch.Columns, -1);
        Bias = SquaredAlong(bias);
    }

    /// <summary>||(M - BA) P||^2, P projecting on the rows of A.</summary>
    double Bias { get; }

    public static GroupDiagnostics Add(GroupDiagnostics to, GroupFold fold, LocalSums sums)
    {
        var f = fold.Factors;
        if (sums.Means is null)
            sums.Fill(new MeanDeltas());
        var means = sums.Means!;
        var a = Rounding.ToSingles(fold.Apply(f.Right, means.Sums[f.Right]));
        // What overflows is left undefined here; whether the fold itself can go on is the rule's question.
        if (sums.SketchedCross(a) is not { } cross)
            return to;
        return new ProductDiagnostics(fold, sums, means, a, cross).Of(to);
    }

    GroupDiagnostics Of(GroupDiagnostics to)
    {
        var across = Norm.Squared(_across);
        var (bias, size) = (Math.Sqrt(Bias + across), Math.Sqrt(SquaredAlong(_corrected) + across));
        if (!double.IsFinite(size))
            return to;
        var cosines = ClientCosines.Of(_sketch, _fold, _means);
        return to with
        {
            BiasRatio = Ratio(bias, size),
            BiasToIncrement = Ratio(bias, Increment()),
            RemovableShare = bias > 0 ? Math.Clamp(Bias / (bias * bias), 0, 1) : null,
            GramCondition = _eigen.Values[^1] > 0 ? _eigen.Values[0] / _eigen.Values[^1] : double.PositiveInfinity,
            ProductError = Ratio(Error(), size),
            EffectiveRank = EffectiveRank(),
            ClientCosineMin = cosines?.Min,
            ClientCosineMean = cosines?.Mean,
            ClientCosineMax = cosines?.Max,
        };
    }

    // ||M - B_t A_t||.
    double Increment()
    {
        var sum = _across.ToArray();
        SmallProduct.Add(sum, _corrected, _along, _sketch.Rows, _f.Rank, _sketch.Columns);
        SmallProduct.Add(sum, _sketch.OfRows(_fold.Previous(_f.Left), _f.Rank), _sketch.OfColumns(_fold.Previous(_f.Right), _f.Rank), _sketch.Rows, _f.Rank, _sketch.Columns, -1);
        return Math.Sqrt(Norm.Squared(sum));
    }

    // ||M - B'A' - offsets||, along the rows of A and across them.
    double Error()
    {
        var (along, across) = (_corrected.ToArray(), _across.ToArray());
        var (left, right) = (_sketch.OfRows<double>(NewLeft, _f.Rank), _sketch.OfColumns<double>(NewRight, _f.Rank));
        Subtract(along, across, left, right, RightProducts(), _f.Rank, 1);
        var scale = _fold.Group.Group.Product!.Scale(_f.Rank);
        foreach (var offset in _fold.Offsets)
        {
            Subtract(along, across, _sketch.OfRows<float>(offset.Left, offset.Rank), _sketch.OfColumns<float>(offset.Right, offset.Rank),
                DotKernel.OfRows(offset.Right, offset.Rank, _a, _f.Rank, _f.N), offset.Rank, offset.Scale / scale);
        }
        return Math.Sqrt(SquaredAlong(along) + Norm.Squared(across));
    }

    // A' A^T, which is G for the rules that publish the mean.
    double[] RightProducts() => Rounding.ToSingles(NewRight).AsSpan().SequenceEqual(_a) ? _gram : SmallProduct.TimesTransposed(NewRight, _f.Rank, _a, _f.Rank, _f.N);

    // Takes factor * left * right away; products is right A^T.
    void Subtract(double[] along, double[] across, double[] left, double[] right, double[] products, int rank, double factor)
    {
        var coefficients = TimesInverse(products);
        SmallProduct.Add(along, left, coefficients, _sketch.Rows, rank, _f.Rank, -factor);
        SmallProduct.Add(right, coefficients, _along, rank, _f.Rank, _sketch.Columns, -1);
        SmallProduct.Add(across, left, right, _sketch.Rows, rank, _sketch.Columns, -factor);
    }

    // (sum s^2)^2 / sum s^4 over the singular values of the published product: from Gram matrices alone.
    double? EffectiveRank()
    {
        var (left, published) = (SmallGram.OfColumns(Rounding.ToSingles(NewLeft), _f.M, _f.Rank), Rounding.ToSingles(NewRight));
        var right = published.AsSpan().SequenceEqual(_a) ? _gram : SmallGram.OfRows(published, _f.Rank, _f.N);
        var product = new double[_f.Rank * _f.Rank];
        SmallProduct.Add(product, left, right, _f.Rank, _f.Rank, _f.Rank);
        var (first, second) = (0.0, 0.0);
        for (var i = 0; i < _f.Rank; i++)
        {
            first += product[i * _f.Rank + i];
            for (var j = 0; j < _f.Rank; j++)
                second += product[i * _f.Rank + j] * product[j * _f.Rank + i];
        }
        return first * first is > 0 and < double.PositiveInfinity && second > 0 ? Math.Clamp(first * first / second, 1, _f.Rank) : null;
    }

    double[] NewLeft => _fold.Proposed[_f.Left] ?? Rounding.ToDoubles(_fold.Previous(_f.Left));

    double[] NewRight => _fold.Proposed[_f.Right] ?? Rounding.ToDoubles(_fold.Previous(_f.Right));

    // X G^+ for X [rows, rank].
    double[] TimesInverse(double[] x)
    {
        var (rank, rows) = (_f.Rank, x.Length / _f.Rank);
        var inverse = new double[rank * rank];
        for (var j = 0; j < rank && _eigen.Values[j] > Negligible * _eigen.Values[0]; j++)
        {
            for (var p = 0; p < rank; p++)
            {
                for (var q = 0; q < rank; q++)
                    inverse[p * rank + q] += _eigen.Vectors[p * rank + j] * _eigen.Vectors[q * rank + j] / _eigen.Values[j];
            }
        }
        var result = new double[x.Length];
        SmallProduct.Add(result, x, inverse, rows, rank, rank);
        return result;
    }

    // ||X A||^2 = <X G, X>.
    double SquaredAlong(double[] x)
    {
        var product = new double[x.Length];
        SmallProduct.Add(product, x, _gram, x.Length / _f.Rank, _f.Rank, _f.Rank);
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += product[i] * x[i];
        return Math.Max(0, sum);
    }

    static double? Ratio(double part, double whole) => whole > 0 && double.IsFinite(part / whole) ? part / whole : null;

    static double[] Plus(double[] x, double[] y, double factor)
    {
        var sum = new double[x.Length];
        for (var i = 0; i < sum.Length; i++)
            sum[i] = x[i] + factor * y[i];
        return sum;
    }
}
