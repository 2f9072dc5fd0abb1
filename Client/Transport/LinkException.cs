namespace Federated.Client.Transport;

/// <summary>A call to the coordinator that did not end well.</summary>
public sealed class LinkException(LinkFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    public LinkFailure Failure { get; } = failure;
}
