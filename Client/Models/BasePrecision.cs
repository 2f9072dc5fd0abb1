using Federated.Aggregators.Adapters;

namespace Federated.Client.Models;

/// <summary>Bits per weight in which a base's matrices are held; norms, biases, tables and the head stay fp32.</summary>
public static class BasePrecision
{
    public const int Full = 32;

    /// <summary>What this build can hold a base in: fp32, I8, NF4.</summary>
    public static IReadOnlyList<int> Supported { get; } = [Full, 8, 4];

    /// <exception cref="ArgumentOutOfRangeException">The bits are none of <see cref="Supported"/>.</exception>
    public static int Require(int bits) => Supported.Contains(bits) ? bits
        : throw new ArgumentOutOfRangeException(nameof(bits), bits, $"A base is held in {string.Join(", ", Supported)} bits.");

    /// <summary>Weights of the matrices that fewer bits shrink.</summary>
    public static long Weights(IFoundationModel model) => Matrices(model).Sum(s => (long)s.OutFeatures * s.InFeatures);

    /// <summary>What those matrices take now.</summary>
    public static long Bytes(IFoundationModel model) => Matrices(model).Sum(s => s.Packed?.Bytes ?? 4L * s.OutFeatures * s.InFeatures);

    static IEnumerable<LinearSite> Matrices(IFoundationModel model) => model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Linear);
}
