using Federated.Aggregators.Adapters;
using Federated.Server.Planning;

namespace Server.Tests.Planning;

public sealed class FedPipePlannerTests
{
    static readonly PlanningModule[] Modules = [.. Enumerable.Range(0, 6).Select(i => new PlanningModule($"m{i}", 64 + 8 * i, 64, i + 1))];

    static readonly PlanningGrid Grid = new() { DeadlineSeconds = 10 };

    [Fact]
    public void Plan_RandomDevices_IsTheBestOfAllFeasibleChoicesByBruteForce()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 60; trial++)
        {
            var device = Random(random, "a");
            var choice = FedPipePlanner.Plan([device], Modules, Grid).Single();
            var values = Brute(device).ToList();
            Assert.Equal(values.Count > 0, choice.Trains);
            if (!choice.Trains)
            {
                Assert.NotEmpty(choice.Refusal!);
                continue;
            }
            Assert.Equal(values.Max(), Value(choice), 1e-12);
            Assert.InRange(choice.PredictedBytes, 0, 0.9 * device.MemoryBytes);
            Assert.InRange(choice.PredictedSeconds, 0, Grid.DeadlineSeconds);
        }
    }

    [Fact]
    public void Plan_DevicesInAnyOrder_SameChoices()
    {
        var random = new Random(6);
        DeviceReport[] devices = [.. "dbca".Select(id => Random(random, $"{id}"))];
        static string Text(IReadOnlyList<ClientChoice> plan) => string.Join(";", plan.Select(c => $"{c.Client}:{string.Join(",", c.Groups)}:{c.Rank}:{c.Batch}:{c.BaseBits}"));
        Assert.Equal(Text(FedPipePlanner.Plan(devices, Modules, Grid)), Text(FedPipePlanner.Plan(devices.Reverse(), Modules.Reverse().ToArray(), Grid)));
    }

    [Fact]
    public void Plan_MoreMemory_IsNeverWorthLess()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 40; trial++)
        {
            var device = Random(random, "a");
            var (one, other) = (FedPipePlanner.Plan([device], Modules, Grid).Single(), FedPipePlanner.Plan([device with { MemoryBytes = 2 * device.MemoryBytes }], Modules, Grid).Single());
            Assert.True(!one.Trains || Value(other) >= Value(one));
        }
    }

    [Theory]
    [InlineData(1_000L, 0.01, "MiB")]
    [InlineData(1L << 30, 50.0, "a round has 10.0 s")]
    public void Plan_InfeasibleDevice_EvaluatesOnlyWithTheReason(long memory, double seconds, string reason)
    {
        var device = new DeviceReport("small", memory, new(1, seconds, 1 << 20), new(4, seconds * 2, 2 << 20), 1e6, 1e6, 100, [32, 8, 4]) { BaseWeights = 1_000_000 };
        var choice = FedPipePlanner.Plan([device], Modules, Grid).Single();
        Assert.False(choice.Trains);
        Assert.Contains(reason, choice.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_TightMemory_TakesFewerBitsBeforeItGivesUp()
    {
        // 1.2 MB: 4 MB of fp32 weights do not fit, 0.56 MB in NF4 do.
        var device = new DeviceReport("small", 1_200_000, new(1, 0.01, 1 << 16), new(4, 0.02, 1 << 17), 1e7, 1e7, 100, [32, 4]) { BaseWeights = 1_000_000 };
        var choice = FedPipePlanner.Plan([device], Modules, Grid).Single();
        Assert.Equal((true, 4), (choice.Trains, choice.BaseBits));
    }

    [Fact]
    public void Plan_ReportThatMakesNoSense_IsNamed()
    {
        var device = new DeviceReport("odd", 1 << 30, new(4, 0.1, 1), new(4, 0.1, 1), 1e6, 1e6, 100, [32]) { BaseWeights = 1_000_000 };
        Assert.Contains("batches 4 and 4", FedPipePlanner.Plan([device], Modules, Grid).Single().Refusal, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FedPipePlanner.Plan([device], [new("m", 1, 1, double.NaN)], Grid));
    }

    [Fact]
    public void Cost_OfAChoice_IsTheFormula()
    {
        var device = new DeviceReport("a", 1 << 30, new(2, 0.2, 1_000_000), new(6, 0.4, 5_000_000), 1_000, 2_000, 101, [32, 8, 4]) { BaseWeights = 1_000_000 };
        Assert.Equal(0.3, device.StepSeconds(4), 1e-12);
        Assert.Equal(1_000_000, device.ActivationBytes, 1e-6);
        // 1e6 weights of 4.5 bits, 16 bytes for each of 500 scalars, four examples.
        Assert.Equal(562_500 + 8_000 + 4_000_000, CostModel.Bytes(device, 4, 4, 500), 1e-6);
        // Measured with 500 scalars and fp32: what the peak holds besides them is fixed, and comes back at any size.
        var measured = device with { Small = device.Small with { PeakBytes = 100_000_000 }, Large = device.Large with { PeakBytes = 104_000_000 } };
        Assert.Equal(100_000_000, CostModel.Bytes(measured.Explained(500), 32, 2, 500), 1e-3);
        Assert.Equal(100_000_000 - 4_000_000 + 562_500, CostModel.Bytes(measured.Explained(500), 4, 2, 500), 1e-3);
        Assert.Equal(1_000_000 * (8 + 0.125) / 8, CostModel.BaseBytes(1_000_000, 8), 1e-6);
        // 26 steps, then 2,000 bytes up at 1,000 and down at 2,000 a second.
        Assert.Equal(26 * 0.3 + 2 + 1, CostModel.Seconds(device, Grid, 4, 500), 1e-9);
    }

    [Fact]
    public void Merge_ScalesAndOneLoudMatrix_AreBounded()
    {
        Dictionary<string, double> quiet = new() { ["a"] = 1, ["b"] = 2, ["c"] = 3 }, loud = quiet.ToDictionary(q => q.Key, q => 1e9 * q.Value);
        Assert.Equal(ImportanceMerge.Merge([("x", 10, quiet)]), ImportanceMerge.Merge([("x", 10, loud)]));
        var many = Enumerable.Range(0, 10).ToDictionary(i => $"m{i}", _ => 1.0);
        many["m0"] = 1e12;
        Assert.InRange(ImportanceMerge.Merge([("x", 1, many)])["m0"], 0.1, 1);
        var poisoned = new Dictionary<string, double> { ["a"] = double.NaN, ["b"] = -5, ["c"] = 1 };
        Assert.Equal((0.0, 0.0, 1.0), (ImportanceMerge.Merge([("x", 1, poisoned)])["a"], ImportanceMerge.Merge([("x", 1, poisoned)])["b"], ImportanceMerge.Merge([("x", 1, poisoned)])["c"]));
    }

    [Fact]
    public void Merge_Clients_AreWeightedBySamplesInAnyOrder()
    {
        Dictionary<string, double> one = new() { ["a"] = 1, ["b"] = 1 }, other = new() { ["a"] = 3, ["b"] = 1 };
        var merged = ImportanceMerge.Merge([("y", 30, other), ("x", 10, one)]);
        Assert.Equal((10 * 0.5 + 30 * 0.75) / 40, merged["a"], 1e-12);
        Assert.Equal(merged, ImportanceMerge.Merge([("x", 10, one), ("y", 30, other)]));
    }

    [Fact]
    public void Apply_Choices_GiveEachClientItsGroupsRankAndBits()
    {
        var schema = new AdapterSchema(new string('0', 64), "vit", 32, [.. Modules.Select(m => new TensorGroup(m.Group, new Site(SiteKind.Linear, m.Group), Algebra.Product,
            [new($"{m.Group}.A", "A", [Axis.Rank, m.Columns]), new($"{m.Group}.B", "B", [m.Rows, Axis.Rank])]) { Product = new ProductForm("B", "A", 8, false) })]);
        ClientChoice[] choices = [new("a", ["m5", "m4"], 16, 8, 4, 0, 0), ClientChoice.EvaluationOnly("b", "too small")];
        var plan = PlanOverrides.Apply(schema, AdapterPlan.Uniform(schema, 8), choices);
        var layout = AdapterLayout.Of(schema, plan, "a");
        Assert.Equal(["m4", "m5"], layout.Groups.Select(g => g.Group.Name));
        Assert.All(layout.Groups, g => Assert.Equal((16, 4), (g.Rank, g.Plan.BaseBits)));
        Assert.Equal(6, AdapterLayout.Of(schema, plan, "b").Groups.Count);
        Assert.Equal(1, plan.Version);
    }

    static double Value(ClientChoice choice) => choice.Groups.Sum(g => Modules.Single(m => m.Group == g).Importance) * choice.Rank / (choice.Rank + 4.0);

    /// <summary>Every subset that is a prefix of the importance order, with costs written out here.</summary>
    static IEnumerable<double> Brute(DeviceReport device)
    {
        var ordered = Modules.OrderByDescending(m => m.Importance).ToArray();
        foreach (var bits in device.BaseBits)
            foreach (var batch in Grid.Batches)
                foreach (var rank in Grid.Ranks)
                    for (var prefix = 1; prefix <= ordered.Length; prefix++)
                    {
                        var scalars = ordered[..prefix].Sum(m => rank * (m.Rows + m.Columns));
                        var perWeight = bits switch { 4 => 4.5, 8 => 8.125, _ => 32.0 };
                        var memory = 1e6 * perWeight / 8 + 16.0 * scalars + batch * (double)(device.Large.PeakBytes - device.Small.PeakBytes) / (device.Large.Batch - device.Small.Batch);
                        var tau = device.Small.Seconds + (device.Large.Seconds - device.Small.Seconds) / (device.Large.Batch - device.Small.Batch) * (batch - device.Small.Batch);
                        var time = Math.Ceiling(device.Samples / (double)batch) * tau + 4.0 * scalars / device.UpBytesPerSecond + 4.0 * scalars / device.DownBytesPerSecond;
                        if (memory <= 0.9 * device.MemoryBytes && time <= Grid.DeadlineSeconds)
                            yield return ordered[..prefix].Sum(m => m.Importance) * rank / (rank + 4.0);
                    }
    }

    static DeviceReport Random(Random random, string id)
    {
        var seconds = 0.005 + 0.05 * random.NextDouble();
        return new DeviceReport(id, random.Next(500_000, 8_000_000), new(1, seconds, 1 << 20), new(8, seconds * (1 + 2 * random.NextDouble()), (1 << 20) + random.Next(0, 500_000)),
            1e4 + 1e6 * random.NextDouble(), 1e4 + 1e6 * random.NextDouble(), random.Next(20, 400), random.Next(2) == 0 ? [32] : [32, 8, 4]) { BaseWeights = 1_000_000 };
    }
}
