using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>Spans of the coordinator and of its sites, real processes all, as a collector receives them.</summary>
public sealed class TraceTests(TinyBase tinyBase)
{
    static readonly string[] ByTheServer = ["collect", "fold", "publish"];
    static readonly string[] ByEachClient = ["download", "encode", "local-steps", "train", "upload"];

    [Fact]
    public async Task Round_OverProcesses_IsOneTree()
    {
        await using var collector = await TraceCollector.StartAsync();
        using var variables = new Variables(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        });
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        await federation.CreateRunAsync("traced", rounds: 1);
        await federation.CompletedAsync("traced");

        var tree = await TreeAsync(collector, federation.Stop);

        var root = Assert.Single(tree, s => s.Parent.Length == 0);
        Assert.Equal("round", root.Name);
        var ids = tree.Select(s => s.Id).ToHashSet();
        Assert.All(tree.Where(s => s != root), s => Assert.Contains(s.Parent, ids));
        Assert.Equal(ByTheServer, tree.Where(s => s.Parent == root.Id && s.Process == root.Process).Select(s => s.Name).Order(StringComparer.Ordinal));
        var trainings = tree.Where(s => s.Name == "train").ToList();
        Assert.Equal(SmallFederation.Sites.Count, trainings.Select(s => s.Process).Distinct().Count());
        foreach (var training in trainings)
        {
            Assert.Equal(root.Id, training.Parent);
            var below = tree.Where(s => s.Parent == training.Id).ToList();
            Assert.Equal(ByEachClient.Except(["train"]), below.Select(s => s.Name).Order(StringComparer.Ordinal));
            var upload = below.Single(s => s.Name == "upload");
            Assert.Contains(tree, s => s.Parent == upload.Id && s.Process == root.Process);
        }
    }

    // Spans come in batches; what a healthy round must have is waited for, and then the tree is judged as it is.
    static async Task<List<TraceCollector.Span>> TreeAsync(TraceCollector collector, CancellationToken stop)
    {
        while (true)
        {
            var root = collector.Spans.FirstOrDefault(s => s.Name == "round");
            var tree = collector.Spans.Where(s => s.Trace == root?.Trace).ToList();
            var complete = ByEachClient.All(name => tree.Count(s => s.Name == name) >= SmallFederation.Sites.Count)
                && tree.Count(s => s.Name == "evaluate") >= SmallFederation.Sites.Count
                && tree.Where(s => s.Name == "upload").All(u => tree.Any(s => s.Parent == u.Id));
            if (complete)
                return tree;
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
        }
    }

    /// <summary>Environment of the processes that are started meanwhile.</summary>
    sealed class Variables : IDisposable
    {
        readonly Dictionary<string, string> _values;

        public Variables(Dictionary<string, string> values)
        {
            _values = values;
            foreach (var (name, value) in values) Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var name in _values.Keys) Environment.SetEnvironmentVariable(name, null);
        }
    }
}
