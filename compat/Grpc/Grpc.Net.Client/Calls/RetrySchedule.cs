using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client.Calls;

/// <summary>When a failed attempt is repeated (gRPC proposal A6): exponential back-off with full jitter, or what the server asks for.</summary>
sealed class RetrySchedule(RetryPolicy policy, int? channelMaximum)
{
    readonly TimeSpan _initial = policy.InitialBackoff!.Value;
    TimeSpan _ceiling = policy.InitialBackoff!.Value;

    /// <summary>The wait before the next attempt, or null to give up.</summary>
    public TimeSpan? Next(Status status, int attempts, string? pushback)
    {
        var ceiling = _ceiling;
        _ceiling = Min(ceiling * policy.BackoffMultiplier!.Value, policy.MaxBackoff!.Value);
        if (attempts >= Math.Min(policy.MaxAttempts!.Value, channelMaximum ?? int.MaxValue) || !policy.RetryableStatusCodes.Contains(status.StatusCode))
            return null;
        if (pushback is null)
            return Random.Shared.NextDouble() * ceiling;
        if (!int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            return null;
        _ceiling = _initial;
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
