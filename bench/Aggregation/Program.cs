using System.Globalization;
using Federated.Bench.Aggregation;
using Federated.Cli.Bench.Report;

var options = BenchOptions.Parse(args, out var error);
if (options is null)
{
    Console.Error.WriteLine($"error F561: {error} {BenchOptions.Usage}");
    return 2;
}
try
{
    Console.WriteLine($"{options.Threads} thread(s) on each side, {options.Samples} samples in turn, {(options.Cpu ? "processor time" : "wall time")}, load {string.Join(' ', BenchFile.Load())}");
    Rounds.Cpu = options.Cpu;
    using var peer = Peer.Start(options.Threads, options.Cpu);
    var results = new List<BenchResult>();
    var entries = new List<BenchEntry>();
    if (options.Runs("allocation")) entries.AddRange(AllocationBench.Run());
    var parts = new (string Name, Func<Peer, BenchOptions, IEnumerable<BenchResult>> Run)[]
    {
        ("fair", LoraFairBench.Run), ("mean", MeanBench.Run), ("flexlora", FlexLoraBench.Run), ("krum", KrumBench.Run), ("spool", SpoolBench.Run),
    };
    foreach (var result in parts.Where(p => options.Runs(p.Name)).SelectMany(p => p.Run(peer, options)))
        Add(result);
    if (options.JsonFile is not null)
        await BenchFile.WriteAsync(new FileInfo(options.JsonFile), $"bench aggregation {string.Join(' ', args)}".TrimEnd(), [.. entries, .. results.Select(r => r.Entry)], default);
    return 0;

    void Add(BenchResult result)
    {
        results.Add(result);
        var target = result.Target is { } wanted ? string.Create(CultureInfo.InvariantCulture, $", target {wanted}: {(result.Ratio >= wanted ? "reached" : "missed")}") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name}: {1000 * result.Median:N1} against {1000 * result.OtherMedian:N1} {(result.Unit == "s" ? "ms" : "KB")}, ratio {result.Ratio:N2}{target}"));
    }
}
catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error F560: {e.Message}");
    return 3;
}
