using System.Text;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Sums;
using Federated.Privacy.Mechanisms;
using Federated.Server.Rounds;

namespace Federated.Server.Privacy;

/// <summary>The central mechanism of one round: its noise is a function of the run's secret and of everything that determines the round.</summary>
sealed class RoundNoise
{
    const string ClipState = "privacy/clip";

    readonly CentralNoise _noise;

    RoundNoise(CentralNoise noise) => _noise = noise;

    public ISumMechanism Mechanism => _noise;

    /// <summary>Null where the server adds none.</summary>
    public static RoundNoise? Of(FoldOrder order, StrategyState state, IRunSecrets secrets)
    {
        if (order.Spec.Privacy is not { IsCentral: true } privacy)
            return null;
        var clip = state[ClipState] is { IsEmpty: false } kept ? kept[0] : privacy.Noise.Clip;
        // Moving the bound moves the later passes' bound along with it.
        var settings = privacy.Noise with { Clip = clip, TermClip = privacy.Noise.TermClip * clip / privacy.Noise.Clip };
        var key = new NoiseKey(secrets.Read(order.Plan.Run),
            order.Spec.Digest, order.Plan.Digest, order.VersionIn.ManifestDigest, order.VersionIn.StateDigest ?? "", order.Accepted.Digest,
            Encoding.UTF8.GetString(order.Spec.Strategy.ToJson()));
        return new RoundNoise(new CentralNoise(settings, order.Spec.Cohort.Quorum, key));
    }

    /// <summary>The state after the fold, the next round's bound in it.</summary>
    public StrategyState Keep(StrategyState state) => new(
        state.Tensors.Where(t => t.Key != ClipState).Select(t => KeyValuePair.Create(t.Key, t.Value.ToArray())).Append(KeyValuePair.Create(ClipState, new[] { (float)_noise.NextClip() })));
}
