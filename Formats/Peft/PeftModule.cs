using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Formats.Peft;

/// <summary>One LoRA module as peft stores it.</summary>
sealed record PeftModule(string Path, int Rank, double Alpha, bool RsLora, IReadOnlyList<PeftTensor> Tensors)
{
    public static PeftModule Of(AdapterTensors version, LayoutGroup group, IReadOnlyList<OffsetFactor> offsets)
    {
        var form = group.Group.Product!;
        var (left, right) = (group.Find(form.Left)!, group.Find(form.Right)!);
        var (m, n) = (left.Shape[0], right.Shape[1]);
        var rank = group.Rank + offsets.Sum(o => o.Rank);
        var scale = form.Scale(group.Rank);
        var b = new float[m * rank];
        Columns(version[left], m, group.Rank, b, rank, 0, 1);
        var a = new float[rank * n];
        version[right].CopyTo(a);
        var at = group.Rank;
        foreach (var offset in offsets)
        {
            Columns(offset.Left, m, offset.Rank, b, rank, at, offset.Scale / scale);
            offset.Right.CopyTo(a, at * n);
            at += offset.Rank;
        }
        // The scale that peft computes from the larger rank must stay the group's.
        var alpha = scale * (form.RsLora ? Math.Sqrt(rank) : rank);
        return new PeftModule(group.Group.Site.Path, rank, rank == group.Rank ? form.Alpha : alpha, form.RsLora,
            [new PeftTensor(right.Name, [rank, n], a), new PeftTensor(left.Name, [m, rank], b)]);
    }

    static void Columns(ReadOnlySpan<float> from, int rows, int columns, Span<float> to, int toColumns, int at, double factor)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                to[i * toColumns + at + j] = (float)(from[i * columns + j] * factor);
        }
    }
}
