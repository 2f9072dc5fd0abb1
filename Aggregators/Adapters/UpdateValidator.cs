using Federated.Aggregators.Json;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Adapters;

/// <summary>Checks an update before anything of it is used: first the header, then, once all bytes are there, the values.</summary>
/// <param name="layout">The sending client's full layout.</param>
/// <param name="encoding">The encoding agreed on.</param>
/// <param name="normCap">Largest L2 norm over all tensors, above 0; default: no cap but finiteness.</param>
public sealed class UpdateValidator(AdapterLayout layout, TensorEncoding encoding, double normCap = double.PositiveInfinity)
{
    const int Piece = 16_384;

    readonly AdapterLayout _trained = layout.Trained();

    /// <summary>Bytes that all tensors of a correct update have.</summary>
    public long Bytes => _trained.EncodedBytes(encoding);

    /// <summary>Null when the header is exactly the one that this client's layout asks for.</summary>
    public UpdateRejection? CheckHeader(UpdateHeader header)
    {
        if (header.SchemaDigest != layout.Schema.Digest)
            return new(UpdateFault.WrongSchema, $"The update was made for schema {NearestName.Shorten(header.SchemaDigest)}; the run has {layout.Schema.Digest}.");
        if (header.BaseDigest != layout.Schema.BaseDigest)
            return new(UpdateFault.WrongBase, $"The update was trained on base {NearestName.Shorten(header.BaseDigest)}; the run has {layout.Schema.BaseDigest}.");
        if (header.PlanVersion != layout.PlanVersion)
            return new(UpdateFault.WrongPlan, $"The update was made for plan version {header.PlanVersion}; the assignment has {layout.PlanVersion}.");
        var named = Named(header.Tensors);
        return CheckNames(named) ?? CheckTensors(named);
    }

    /// <summary>Null when every tensor is well-formed and finite and the norm is within the cap.</summary>
    /// <param name="bytes">Where the update lies.</param>
    /// <param name="offset">Where its first tensor begins.</param>
    public UpdateRejection? CheckBytes(ISpanSource bytes, long offset = 0)
    {
        if (bytes.Length - offset != Bytes)
            return new(UpdateFault.WrongSize, $"The update's tensors have {bytes.Length - offset} bytes; the schema has {Bytes}.");
        var squares = 0.0;
        foreach (var tensor in _trained.Tensors)
        {
            var length = DeltaCodec.EncodedBytes(encoding, tensor.Elements);
            if (CheckTensor(tensor, bytes.Span(offset, length), ref squares) is { } rejection)
                return rejection;
            offset += length;
        }
        var norm = Math.Sqrt(squares);
        return norm <= normCap ? null
            : new(UpdateFault.NormTooLarge, FormattableString.Invariant($"The update's norm is {norm:g6}; at most {normCap:g6} is allowed."));
    }

    /// <summary>A tensor without a name stands for the one that the layout has in its place.</summary>
    IReadOnlyList<TensorHeader> Named(IReadOnlyList<TensorHeader> tensors) => tensors.Any(t => t.Name.Length == 0)
        ? [.. tensors.Select((t, i) => t.Name.Length == 0 && i < _trained.Tensors.Count ? t with { Name = _trained.Tensors[i].Name } : t)]
        : tensors;

    UpdateRejection? CheckNames(IReadOnlyList<TensorHeader> tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (_trained.Find(tensor.Name) is null)
                return new(UpdateFault.UnknownTensor, $"Tensor '{NearestName.Shorten(tensor.Name)}' is not one that this assignment trains.");
            if (!seen.Add(tensor.Name))
                return new(UpdateFault.DuplicateTensor, $"Tensor '{tensor.Name}' occurs twice.");
        }
        return _trained.Tensors.FirstOrDefault(t => !seen.Contains(t.Name)) is { } missing
            ? new(UpdateFault.MissingTensor, $"Tensor '{missing.Name}' is missing; {tensors.Count} of {_trained.Tensors.Count} tensors were declared.")
            : null;
    }

    UpdateRejection? CheckTensors(IReadOnlyList<TensorHeader> tensors)
    {
        foreach (var (tensor, expected) in tensors.Zip(_trained.Tensors))
        {
            if (tensor.Name != expected.Name)
                return new(UpdateFault.WrongOrder, $"Tensor '{tensor.Name}' stands in place {expected.Index}, which belongs to '{expected.Name}'.");
            if (!tensor.Shape.SequenceEqual(expected.Shape))
                return new(UpdateFault.WrongShape, $"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape.Take(9))}]; [{string.Join(", ", expected.Shape)}] is expected.");
            if (tensor.Encoding != encoding)
                return new(UpdateFault.WrongEncoding, $"Tensor '{tensor.Name}' is in {tensor.Encoding}; {encoding} was agreed on.");
            var bytes = DeltaCodec.EncodedBytes(encoding, expected.Elements);
            if (tensor.Bytes != bytes)
                return new(UpdateFault.WrongSize, $"Tensor '{tensor.Name}' declares {tensor.Bytes} bytes; {bytes} are expected.");
        }
        return null;
    }

    UpdateRejection? CheckTensor(LayoutTensor tensor, ReadOnlySpan<byte> bytes, ref double squares)
    {
        if (DeltaCodec.Problem(encoding, bytes, tensor.Elements) is { } problem)
            return new(UpdateFault.Malformed, $"Tensor '{tensor.Name}' {problem}.");
        var values = new float[Math.Min(Piece, tensor.Elements)];
        for (var at = 0; at < tensor.Elements; at += Piece)
        {
            var piece = values.AsSpan(0, Math.Min(Piece, tensor.Elements - at));
            DeltaCodec.Decode(encoding, bytes, tensor.Elements, at, piece);
            var sum = DotKernel.SumOfSquares(piece);
            if (!double.IsFinite(sum))
                return NotFinite(tensor, at, piece);
            squares += sum;
        }
        return null;
    }

    static UpdateRejection NotFinite(LayoutTensor tensor, int at, ReadOnlySpan<float> piece)
    {
        var i = 0;
        while (i < piece.Length - 1 && float.IsFinite(piece[i]))
            i++;
        return new(UpdateFault.NotFinite, FormattableString.Invariant($"Tensor '{tensor.Name}' has value {piece[i]} at element {at + i}; only finite values are allowed."));
    }
}
