using System.Security.Cryptography;
using Federated.Aggregators.Adapters;
using Federated.Client.Privacy;
using Federated.Client.Transport.Messages;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Rounds;

/// <summary>
/// The site's last word on an update, on the values that its receiver will decode. More noise here is no differential privacy: whether it is added depends on the
/// data. Neither the measure nor the verdict leaves the site.
/// </summary>
sealed class ReleaseGate(IWorksite site, ClientLog log)
{
    const int MostNoisings = 4;

    /// <summary>Whether the update may leave; under <see cref="LeakAction.Noise"/> it may have been disturbed in place.</summary>
    public bool Admits(WorkAssignment work, ulong key, AdapterTensors delta)
    {
        var policy = site.Leaks;
        for (var noisings = 0; policy.Action != LeakAction.Off; noisings++)
        {
            if (site.Probe(AsSent(work.Encoding!.Value, delta), work.Train!, key) is not { } measured)
            {
                log.NotProbed(work.Id);
                return true;
            }
            log.Probed(work.Id, measured);
            if (measured.AdvantageFloor <= policy.Advantage || policy.Action == LeakAction.Warn)
                return true;
            if (policy.Action == LeakAction.Withhold || noisings == MostNoisings)
            {
                log.Withheld(work.Id);
                return false;
            }
            Disturb(delta, Math.ScaleB(1, noisings));
        }
        return true;
    }

    static AdapterTensors AsSent(TensorEncoding encoding, AdapterTensors delta)
    {
        var sent = new AdapterTensors(delta.Layout);
        foreach (var tensor in delta.Layout.Tensors.Where(t => t.Trained))
        {
            var bytes = new byte[DeltaCodec.EncodedBytes(encoding, tensor.Elements)];
            DeltaCodec.Encode(encoding, delta[tensor], bytes);
            DeltaCodec.Decode(encoding, bytes, tensor.Elements, 0, sent[tensor]);
        }
        return sent;
    }

    // Relative to each tensor's own root mean square.
    static void Disturb(AdapterTensors delta, double level)
    {
        var key = new NoiseKey(RandomNumberGenerator.GetBytes(32));
        foreach (var tensor in delta.Layout.Tensors.Where(t => t.Trained))
        {
            var values = Array.ConvertAll(delta[tensor].ToArray(), v => (double)v);
            key.Stream(tensor.Name, 1).AddTo(values, level * Math.Sqrt(values.Sum(v => v * v) / values.Length));
            Array.ConvertAll(values, v => (float)v).CopyTo(delta[tensor]);
        }
    }
}
