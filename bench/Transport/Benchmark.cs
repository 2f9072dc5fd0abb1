using System.Diagnostics;

namespace Federated.Bench.Transport;

/// <summary>Moves the same bytes by gRPC and raw, in turn, so that both see the same machine.</summary>
static class Benchmark
{
    sealed record Sample(double MebibytesPerSecond, double ClientAllocated, double ServerAllocated);

    public static async Task<IReadOnlyList<BenchResult>> RunAsync(TransferClient client, BenchOptions options)
    {
        var results = new List<BenchResult>();
        foreach (var (direction, grpc, raw) in new (string, Func<long, Task>, Func<long, Task>)[]
        {
            ("upload", client.GrpcUploadAsync, client.RawUploadAsync),
            ("download", client.GrpcDownloadAsync, client.RawDownloadAsync),
        })
        {
            // The first round warms the code up and is not counted.
            var rounds = new List<(Sample Grpc, Sample Raw)>();
            for (var round = 0; round <= options.Samples; round++)
                rounds.Add((await MeasureAsync(client, grpc, options), await MeasureAsync(client, raw, options)));
            rounds.RemoveAt(0);
            results.Add(Compare($"transport-{direction}", "MiB/s", rounds, sample => sample.MebibytesPerSecond));
            results.Add(Compare($"transport-{direction}-allocated-client", "bytes/MiB", rounds, sample => sample.ClientAllocated));
            results.Add(Compare($"transport-{direction}-allocated-server", "bytes/MiB", rounds, sample => sample.ServerAllocated));
        }
        return results;
    }

    static async Task<Sample> MeasureAsync(TransferClient client, Func<long, Task> transfer, BenchOptions options)
    {
        var serverBefore = await client.ServerAllocatedAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        await transfer((long)options.Mebibytes << 20);
        var seconds = clock.Elapsed.TotalSeconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var serverAllocated = await client.ServerAllocatedAsync() - serverBefore;
        return new Sample(options.Mebibytes / seconds, (double)allocated / options.Mebibytes, (double)serverAllocated / options.Mebibytes);
    }

    static BenchResult Compare(string name, string unit, List<(Sample Grpc, Sample Raw)> rounds, Func<Sample, double> value) =>
        new(name, unit, [.. rounds.Select(round => value(round.Grpc))], BenchResult.MedianOf(rounds.Select(round => value(round.Grpc) / value(round.Raw))));
}
