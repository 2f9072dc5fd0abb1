using Federated.Aggregators.Adapters;

namespace Federated.Client.Rounds;

/// <summary>The adapter version an assignment starts from, as this client is to hold it.</summary>
sealed record StartPoint(AdapterTensors Values)
{
    public AdapterLayout Layout => Values.Layout;
}
