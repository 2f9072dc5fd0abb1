using System.Globalization;
using Federated.Bench.Aggregation;
using Federated.Cli.Bench.Report;
using Federated.Cli.Terminal;

var bench = new BenchCommand();
var command = bench.Root;
command.SetAction(async (parsed, stop) =>
{
    var options = bench.Options(parsed);
    Rounds.Cpu = bench.Cpu(parsed);
    Console.WriteLine($"{options.Threads} thread(s) on each side, {options.Samples} samples in turn, {(Rounds.Cpu ? "processor time" : "wall time")}, load {string.Join(' ', BenchFile.Load())}");
    using var peer = Peer.Start(options.Threads, Rounds.Cpu);
    var entries = new List<BenchEntry>();
    if (bench.Runs(parsed, "allocation")) entries.AddRange(AllocationBench.Run());
    var parts = new (string Name, Func<Peer, BenchOptions, IEnumerable<BenchResult>> Run)[]
    {
        ("fair", LoraFairBench.Run), ("mean", MeanBench.Run), ("flexlora", FlexLoraBench.Run), ("krum", KrumBench.Run), ("spool", SpoolBench.Run),
    };
    foreach (var result in parts.Where(p => bench.Runs(parsed, p.Name)).SelectMany(p => p.Run(peer, options)))
    {
        entries.Add(result.Entry);
        var target = result.Target is { } wanted ? string.Create(CultureInfo.InvariantCulture, $", target {wanted}: {(result.Ratio >= wanted ? "reached" : "missed")}") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name}: {1000 * result.Median:N1} against {1000 * result.OtherMedian:N1} {(result.Unit == "s" ? "ms" : "KB")}, ratio {result.Ratio:N2}{target}"));
    }
    await BenchFile.WriteAsync(bench.Json(parsed), $"bench aggregation {string.Join(' ', args)}".TrimEnd(), entries, stop);
    return ExitCode.Done;
});
return await CommandRunner.RunAsync(command, args);
