using System.Diagnostics;
using System.Net;
using Federated.Formats.Digests;
using Federated.Server.Hosting;

namespace Federated.Cli.Bench.Rounds;

/// <summary>What the same bytes cost without any product around them, in seconds; each the median of several.</summary>
/// <param name="Up">A raw HTTP/2 stream to another process.</param>
/// <param name="Down">The same, from it.</param>
/// <param name="Flush">Written to a file and flushed.</param>
/// <param name="Hash">The tree digest.</param>
sealed record Floors(double Up, double Down, double Flush, double Hash)
{
    const int Repeats = 15, ChunkBytes = 256 << 10;

    // Both runtimes compile for as long; small transfers would be measured at twice their time, as the first rounds would.
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Of a round in which each client's bytes travel once each way, are flushed in its outbox and in the spool, and hashed on both sides.</summary>
    public double OfRound(int clients) => clients * (Up + Down + 2 * Flush + 2 * Hash);

    public static async Task<Floors> MeasureAsync(long bytes, string folder, CancellationToken stop)
    {
        using var sink = StartSink();
        var address = new Uri(await sink.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException("The sink did not start."));
        using var http = new HttpClient { BaseAddress = address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var chunk = new byte[ChunkBytes];
        Random.Shared.NextBytes(chunk);
        try
        {
            return new Floors(
                await MedianAsync(() => UpAsync(http, bytes, stop)),
                await MedianAsync(() => DownAsync(http, bytes, stop)),
                await MedianAsync(() => Flushed(Path.Combine(folder, "floor"), chunk, bytes)),
                await MedianAsync(() => Hashed(chunk, bytes)));
        }
        finally
        {
            sink.Kill();
        }
    }

    static Process StartSink() => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "federated"), ["bench", "sink"])
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { [ParentPipe.Variable] = "1" },
    })!;

    static async Task<double> MedianAsync(Func<Task> action)
    {
        for (var warming = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(warming) < WarmUp;)
            await action();
        var seconds = new List<double>();
        for (var i = 0; i < Repeats; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await action();
            seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        }
        return Report.BenchEntry.MedianOf(seconds);
    }

    static async Task UpAsync(HttpClient http, long bytes, CancellationToken stop)
    {
        using var content = new Repeated(bytes);
        using var answer = await http.PostAsync("/up", content, stop);
        answer.EnsureSuccessStatusCode();
    }

    static async Task DownAsync(HttpClient http, long bytes, CancellationToken stop)
    {
        await using var stream = await http.GetStreamAsync($"/down/{bytes}", stop);
        var buffer = new byte[ChunkBytes];
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
        }
    }

    static Task Flushed(string path, byte[] chunk, long bytes)
    {
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (long at = 0; at < bytes; at += chunk.Length)
                RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(chunk.Length, bytes - at)), at);
            RandomAccess.FlushToDisk(file);
        }
        File.Delete(path);
        return Task.CompletedTask;
    }

    static Task Hashed(byte[] chunk, long bytes)
    {
        var digest = new TreeDigest();
        for (long at = 0; at < bytes; at += chunk.Length)
            digest.Append(chunk.AsSpan(0, (int)Math.Min(chunk.Length, bytes - at)));
        digest.ToHex();
        return Task.CompletedTask;
    }

    sealed class Repeated(long bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var buffer = new byte[ChunkBytes];
            for (var left = bytes; left > 0; left -= ChunkBytes)
                await stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, ChunkBytes)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
