using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Off-diagonal entries of the matrix of cosines between the clients' effective changes B_k A_k - B_t A_t of one group, through the sketches of both sides.</summary>
sealed record ClientCosines(double Min, double Mean, double Max)
{
    // The matrix costs the square of this; with more clients an even selection of them stands for all.
    const int Most = 64;
    const int Block = DotKernel.Block;
    const int Rows = 16;

    /// <summary>Null where fewer than two clients changed anything.</summary>
    public static ClientCosines? Of(FactorSketch sketch, GroupFold fold, MeanDeltas means)
    {
        var count = Math.Min(sketch.Clients, Most);
        var (length, stride) = (sketch.Rows * sketch.Columns, DotKernel.Padded(sketch.Rows * sketch.Columns) + 16);
        var changes = new float[count * stride];
        var change = new ClientChange(sketch, fold, means);
        for (var i = 0; i < count; i++)
            change.Write((int)((long)i * sketch.Clients / count), changes.AsSpan(i * stride, length));
        var gram = new double[count * count];
        for (var from = 0; from < length; from += Block)
        {
            // Below the diagonal it would be the same again.
            for (var i = 0; i < count; i += Rows)
                DotKernel.Accumulate(changes.AsSpan(i * stride + from), stride, Math.Min(Rows, count - i), changes.AsSpan(i * stride + from), stride, count - i, Math.Min(Block, length - from), gram.AsSpan(i * count + i), count);
        }
        return Summary(gram, count);
    }

    static ClientCosines? Summary(double[] gram, int count)
    {
        var (min, max, sum, pairs) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0);
        for (var i = 0; i < count; i++)
        {
            for (var j = i + 1; j < count; j++)
            {
                var cosine = gram[i * count + j] / Math.Sqrt(gram[i * count + i] * gram[j * count + j]);
                if (!double.IsFinite(cosine))
                    continue;
                cosine = Math.Clamp(cosine, -1, 1);
                (min, max, sum, pairs) = (Math.Min(min, cosine), Math.Max(max, cosine), sum + cosine, pairs + 1);
            }
        }
        return pairs == 0 ? null : new ClientCosines(min, sum / pairs, max);
    }

    /// <summary>S ((B_k - B_t) A_k + B_t (A_k - A_t)) W: a product of stacked factors in which nothing cancels.</summary>
    sealed class ClientChange
    {
        readonly FactorSketch _sketch;
        readonly int _rank;
        readonly double[] _leftMean;
        readonly double[] _rightMean;
        readonly double[] _rightStart;
        readonly float[] _left;
        readonly float[] _right;
        readonly double[] _sum;

        public ClientChange(FactorSketch sketch, GroupFold fold, MeanDeltas means)
        {
            var f = fold.Factors;
            (_sketch, _rank) = (sketch, f.Rank);
            (_leftMean, _rightMean) = (sketch.OfRows<double>(means.Sums[f.Left], _rank), sketch.OfColumns<double>(means.Sums[f.Right], _rank));
            _rightStart = sketch.OfColumns(fold.Previous(f.Right), _rank);
            (_left, _right, _sum) = (new float[sketch.Rows * 2 * _rank], new float[2 * _rank * sketch.Columns], new double[sketch.Rows * sketch.Columns]);
            var start = sketch.OfRows(fold.Previous(f.Left), _rank);
            for (var i = 0; i < start.Length; i++)
                _left[(i / _rank * 2 + 1) * _rank + i % _rank] = (float)start[i];
        }

        public void Write(int client, Span<float> into)
        {
            var b = _sketch.Left(client);
            var a = _sketch.Right(client);
            var columns = _sketch.Columns;
            for (var i = 0; i < b.Length; i++)
                _left[i / _rank * 2 * _rank + i % _rank] = (float)(b[i] + _leftMean[i]);
            for (var i = 0; i < a.Length; i++)
            {
                _right[a.Length + i] = (float)(a[i] + _rightMean[i]);
                _right[i] = (float)(_rightStart[i] + a[i] + _rightMean[i]);
            }
            Array.Clear(_sum);
            ProductKernel.Accumulate(_left, _right, columns, 2 * _rank, columns, _sum, columns);
            for (var i = 0; i < into.Length; i++)
                into[i] = (float)_sum[i];
        }
    }
}
