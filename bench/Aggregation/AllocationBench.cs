using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Federated.Cli.Bench.Report;

namespace Federated.Bench.Aggregation;

/// <summary>What kernels and folds allocate, by BenchmarkDotNet's own columns.</summary>
static class AllocationBench
{
    public static IEnumerable<BenchEntry> Run()
    {
        foreach (var type in new[] { typeof(KernelAllocations), typeof(FoldAllocations) })
        {
            var summary = BenchmarkRunner.Run(type, Config());
            MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
            foreach (var report in summary.Reports)
                yield return Entry(report);
        }
    }

    // In this process: the benchmark has no compiler at hand where it runs.
    static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(1).WithIterationCount(3).WithInvocationCount(16).WithUnrollFactor(1))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Descriptor, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
        .AddValidator(BenchmarkDotNet.Validators.JitOptimizationsValidator.FailOnError)
        .AddLogger(NullLogger.Instance)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "federated-bench-allocations"))
        .WithOptions(ConfigOptions.DisableLogFile);

    static BenchEntry Entry(BenchmarkReport report) => new(
        $"allocated by {report.BenchmarkCase.DisplayInfo}", "bytes", [report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN], null,
        new Dictionary<string, double> { ["nanoseconds"] = report.ResultStatistics?.Mean ?? double.NaN });
}
