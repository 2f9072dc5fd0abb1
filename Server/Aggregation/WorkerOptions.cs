namespace Federated.Server.Aggregation;

/// <summary>What folding may use; none of it changes a bit of the result.</summary>
/// <param name="Threads">1 to 256.</param>
/// <param name="MemoryBytes">Working memory of one fold; default 128 MiB.</param>
/// <param name="PublishedFolder">Where peft folders go; null writes none.</param>
sealed record WorkerOptions(int Threads, long MemoryBytes = WorkerOptions.DefaultMemoryBytes, string? PublishedFolder = null)
{
    public const long DefaultMemoryBytes = 128L << 20;
    public const long DefaultPartBytes = 64L << 20;

    /// <summary>Of a large version and the updates to it, how much a fold looks at at one time; one group of each at least. Default 64 MiB.</summary>
    public long PartBytes { get; init; } = DefaultPartBytes;

    /// <summary>Where folds run; the thread pool, or the one thread of a simulation.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}
