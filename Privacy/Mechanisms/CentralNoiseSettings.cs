using Federated.Privacy.Accounting;

namespace Federated.Privacy.Mechanisms;

/// <summary>Bounds and noise of one fold.</summary>
/// <param name="Clip">Largest norm of an update over all groups, above 0.</param>
/// <param name="Noise">Noise multiplier of deltas and adaptive count together, 0 or more.</param>
public sealed record CentralNoiseSettings(double Clip, double Noise)
{
    /// <summary>Largest norm of a client's terms in a later pass, over all groups; default <see cref="Clip"/>.</summary>
    public double TermClip { get; init; } = Clip;

    /// <summary>Noise multiplier of each later pass; default <see cref="Noise"/>.</summary>
    public double TermNoise { get; init; } = Noise;

    /// <summary>Moves the bound; null leaves it.</summary>
    public AdaptiveClip? Adaptive { get; init; }

    /// <summary>Noise multiplier on the deltas, so that deltas and count together have <see cref="Noise"/>.</summary>
    public double DeltaNoise => Adaptive?.DeltaNoise(Noise) ?? Noise;

    /// <summary>What one fold costs a client that took part, for a rule of 1 or more passes: all its sums are one Gaussian release.</summary>
    public PrivacyEvent Event(int passes) => Noise == 0 || passes > 1 && TermNoise == 0
        ? new PrivacyEvent(0)
        : new PrivacyEvent(PrivacyEvent.Joint([Noise, .. Enumerable.Repeat(TermNoise, passes - 1)]));
}
