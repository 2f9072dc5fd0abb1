namespace Federated.Client.Transport;

/// <summary>What a failed call means for what to do next.</summary>
public enum LinkFailure
{
    /// <summary>The other side is not there or went away: try again later.</summary>
    Unavailable,
    /// <summary>It knows this client or these messages and does not want them: trying again changes nothing.</summary>
    Refused,
    /// <summary>What was asked for does not exist or may not be read.</summary>
    NotFound,
    /// <summary>An offset lies beyond the end.</summary>
    OutOfRange,
}
