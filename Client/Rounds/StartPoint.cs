using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Client.Rounds;

/// <summary>The adapter version an assignment starts from, as this client is to hold it.</summary>
/// <param name="Values">Its tensors.</param>
/// <param name="Offsets">What it adds to the base, oldest first.</param>
public sealed record StartPoint(AdapterTensors Values, IReadOnlyList<OffsetFactor> Offsets)
{
    public AdapterLayout Layout => Values.Layout;
}
