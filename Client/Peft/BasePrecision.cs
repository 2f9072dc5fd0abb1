using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>
/// A frozen base as a device with fewer bits holds it: every matrix rounded to I8 (blocks of 256) or NF4 (blocks of 64) and widened again, restored bit for bit
/// when disposed. What is computed is what packed weights would compute; the memory they would save is not saved here.
/// </summary>
public sealed class BasePrecision : IDisposable
{
    readonly WeightPatch _patch = new();

    BasePrecision()
    {
    }

    /// <summary>Bits per weight that a base can be rounded to.</summary>
    public static IReadOnlyList<int> Supported { get; } = [32, 8, 4];

    /// <exception cref="ArgumentOutOfRangeException">The bits are none of <see cref="Supported"/>.</exception>
    public static BasePrecision Round(IFoundationModel model, int bits)
    {
        if (!Supported.Contains(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, $"A base is held in {string.Join(", ", Supported)} bits.");
        var precision = new BasePrecision();
        if (bits == 32)
            return precision;
        foreach (var site in model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Linear))
            precision.Round(site, bits == 8 ? TensorEncoding.I8Block : TensorEncoding.NF4);
        return precision;
    }

    public void Dispose() => _patch.Undo();

    void Round(LinearSite site, TensorEncoding encoding)
    {
        var values = TensorValues.ToArray(site.Weight);
        var bytes = new byte[DeltaCodec.EncodedBytes(encoding, values.Length)];
        DeltaCodec.Encode(encoding, values, bytes);
        var rounded = new float[values.Length];
        DeltaCodec.Decode(encoding, bytes, values.Length, 0, rounded);
        for (var i = 0; i < rounded.Length; i++)
            rounded[i] -= values[i];
        _patch.Add(site.Weight, tensor(rounded, site.Weight.shape));
    }
}
