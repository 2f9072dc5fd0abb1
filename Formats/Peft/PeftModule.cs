using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Formats.Peft;

/// <summary>One LoRA module as peft stores it.</summary>
sealed record PeftModule(string Path, int Rank, double Alpha, bool RsLora, IReadOnlyList<PeftTensor> Tensors)
{
    public static PeftModule Of(LayoutGroup group, Func<LayoutTensor, float[]> read, IReadOnlyList<OffsetFactor> offsets)
    {
        var form = group.Group.Product!;
        var (left, right) = (group.Find(form.Left)!, group.Find(form.Right)!);
        var rank = group.Rank + offsets.Sum(o => o.Rank);
        // The scale that peft computes from the larger rank must stay the group's.
        var alpha = form.Scale(group.Rank) * (form.RsLora ? Math.Sqrt(rank) : rank);
        return new PeftModule(group.Group.Site.Path, rank, rank == group.Rank ? form.Alpha : alpha, form.RsLora,
        [
            new PeftTensor(right.Name, [rank, right.Shape[1]], () => Right(read(right), offsets)),
            new PeftTensor(left.Name, [left.Shape[0], rank], () => Left(read(left), group, rank, offsets)),
        ]);
    }

    static float[] Right(float[] own, IReadOnlyList<OffsetFactor> offsets)
    {
        var (a, at) = (new float[own.Length + offsets.Sum(o => o.Right.Length)], own.Length);
        own.CopyTo(a, 0);
        foreach (var offset in offsets)
        {
            offset.Right.CopyTo(a, at);
            at += offset.Right.Length;
        }
        return a;
    }

    static float[] Left(float[] own, LayoutGroup group, int rank, IReadOnlyList<OffsetFactor> offsets)
    {
        var (rows, at) = (own.Length / group.Rank, group.Rank);
        var b = new float[rows * rank];
        Columns(own, rows, group.Rank, b, rank, 0, 1);
        foreach (var offset in offsets)
        {
            Columns(offset.Left, rows, offset.Rank, b, rank, at, offset.Scale / group.Group.Product!.Scale(group.Rank));
            at += offset.Rank;
        }
        return b;
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
