using Federated.Aggregators.Adapters;

namespace Federated.Privacy.Mechanisms;

/// <summary>The mechanism at a site: one update within one norm over all its tensors, and Gaussian noise on it before it is encoded.</summary>
public static class SiteNoise
{
    /// <summary>Clips and disturbs the trained tensors of a delta in place; others are left alone, since they are not sent.</summary>
    /// <param name="delta">The change.</param>
    /// <param name="clip">Largest joint norm, above 0.</param>
    /// <param name="multiplier">Noise over <paramref name="clip"/>, 0 or more.</param>
    /// <param name="key">Fresh for every update.</param>
    /// <returns>The norm before clipping; it must not leave the site.</returns>
    public static double Apply(AdapterTensors delta, double clip, double multiplier, NoiseKey key)
    {
        var trained = delta.Layout.Tensors.Where(t => t.Trained).ToList();
        var squares = 0.0;
        foreach (var tensor in trained)
        {
            foreach (var value in delta[tensor])
                squares += (double)value * value;
        }
        var norm = Math.Sqrt(squares);
        var factor = NormClipping.Factor(norm, clip);
        foreach (var tensor in trained)
        {
            var values = delta[tensor];
            var disturbed = new double[values.Length];
            for (var i = 0; i < values.Length; i++)
                disturbed[i] = values[i] * factor;
            key.Stream(tensor.Name, 1).AddTo(disturbed, multiplier * clip);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)disturbed[i];
        }
        return norm;
    }
}
