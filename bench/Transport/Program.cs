using System.Globalization;
using Federated.Bench.Transport;
using Federated.Cli.Bench.Report;

if (args is ["--serve"])
{
    await Endpoint.ServeAsync();
    return 0;
}
var options = BenchOptions.Parse(args, out var error);
if (options is null)
{
    Console.Error.WriteLine($"{error} Usage: Federated.Bench.Transport [--mib N] [--samples N] [--json FILE]");
    return 2;
}
await using var server = await ServerProcess.StartAsync();
using var client = new TransferClient(server.Address);
var results = await Benchmark.RunAsync(client, options);
foreach (var result in results)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name,-42} median {result.Median,12:N1} {result.Unit,-14} ratio to raw HTTP/2 {result.Ratio,6:N2}"));
if (options.JsonFile is not null)
    await BenchFile.WriteAsync(new FileInfo(options.JsonFile), $"bench transport {string.Join(' ', args)}".TrimEnd(), [.. results.Select(r => new BenchEntry(r.Name, r.Unit, r.Samples, r.Ratio))], default);
return 0;
