using Federated.Aggregators.Adapters;

namespace Federated.Client.Adapters;

/// <summary>What one client sends in one round.</summary>
/// <param name="Scalars">Trained scalars.</param>
/// <param name="Bytes">Their bytes in the update's encoding, without header and framing.</param>
public sealed record ByteAccount(long Scalars, long Bytes)
{
    const double Mebibyte = 1 << 20;

    public double Mebibytes => Bytes / Mebibyte;

    public static ByteAccount Of(AdapterLayout layout, TensorEncoding encoding = TensorEncoding.F32)
    {
        var trained = layout.Trained();
        return new ByteAccount(trained.TotalElements, trained.EncodedBytes(encoding));
    }
}
