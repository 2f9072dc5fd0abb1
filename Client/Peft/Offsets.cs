using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>Frozen factors that a version adds to the base: W becomes W + sum of scale * left * right, oldest first.</summary>
static class Offsets
{
    /// <summary>Finds each offset's matrix and checks its shape, without touching the model.</summary>
    /// <exception cref="ClientFault">F521: an offset belongs to no product group at a matrix, or its factors do not fit it.</exception>
    public static IReadOnlyList<(WeightSite Site, OffsetFactor Offset)> Place(IEnumerable<(ModelSite Site, LayoutGroup Group)> groups, IReadOnlyList<OffsetFactor> offsets)
    {
        if (offsets.Count == 0)
            return [];
        var sites = groups.Where(g => g.Group.Group.Algebra == Algebra.Product).ToDictionary(g => g.Group.Group.Name, g => g.Site as LinearSite, StringComparer.Ordinal);
        return [.. offsets.Select(o => (Find(sites, o), o))];
    }

    public static void Apply(IReadOnlyList<(WeightSite Site, OffsetFactor Offset)> placed, WeightPatch into)
    {
        foreach (var (site, offset) in placed)
            into.Add(site.Weight, Product(offset, site.Weight.shape));
    }

    static LinearSite Find(Dictionary<string, LinearSite?> sites, OffsetFactor offset)
    {
        var site = sites.GetValueOrDefault(offset.Group)
            ?? throw ClientFaults.Adapter($"An offset is for group '{offset.Group}', which is no product at a matrix of this model under the plan.");
        if (site.Packed is not null)
            throw ClientFaults.Adapter($"An offset of group '{offset.Group}' is added to '{site.Path}', whose base is held in few bits; offsets need it in {BasePrecision.Full}.");
        return offset.Left.LongLength == (long)site.OutFeatures * offset.Rank && offset.Right.LongLength == (long)offset.Rank * site.InFeatures ? site
            : throw ClientFaults.Adapter($"An offset of group '{offset.Group}' has factors of {offset.Left.Length} and {offset.Right.Length} elements at rank {offset.Rank}; '{site.Path}' is {site.OutFeatures} x {site.InFeatures}.");
    }

    static Tensor Product(OffsetFactor offset, long[] shape)
    {
        using var frozen = no_grad();
        using var left = tensor(offset.Left, [shape[0], offset.Rank]);
        using var right = tensor(offset.Right, [offset.Rank, shape[1]]);
        using var product = left.mm(right);
        return product.mul((float)offset.Scale);
    }
}
