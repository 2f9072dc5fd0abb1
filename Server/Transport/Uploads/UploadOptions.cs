namespace Federated.Server.Transport.Uploads;

/// <summary>Limits on uploads.</summary>
sealed record UploadOptions
{
    /// <summary>Memory of all uploads together; default 64 MiB.</summary>
    public long BudgetBytes { get; init; } = 64L << 20;

    /// <summary>How long a stream may keep its share of the budget while nothing comes; default 250 ms.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Uploads under way; default 4,096.</summary>
    public int MaxUploads { get; init; } = 4_096;

    /// <summary>How long a stream may say nothing while bytes are missing; default 60 s.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(60);
}
