using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>The contributions in ordinal order of client id and assignment, checked against the version.</summary>
static class FoldOrder
{
    public static Contribution[] Of(FoldInput input)
    {
        if (input.Contributions.Count == 0)
            throw new FoldRefusedException("There are no contributions; at least 1 is needed.");
        Contribution[] ordered = [.. input.Contributions.OrderBy(c => c.ClientId, StringComparer.Ordinal).ThenBy(c => c.Assignment, StringComparer.Ordinal)];
        for (var k = 0; k < ordered.Length; k++)
        {
            if (k > 0 && ordered[k].ClientId == ordered[k - 1].ClientId && ordered[k].Assignment == ordered[k - 1].Assignment)
                throw new FoldRefusedException($"Client '{ordered[k].ClientId}' contributed twice{(ordered[k].Assignment == "" ? "" : $" to assignment '{ordered[k].Assignment}'")}.");
            Check(ordered[k], input.Previous.Layout);
        }
        return ordered;
    }

    static void Check(Contribution contribution, AdapterLayout layout)
    {
        if (contribution.Layout.Schema != layout.Schema && contribution.Layout.Schema.Digest != layout.Schema.Digest)
            throw new FoldRefusedException($"Client '{contribution.ClientId}' contributed to schema {contribution.Layout.Schema.Digest}; the version has {layout.Schema.Digest}.");
        if (contribution.Staleness < 0)
            throw new FoldRefusedException($"Client '{contribution.ClientId}' has a staleness of {contribution.Staleness}; 0 or more is needed.");
        if (contribution.Start is { } start && start.Layout != contribution.Layout)
            throw new FoldRefusedException($"Client '{contribution.ClientId}' has a start point of another layout than its delta.");
        foreach (var own in contribution.Layout.Tensors)
        {
            if (layout.Find(own.Name) is { } tensor && own.Shape.Zip(tensor.Shape).Any(s => s.First > s.Second))
                throw new FoldRefusedException($"Client '{contribution.ClientId}' has tensor '{own.Name}' of shape [{string.Join(", ", own.Shape)}]; the version's is [{string.Join(", ", tensor.Shape)}].");
        }
    }
}
