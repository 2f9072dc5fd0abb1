using Federated.Server.Faults;
using Federated.Server.Identity;

namespace Federated.Server.Operator;

/// <summary>What every REST route declares about itself: who may call it, and how it may refuse.</summary>
/// <param name="Role">The least role that may call it.</param>
sealed record RouteRule(Role Role)
{
    /// <summary>The route value that names a run, by which keys that are limited to runs are judged; null where there is none.</summary>
    public string? Run { get; init; }

    /// <summary>Whether a key that is limited to runs may call a route without a run; the handler then looks at the key's runs itself.</summary>
    public bool OpenToLimitedKeys { get; init; }

    /// <summary>The body goes to the handler as a stream; it is neither kept for the audit trail nor for idempotency.</summary>
    public bool StreamsBody { get; init; }

    /// <summary>The answer holds a secret, which is never kept.</summary>
    public bool AnswersSecret { get; init; }

    /// <summary>The handler writes the audit trail itself (it knows the actor only after it looked), or there is nothing to write.</summary>
    public bool AuditsItself { get; init; }

    /// <summary>What the route may refuse with, beside what every route may.</summary>
    public IReadOnlyList<Fault> Refusals { get; init; } = [];
}
