namespace Federated.Server.Planning;

/// <summary>
/// Gives each client the matrices, rank, batch and precision of its base that it can carry (after FedPipe, arXiv 2404.06448): every point of the grid is
/// looked at, those within memory and deadline are kept, and the one with the largest sum of importance x g(rank) wins. A pure function.
/// </summary>
public static class FedPipePlanner
{
    /// <summary>Half of what an unbounded rank would be worth comes at this one: g(r) = r / (r + 4), ours.</summary>
    const double HalfRank = 4;

    /// <summary>One choice per client, in the ids' ordinal order.</summary>
    /// <exception cref="ArgumentException">The grid is empty, or a module's importance is not finite or negative.</exception>
    public static IReadOnlyList<ClientChoice> Plan(IEnumerable<DeviceReport> devices, IReadOnlyList<PlanningModule> modules, PlanningGrid grid)
    {
        if (modules.Count == 0 || grid.Ranks.Count == 0 || grid.Batches.Count == 0 || grid.BaseBits.Count == 0)
            throw new ArgumentException("There is nothing to choose from: modules, ranks, batches and base precisions are needed.", nameof(grid));
        if (modules.FirstOrDefault(m => !(m.Importance >= 0 && double.IsFinite(m.Importance))) is { } wrong)
            throw new ArgumentException($"Module '{wrong.Group}' has importance {wrong.Importance}; a finite number of at least 0 is needed.", nameof(modules));
        PlanningModule[] ordered = [.. modules.OrderByDescending(m => m.Importance).ThenBy(m => m.Group, StringComparer.Ordinal)];
        return [.. devices.OrderBy(d => d.Client, StringComparer.Ordinal).Select(d => Choose(d, ordered, grid))];
    }

    static ClientChoice Choose(DeviceReport device, PlanningModule[] modules, PlanningGrid grid)
    {
        if (device.Problem() is { } problem)
            return ClientChoice.EvaluationOnly(device.Client, $"its report cannot be planned with: {problem}");
        var best = (Value: double.NegativeInfinity, Choice: (ClientChoice?)null);
        foreach (var point in Points(device, modules, grid))
        {
            if (point.Bytes > grid.MemoryShare * device.MemoryBytes || point.Seconds > grid.DeadlineSeconds)
                continue;
            if (Better(point, best))
                best = (point.Value, new ClientChoice(device.Client, [.. modules.Take(point.Prefix).Select(m => m.Group)], point.Rank, point.Batch, point.Bits, point.Bytes, point.Seconds));
        }
        return best.Choice ?? ClientChoice.EvaluationOnly(device.Client, Refusal(device, modules, grid));
    }

    static IEnumerable<Point> Points(DeviceReport device, PlanningModule[] modules, PlanningGrid grid)
    {
        foreach (var rank in grid.Ranks)
        {
            var (scalars, importance) = (0L, 0.0);
            for (var prefix = 1; prefix <= modules.Length; prefix++)
            {
                scalars += modules[prefix - 1].Scalars(rank);
                importance += modules[prefix - 1].Importance;
                var value = importance * (rank / (rank + HalfRank));
                foreach (var bits in grid.BaseBits.Where(device.BaseBits.Contains))
                    foreach (var batch in grid.Batches)
                        yield return new Point(value, prefix, rank, batch, bits, CostModel.Bytes(device, bits, batch, scalars), CostModel.Seconds(device, grid, batch, scalars));
            }
        }
    }

    /// <summary>Of equal values the larger batch, then the more precise base, then the fewer matrices, then the smaller rank.</summary>
    static bool Better(Point point, (double Value, ClientChoice? Choice) best) => point.Value != best.Value
        ? point.Value > best.Value
        : best.Choice is { } choice && (point.Batch, point.Bits, -point.Prefix, -point.Rank).CompareTo((choice.Batch, choice.BaseBits, -choice.Groups.Count, -choice.Rank)) > 0;

    /// <summary>What even the smallest choice would need, and what there is.</summary>
    static string Refusal(DeviceReport device, PlanningModule[] modules, PlanningGrid grid)
    {
        Point[] points = [.. Points(device, modules, grid)];
        if (points.Length == 0)
            return $"it holds its base in {string.Join(", ", device.BaseBits)} bits; {string.Join(", ", grid.BaseBits)} are planned with";
        var (bytes, seconds) = (points.Min(p => p.Bytes), points.Min(p => p.Seconds));
        return bytes > grid.MemoryShare * device.MemoryBytes
            ? FormattableString.Invariant($"the smallest choice needs {bytes / (1 << 20):0} MiB; {grid.MemoryShare * device.MemoryBytes / (1 << 20):0} MiB of its {device.MemoryBytes / (1 << 20)} may be used")
            : seconds > grid.DeadlineSeconds
                ? FormattableString.Invariant($"the fastest choice takes {seconds:0.0} s; a round has {grid.DeadlineSeconds:0.0} s")
                : FormattableString.Invariant($"no choice keeps both the memory of {device.MemoryBytes / (1 << 20)} MiB and the deadline of {grid.DeadlineSeconds:0.0} s");
    }

    readonly record struct Point(double Value, int Prefix, int Rank, int Batch, int Bits, double Bytes, double Seconds);
}
