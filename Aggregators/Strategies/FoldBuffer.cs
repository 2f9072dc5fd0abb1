using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>A buffer of updates that started from different versions as a fold's input (FedBuff, arXiv 2106.06639).</summary>
public static class FoldBuffer
{
    /// <summary>
    /// The input that folds a frozen buffer into the version after <paramref name="version"/>. The order of <paramref name="updates"/> changes no bit of the result.
    /// </summary>
    /// <param name="current">The newest version.</param>
    /// <param name="version">Its number, 0 or more.</param>
    /// <param name="updates">1 or more.</param>
    /// <param name="versions">An earlier version by its number; called once for each that the buffer needs.</param>
    /// <exception cref="FoldRefusedException">An update started from a version that is not there yet, or more than 2^31 versions ago.</exception>
    public static FoldInput Input(AdapterTensors current, long version, IReadOnlyList<BufferedUpdate> updates, Func<long, AdapterTensors> versions)
    {
        var starts = new Dictionary<long, AdapterTensors>();
        var reshaped = new Dictionary<(long, AdapterLayout), AdapterTensors>();
        return new FoldInput(current, [.. updates.Select(Contribution)]) { Round = version };

        Contribution Contribution(BufferedUpdate update)
        {
            var age = version - update.StartVersion;
            if (age is < 0 or > int.MaxValue || update.StartVersion < 0)
                throw new FoldRefusedException($"Client '{update.ClientId}' started from version {update.StartVersion}; versions 0 to {version} exist.");
            return new Contribution(update.ClientId, update.Samples, update.Layout, update.Delta)
            {
                Assignment = update.Assignment,
                Staleness = (int)age,
                Start = age == 0 ? null : Start(update),
            };
        }

        AdapterTensors Start(BufferedUpdate update)
        {
            var key = (update.StartVersion, update.Layout);
            if (!reshaped.TryGetValue(key, out var start))
            {
                if (!starts.TryGetValue(update.StartVersion, out var whole))
                    starts[update.StartVersion] = whole = versions(update.StartVersion);
                reshaped[key] = start = whole.Reshape(update.Layout);
            }
            return start;
        }
    }
}
