namespace Federated.Aggregators.Adapters;

/// <summary>What an update says about itself before its bytes come.</summary>
/// <param name="SchemaDigest">Digest of the schema it was made for.</param>
/// <param name="BaseDigest">Digest of the base model it was trained on.</param>
/// <param name="PlanVersion">Version of the plan it was made for.</param>
/// <param name="Tensors">Its tensors, in the order of their bytes.</param>
public sealed record UpdateHeader(string SchemaDigest, string BaseDigest, int PlanVersion, IReadOnlyList<TensorHeader> Tensors)
{
    /// <summary>The header of an update that sends every trained tensor of <paramref name="layout"/>.</summary>
    public static UpdateHeader Of(AdapterLayout layout, TensorEncoding encoding) =>
        new(layout.Schema.Digest, layout.Schema.BaseDigest, layout.PlanVersion,
            [.. layout.Trained().Tensors.Select(t => new TensorHeader(t.Name, t.Shape, encoding, DeltaCodec.EncodedBytes(encoding, t.Elements)))]);
}
