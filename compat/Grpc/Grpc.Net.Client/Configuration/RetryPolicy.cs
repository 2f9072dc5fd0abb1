using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>When and how often a failed call is sent again. All but the list are required.</summary>
public sealed class RetryPolicy
{
    public RetryPolicy() { }

    /// <summary>Attempts in all, the first included; at least 2.</summary>
    public int? MaxAttempts { get; set; }

    public TimeSpan? InitialBackoff { get; set; }

    public TimeSpan? MaxBackoff { get; set; }

    public double? BackoffMultiplier { get; set; }

    public IList<StatusCode> RetryableStatusCodes { get; } = [];

    internal void Validate()
    {
        Require(MaxAttempts >= 2, nameof(MaxAttempts), MaxAttempts, "at least 2");
        Require(InitialBackoff > TimeSpan.Zero, nameof(InitialBackoff), InitialBackoff, "more than zero");
        Require(MaxBackoff > TimeSpan.Zero, nameof(MaxBackoff), MaxBackoff, "more than zero");
        Require(BackoffMultiplier > 0, nameof(BackoffMultiplier), BackoffMultiplier, "more than zero");
        Require(RetryableStatusCodes.Count > 0, nameof(RetryableStatusCodes), "empty", "at least one status code");
    }

    static void Require(bool holds, string name, object? value, string limit)
    {
        if (!holds)
            throw new InvalidOperationException($"RetryPolicy.{name} is {value ?? "not set"}; it must be {limit}.");
    }
}
