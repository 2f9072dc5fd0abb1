using System.Diagnostics;
using Federated.Cli.Bench.Report;

namespace Federated.Bench.Transport;

/// <summary>Moves the same bytes by gRPC and raw, in turn, so that both see the same machine.</summary>
static class Benchmark
{
    sealed record Sample(double MebibytesPerSecond, double ClientAllocated, double ServerAllocated);

    /// <summary>Per direction the speed, with its ratio to the raw stream's, and what either side allocated, with what the raw stream allocates beside it.</summary>
    public static async Task<IReadOnlyList<BenchEntry>> RunAsync(TransferClient client, int mebibytes, int samples)
    {
        var entries = new List<BenchEntry>();
        foreach (var (direction, grpc, raw) in new (string, Func<long, Task>, Func<long, Task>)[]
        {
            ("upload", client.GrpcUploadAsync, client.RawUploadAsync),
            ("download", client.GrpcDownloadAsync, client.RawDownloadAsync),
        })
        {
            // The first round warms the code up and is not counted.
            var rounds = new List<(Sample Grpc, Sample Raw)>();
            for (var round = 0; round <= samples; round++)
                rounds.Add((await MeasureAsync(client, grpc, mebibytes), await MeasureAsync(client, raw, mebibytes)));
            rounds.RemoveAt(0);
            entries.Add(new BenchEntry($"transport-{direction}", "MiB/s", [.. rounds.Select(r => r.Grpc.MebibytesPerSecond)],
                BenchEntry.MedianOf(rounds.Select(r => r.Grpc.MebibytesPerSecond / r.Raw.MebibytesPerSecond))));
            entries.Add(Allocated($"transport-{direction}-allocated-client", rounds, sample => sample.ClientAllocated));
            entries.Add(Allocated($"transport-{direction}-allocated-server", rounds, sample => sample.ServerAllocated));
        }
        return entries;
    }

    // The HTTP stack allocates next to nothing while its buffers come from the pool, so that a ratio to it says nothing; the bytes of both do.
    static BenchEntry Allocated(string name, List<(Sample Grpc, Sample Raw)> rounds, Func<Sample, double> value) =>
        new(name, "bytes/MiB", [.. rounds.Select(r => value(r.Grpc))], null, new Dictionary<string, double> { ["raw"] = BenchEntry.MedianOf(rounds.Select(r => value(r.Raw))) });

    static async Task<Sample> MeasureAsync(TransferClient client, Func<long, Task> transfer, int mebibytes)
    {
        var serverBefore = await client.ServerAllocatedAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        await transfer((long)mebibytes << 20);
        var seconds = clock.Elapsed.TotalSeconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var serverAllocated = await client.ServerAllocatedAsync() - serverBefore;
        return new Sample(mebibytes / seconds, (double)allocated / mebibytes, (double)serverAllocated / mebibytes);
    }
}
