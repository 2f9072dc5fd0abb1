using System.CommandLine;
using System.Globalization;
using Federated.Bench.Transport;
using Federated.Cli.Bench.Report;
using Federated.Cli.Terminal;

if (args is ["--serve"])
{
    await Endpoint.ServeAsync();
    return ExitCode.Done;
}
var mebibytes = NumberOption.Of("--mib", "MiB moved per sample.", 256, 1, 65_536);
var samples = NumberOption.Of("--samples", "Samples of each transfer.", 7, 1, 999);
var json = new Option<FileInfo?>("--json") { Description = "Write the measurements to this file." };
var command = new RootCommand("Streams over gRPC against raw HTTP/2 streams of the same bytes: speed, and bytes allocated by either side.") { mebibytes, samples, json };
command.SetAction(async (parsed, stop) =>
{
    await using var server = await ServerProcess.StartAsync();
    using var client = new TransferClient(server.Address);
    var entries = new List<BenchEntry>();
    foreach (var entry in await Benchmark.RunAsync(client, parsed.GetValue(mebibytes), parsed.GetValue(samples)))
    {
        entries.Add(entry);
        var against = entry.Ratio is { } ratio ? $"{ratio:N2} of a raw HTTP/2 stream" : $"a raw HTTP/2 stream: {entry.Details["raw"]:N0}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Name,-36} {entry.Median,12:N1} {entry.Unit,-10} {against}"));
    }
    await BenchFile.WriteAsync(parsed.GetValue(json), $"bench transport {string.Join(' ', args)}".TrimEnd(), entries, stop);
    return ExitCode.Done;
});
return await CommandRunner.RunAsync(command, args);
