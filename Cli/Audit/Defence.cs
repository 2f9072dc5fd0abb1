using Federated.Aggregators.Adapters;
using Federated.Privacy.Accounting;
using Federated.Privacy.Mechanisms;

namespace Federated.Cli.Audit;

/// <summary>Something that a site may do to an update before it is sent.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Epsilon">What one release under it costs at delta 1e-5, for one client; null where it is no guarantee.</param>
/// <param name="Apply">The update as it is sent, from the update and a seed.</param>
sealed record Defence(string Name, double? Epsilon, Func<IReadOnlyDictionary<string, float[]>, int, IReadOnlyDictionary<string, float[]>> Apply)
{
    public const string None = "none", Clip = "clip";

    const double Delta = 1e-5, KeptShare = 0.1;

    /// <summary>None, clipping alone, three noise multipliers, 8-bit blocks, and the tenth of largest entries.</summary>
    public static IReadOnlyList<Defence> All { get; } =
    [
        new(None, null, (update, _) => update),
        new(Clip, null, (update, _) => Noised(update, 0, 0)),
        .. new[] { 0.1, 0.5, 2.0 }.Select(z => new Defence(FormattableString.Invariant($"noise {z}"), AnalyticGaussian.Epsilon(z, Delta), (update, seed) => Noised(update, z, seed))),
        new("i8", null, (update, _) => Recoded(update, TensorEncoding.I8Block)),
        new("top 10 %", null, (update, _) => Largest(update)),
    ];

    // Clipped to half its norm, so that clipping is at work; noise is relative to that bound.
    static Dictionary<string, float[]> Noised(IReadOnlyDictionary<string, float[]> update, double multiplier, int seed)
    {
        var norm = Math.Sqrt(update.Values.Sum(t => t.Sum(v => (double)v * v)));
        var bound = norm / 2;
        var key = new NoiseKey(new byte[32], $"{seed}");
        return update.ToDictionary(t => t.Key, t =>
        {
            var values = Array.ConvertAll(t.Value, v => v * NormClipping.Factor(norm, bound));
            key.Stream(t.Key, 1).AddTo(values, multiplier * bound);
            return Array.ConvertAll(values, v => (float)v);
        });
    }

    // Of each tensor; at least one entry.
    static Dictionary<string, float[]> Largest(IReadOnlyDictionary<string, float[]> update) => update.ToDictionary(t => t.Key, t =>
    {
        var least = t.Value.Select(Math.Abs).OrderDescending().ElementAt((int)(KeptShare * t.Value.Length));
        return Array.ConvertAll(t.Value, v => Math.Abs(v) > least || KeptShare * t.Value.Length < 1 ? v : 0);
    });

    static Dictionary<string, float[]> Recoded(IReadOnlyDictionary<string, float[]> update, TensorEncoding encoding) => update.ToDictionary(t => t.Key, t =>
    {
        var bytes = new byte[DeltaCodec.EncodedBytes(encoding, t.Value.Length)];
        DeltaCodec.Encode(encoding, t.Value, bytes);
        var decoded = new float[t.Value.Length];
        DeltaCodec.Decode(encoding, bytes, t.Value.Length, 0, decoded);
        return decoded;
    });
}
