using System.Diagnostics;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Server.Tests.Kit;

namespace Server.Tests.Performance;

public sealed class FoldCost(ITestOutputHelper output)
{
    [Theory(Explicit = true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Fold_TwoClients_Milliseconds(int threads, bool diagnose)
    {
        var adapter = new TestAdapter(modules: 6, width: 1024, rank: 8);
        var layout = adapter.Layout;
        var bytes = Synthetic.Values(1, (int)layout.TotalElements, 0.01f).SelectMany(BitConverter.GetBytes).ToArray();
        var contributions = new[] { "a", "b" }.Select(c => new Contribution(c, 10, layout, new EncodedDelta(layout, TensorEncoding.F32, new MemorySpanSource(bytes)))).ToList();
        var previous = new AdapterTensors(layout, Synthetic.Values(2, (int)layout.TotalElements, 0.1f));
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        var times = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var clock = Stopwatch.StartNew();
            fold.Run(new FoldInput(previous, contributions) { Round = i }, new FoldLimits(threads, Diagnose: diagnose));
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        output.WriteLine($"threads {threads} diagnose {diagnose}: median {times[50]:F2} ms, min {times[0]:F2} ms");
    }
}
