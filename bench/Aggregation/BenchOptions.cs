using System.CommandLine;
using Federated.Cli.Terminal;

namespace Federated.Bench.Aggregation;

/// <summary>What is measured and how: samples per measurement, threads of both sides, the streamed fold's matrices and clients, and where its spools lie.</summary>
sealed record BenchOptions(int Samples, int Threads, int Matrices, int Clients, string Spool);

/// <summary>The command line.</summary>
sealed class BenchCommand
{
    readonly Option<int> _samples = NumberOption.Of("--samples", "Samples of each measurement.", 5, 1, 99);
    readonly Option<int> _threads = NumberOption.Of("--threads", "Threads of both sides.", 1, 1, 256);
    readonly Option<int> _matrices = NumberOption.Of("--matrices", "Matrices of the streamed fold.", SpoolBench.LlamaMatrices, 1, SpoolBench.LlamaMatrices);
    readonly Option<int> _clients = NumberOption.Of("--clients", "Clients of the streamed fold.", LoraFairBench.Clients, 2, 1_000);
    readonly Option<DirectoryInfo?> _spool = new("--spool") { Description = "Where the streamed fold's updates are written." };
    readonly Option<string?> _only = new Option<string?>("--only") { Description = "One part alone." }.AcceptOnlyFromAmong("fair", "mean", "flexlora", "krum", "allocation", "spool");
    readonly Option<bool> _cpu = new("--cpu") { Description = "Processor time instead of wall time, which other programs of the machine disturb less." };
    readonly Option<FileInfo?> _json = new("--json") { Description = "Write the measurements to this file." };

    public RootCommand Root => new("The rules against PyTorch, numpy and the machine's memory, in one run.") { _samples, _threads, _matrices, _clients, _spool, _only, _cpu, _json };

    public BenchOptions Options(ParseResult parsed) => new(
        parsed.GetValue(_samples), parsed.GetValue(_threads), parsed.GetValue(_matrices), parsed.GetValue(_clients), parsed.GetValue(_spool)?.FullName ?? Path.GetTempPath());

    public bool Runs(ParseResult parsed, string part) => parsed.GetValue(_only) is not { } only || only == part;

    public bool Cpu(ParseResult parsed) => parsed.GetValue(_cpu);

    public FileInfo? Json(ParseResult parsed) => parsed.GetValue(_json);
}
