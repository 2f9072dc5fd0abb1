using Federated.Aggregators.Strategies.Sums;

namespace Federated.Privacy.Mechanisms;

/// <summary>
/// Client-level differential privacy between the sums and what uses them: every update within one norm over all groups, every later term within its own,
/// Gaussian noise on every sum. Serves one fold.
/// </summary>
/// <param name="settings">Bounds and noise.</param>
/// <param name="planned">The public denominator, 1 or more.</param>
/// <param name="key">The noise's.</param>
public sealed class CentralNoise(CentralNoiseSettings settings, int planned, NoiseKey key) : ISumMechanism
{
    readonly List<bool> _within = [];

    /// <inheritdoc/>
    public int Planned => planned;

    /// <summary>Standard deviation of the noise on a sum of deltas.</summary>
    public double Deviation => settings.DeltaNoise * settings.Clip / planned;

    /// <inheritdoc/>
    public double Bound(double norm)
    {
        _within.Add(norm <= settings.Clip);
        return NormClipping.Factor(norm, settings.Clip);
    }

    /// <inheritdoc/>
    public double TermBound(int groups) => settings.TermClip / Math.Sqrt(groups);

    /// <inheritdoc/>
    public void Disturb(string name, int pass, Span<double> sum) =>
        key.Stream(name, pass).AddTo(sum, pass == 1 ? Deviation : settings.TermNoise * settings.TermClip / planned);

    /// <summary>The bound of the next fold; call it after this one.</summary>
    public double NextClip() => settings.Adaptive is { } adaptive ? adaptive.Next(settings.Clip, _within, planned, key.Stream("clip", 0)) : settings.Clip;
}
