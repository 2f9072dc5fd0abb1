using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Digests;
using Federated.Formats.Versions;

namespace Federated.Server.Aggregation;

/// <summary>A version's values with the frozen factors that came with it, to be compared group by group without forming a product.</summary>
sealed record GroupValues(AdapterTensors Tensors, IReadOnlyList<OffsetFactor> Offsets)
{
    /// <summary>The Frobenius norm of the difference; of the effective product where the group is one.</summary>
    public double Distance(GroupValues other, LayoutGroup group)
    {
        if (group.Group.Product is null)
            return Math.Sqrt(group.Tensors.Sum(t => Squares(Tensors[t.Index], other.Tensors[t.Index])));
        List<(float[] Left, float[] Right, int Rank, double Scale)> terms = [.. Terms(group, 1), .. other.Terms(group, -1)];
        // |sum s L R|^2 = sum over pairs of s s' <L^T L', R R'^T>, so that only matrices of the size of the ranks appear.
        var square = terms.SelectMany(x => terms, (x, y) => x.Scale * y.Scale * Inner(x, y)).Sum();
        return Math.Sqrt(Math.Max(0, square));
    }

    /// <summary>Of a group's own file and of those of its offsets.</summary>
    public IEnumerable<string> Digests(LayoutGroup group) => Offsets.Where(o => o.Group == group.Group.Name).Select(o => (ReadOnlyMemory<byte>)OffsetFile.Write(o))
        .Prepend(GroupFiles.Encode(Tensors, group)).Select(b => TreeDigest.Of(b.Span));

    IEnumerable<(float[] Left, float[] Right, int Rank, double Scale)> Terms(LayoutGroup group, double sign)
    {
        var form = group.Group.Product!;
        yield return (Tensors[group.Find(form.Left)!].ToArray(), Tensors[group.Find(form.Right)!].ToArray(), group.Rank, sign * form.Scale(group.Rank));
        foreach (var offset in Offsets.Where(o => o.Group == group.Group.Name))
            yield return (offset.Left, offset.Right, offset.Rank, sign * offset.Scale);
    }

    static double Inner((float[] Left, float[] Right, int Rank, double Scale) x, (float[] Left, float[] Right, int Rank, double Scale) y)
    {
        var (m, n) = (x.Left.Length / x.Rank, x.Right.Length / x.Rank);
        var sum = 0.0;
        for (var i = 0; i < x.Rank; i++)
        {
            for (var j = 0; j < y.Rank; j++)
            {
                var (left, right) = (0.0, 0.0);
                for (var row = 0; row < m; row++)
                    left += (double)x.Left[row * x.Rank + i] * y.Left[row * y.Rank + j];
                for (var column = 0; column < n; column++)
                    right += (double)x.Right[i * n + column] * y.Right[j * n + column];
                sum += left * right;
            }
        }
        return sum;
    }

    static double Squares(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
        return sum;
    }
}
