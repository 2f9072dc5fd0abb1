using System.Globalization;
using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Files;

namespace Federated.Bench.Aggregation;

/// <summary>LoRA-FAIR for the 128 matrices of a model of LLaMA-7B's shape (q, k, v, o of 32 layers), each client's update memory-mapped from a file.</summary>
static class SpoolBench
{
    public const int LlamaMatrices = 128;

    public static IEnumerable<BenchResult> Run(Peer peer, BenchOptions options)
    {
        var (matrices, clients, threads) = (options.Matrices, options.Clients, options.Threads);
        var layout = Cohort.Layout(LoraFairBench.D, LoraFairBench.Rank, matrices);
        var folder = Directory.CreateDirectory(Path.Combine(options.Spool, $"federated-bench-{Environment.ProcessId}")).FullName;
        var open = new List<MappedFile>();
        try
        {
            RequireRoom(folder, 4 * layout.TotalElements * clients);
            var input = new FoldInput(new AdapterTensors(layout), [.. Enumerable.Range(0, clients).Select(k => Spooled(layout, folder, k, open))]);
            var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair")));
            var limits = new FoldLimits(threads, Diagnose: false);
            // Compiled before, and timed without the thread that looks at memory: it reads the spools for the first time.
            fold.Run(Cohort.InMemory(Cohort.Layout(LoraFairBench.D, LoraFairBench.Rank, 1), 9), limits);
            var own = Rounds.Seconds(() => fold.Run(input, limits));
            var before = Anonymous();
            using var peak = new PeakMemory(Anonymous);
            fold.Run(input, limits);
            var above = peak.Stop() - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Peak of anonymous memory during the streamed fold of {4 * layout.TotalElements * clients >> 20} MiB: {above >> 20} MiB above the start; budget {limits.MemoryBytes >> 20} MiB, one result {4 * layout.TotalElements >> 20} MiB."));
            var name = $"lora-fair d={LoraFairBench.D} r={LoraFairBench.Rank} K={clients}, {matrices} matrices from a spool";
            yield return new BenchResult($"{name}, against numpy in memory ({matrices} times one matrix)", [own], [matrices * peer.Measure("fair_numpy", LoraFairBench.D, LoraFairBench.Rank, clients)], 2);
            yield return new BenchResult($"{name}, against the dense way ({matrices} times one matrix; {LoraFairBench.DenseClients} of {clients} clients, {LoraFairBench.DenseSteps} of {LoraFairBench.PublishedSteps} steps, scaled)",
                [own], [matrices * LoraFairBench.Dense(peer, clients)], 1000);
            yield return new BenchResult($"{name}, budget and one result over the peak of memory", [above / 1e6], [(limits.MemoryBytes + 4.0 * layout.TotalElements) / 1e6], 1) { Unit = "MB" };
        }
        finally
        {
            open.ForEach(o => o.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    static Contribution Spooled(AdapterLayout layout, string folder, int client, List<MappedFile> open)
    {
        var path = Path.Combine(folder, $"{client:D4}");
        var one = Cohort.Random(Cohort.Layout(LoraFairBench.D, LoraFairBench.Rank, 1), client).Values.ToArray();
        using (var stream = File.Create(path))
        {
            // Turned by another step for each matrix, so that no two are alike.
            for (var i = 0; i < layout.Groups.Count; i++)
            {
                var turn = 97 * i % one.Length;
                stream.Write(MemoryMarshal.AsBytes(one.AsSpan(turn)));
                stream.Write(MemoryMarshal.AsBytes(one.AsSpan(0, turn)));
            }
            // As a server's spools are when it folds; otherwise the fold would be timed while the system still writes them.
            stream.Flush(flushToDisk: true);
        }
        var mapped = new MappedFile(path);
        open.Add(mapped);
        return new Contribution($"client-{client:D4}", 1 + client % 7, layout, new EncodedDelta(layout, TensorEncoding.F32, mapped));
    }

    static void RequireRoom(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes + (1L << 30)) throw new IOException($"The spools need {bytes >> 20} MiB and 1 GiB to spare; the disk with '{folder}' has {free >> 20} MiB. Choose another with --spool.");
    }

    // Mapped spools are the page cache's and can go at any time; what is the process's own is anonymous.
    static long Anonymous() => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
