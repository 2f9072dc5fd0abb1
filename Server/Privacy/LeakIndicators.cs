using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Privacy.Probes;

namespace Federated.Server.Privacy;

/// <summary>
/// How many public candidates stand out against each update: an indicator for the operator, measured on the bytes that came, after whatever the site did to them. It
/// guarantees nothing, and is never published.
/// </summary>
static class LeakIndicators
{
    /// <summary>A JSON array, one object a client, for the first product group of the pack's width; empty where there is none.</summary>
    public static string Write(ProbePack pack, AdapterLayout layout, IEnumerable<Contribution> contributions)
    {
        var right = layout.Groups.Where(g => g.Group.Product is not null).Select(g => g.Tensors[g.Group.IndexOf(g.Group.Product!.Right)])
            .FirstOrDefault(t => t.Trained && t.Shape[^1] == pack.Width);
        return JsonSerializer.Serialize(right is null ? [] : contributions.Select(c => Of(pack, right, c)).ToList());
    }

    public static IReadOnlyList<LeakIndicator> Read(string json) => JsonSerializer.Deserialize<List<LeakIndicator>>(json)!;

    static LeakIndicator Of(ProbePack pack, LayoutTensor right, Contribution contribution)
    {
        var delta = new float[right.Elements];
        contribution.Delta.Read(right.Index, 0, delta);
        var probe = BlindProbe.Of(SpanBasis.Of(right, delta), pack.Inputs);
        return new LeakIndicator(contribution.ClientId, right.Name, probe.Rank, probe.Candidates, probe.Outliers, Math.Round(probe.LowestScore, 2));
    }
}
