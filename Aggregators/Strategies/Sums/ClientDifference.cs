using System.Buffers;
using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// theta_k - theta of one client, read piece by piece in the previous version's layout: the delta itself for a client that started there, and otherwise the
/// difference formed in fp64, with what the client's rank lacks counted as zero and its left factors brought to the version's scale, so that
/// s * B * A is the client's own s_k * B_k * A_k. Of a stale client it is the change against its own start.
/// </summary>
sealed class ClientDifference(Contribution contribution, AdapterTensors previous)
{
    readonly LayoutTensor?[] _own = [.. previous.Layout.Tensors.Select(t => contribution.Layout.Find(t.Name))];
    readonly double[] _toOwn = [.. previous.Layout.Tensors.Select(t => contribution.Layout.Find(t.Name) is { } own
        ? AdapterReshape.Factor(previous.Layout.Groups[t.Group], contribution.Layout.Groups[own.Group], own) : 1)];

    public Contribution Contribution => contribution;

    /// <summary>Whether the client trained any tensor of a group.</summary>
    public bool Contributes(LayoutGroup group) => group.Tensors.Any(t => _own[t.Index] is { Trained: true });

    /// <summary>Says that a group will be read soon.</summary>
    public void Announce(LayoutGroup group)
    {
        foreach (var tensor in group.Tensors)
        {
            if (_own[tensor.Index] is { Trained: true } own)
                contribution.Delta.Announce(own.Index);
        }
    }

    /// <summary>The same as <see cref="Read"/>, in place where that is possible and otherwise in <paramref name="scratch"/>.</summary>
    public ReadOnlySpan<float> View(LayoutTensor tensor, int offset, Span<float> scratch)
    {
        if (IsPlain(tensor) && contribution.Delta.View(_own[tensor.Index]!.Index, offset, scratch.Length) is { IsEmpty: false } view)
            return view;
        Read(tensor, offset, scratch);
        return scratch;
    }

    /// <summary>The whole tensor as <see cref="Read"/> gives it where it lies as fp32, and otherwise nothing.</summary>
    public ReadOnlySpan<float> InPlace(LayoutTensor tensor) =>
        IsPlain(tensor) ? contribution.Delta.View(_own[tensor.Index]!.Index, 0, tensor.Elements) : default;

    public void Read(LayoutTensor tensor, int offset, Span<float> into)
    {
        if (_own[tensor.Index] is not { } own)
            into.Clear();
        else if (IsPlain(tensor))
            contribution.Delta.Read(own.Index, offset, into);
        else if (contribution.Staleness > 0)
            ReadChange(tensor, offset, into);
        else
            ReadRows(tensor, own, offset, into);
    }

    /// <summary>Where the client started, in the previous version's layout and scale; zero beyond the client's rank.</summary>
    public void ReadStart(LayoutTensor tensor, int offset, Span<float> into)
    {
        if (contribution.Start is null && _own[tensor.Index]?.Elements == tensor.Elements)
            previous[tensor.Index].Slice(offset, into.Length).CopyTo(into);
        else
            ReadOwn(tensor, offset, into, start: true);
    }

    /// <summary>The change against where the client started, in the previous version's layout and scale; zero beyond the client's rank.</summary>
    public void ReadChange(LayoutTensor tensor, int offset, Span<float> into)
    {
        if (_own[tensor.Index] is { } own && own.Elements == tensor.Elements)
            contribution.Delta.Read(own.Index, offset, into);
        else
            ReadOwn(tensor, offset, into, start: false);
    }

    /// <summary>The client's value of a product group at its own rank, with B at the version's scale.</summary>
    public ClientFactors Factors(ProductFactors f, LayoutGroup group, double weight)
    {
        var (left, right) = (group.Tensors[f.Left], group.Tensors[f.Right]);
        var rank = _own[left.Index]?.Shape[1] ?? f.Rank;
        var (b, a) = (Value(left), Value(right));
        // Beyond the client's own rank the version's layout holds zeros only.
        var ownB = new float[f.M * rank];
        for (var i = 0; i < f.M; i++)
            b.AsSpan(i * f.Rank, rank).CopyTo(ownB.AsSpan(i * rank));
        return new ClientFactors(weight, rank, ownB, a[..(rank * f.N)]);
    }

    float[] Value(LayoutTensor tensor)
    {
        var value = new float[tensor.Elements];
        Read(tensor, 0, value);
        var theta = previous[tensor.Index];
        for (var i = 0; i < value.Length; i++)
            value[i] = (float)((double)theta[i] + value[i]);
        return value;
    }

    bool IsPlain(LayoutTensor tensor) => (contribution.Start is null || contribution.Staleness > 0) && _own[tensor.Index]?.Elements == tensor.Elements;

    void ReadOwn(LayoutTensor tensor, int offset, Span<float> into, bool start)
    {
        into.Clear();
        if (_own[tensor.Index] is not { } own)
            return;
        var (width, ownWidth, factor) = (tensor.Shape[^1], own.Shape[^1], _toOwn[tensor.Index]);
        for (var at = 0; at < into.Length;)
        {
            var (i, j) = Math.DivRem(offset + at, width);
            var length = Math.Min(width - j, into.Length - at);
            var present = i < own.Elements / ownWidth ? Math.Clamp(ownWidth - j, 0, length) : 0;
            var piece = into.Slice(at, present);
            if (present == 0)
                piece.Clear();
            else if (!start)
                contribution.Delta.Read(own.Index, (long)i * ownWidth + j, piece);
            else if (contribution.Start is { } from)
                from[own.Index].Slice(i * ownWidth + j, present).CopyTo(piece);
            else
                previous[tensor.Index].Slice(offset + at, present).CopyTo(piece);
            // The previous version has its own scale already.
            for (var l = 0; l < piece.Length && !(start && contribution.Start is null); l++)
                piece[l] = (float)(piece[l] / factor);
            at += length;
        }
    }

    // A rank axis can be the first (right factor) or the last (left factor) of two; one row of the last axis at a time serves both.
    void ReadRows(LayoutTensor tensor, LayoutTensor own, int offset, Span<float> into)
    {
        var (width, ownWidth) = (tensor.Shape[^1], own.Shape[^1]);
        var ownRows = own.Elements / ownWidth;
        var theta = previous[tensor.Index].Slice(offset, into.Length);
        var row = ArrayPool<float>.Shared.Rent(ownWidth);
        for (var at = 0; at < into.Length;)
        {
            var (i, j) = Math.DivRem(offset + at, width);
            var length = Math.Min(width - j, into.Length - at);
            var present = i < ownRows ? Math.Clamp(ownWidth - j, 0, length) : 0;
            if (present > 0)
                contribution.Delta.Read(own.Index, (long)i * ownWidth + j, row.AsSpan(0, present));
            for (var l = 0; l < length; l++)
            {
                var start = l >= present ? 0 : contribution.Start is { } s ? s[own.Index][i * ownWidth + j + l] : (float)(theta[at + l] * _toOwn[tensor.Index]);
                into[at + l] = (float)(((double)start + (l < present ? row[l] : 0)) / _toOwn[tensor.Index] - theta[at + l]);
            }
            at += length;
        }
        ArrayPool<float>.Shared.Return(row);
    }
}
