namespace Grpc.Core;

/// <summary>Deadline and cancellation of a parent call. grpc-dotnet has never issued one; the type stands in the signatures only.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken() { }
}

public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    public static readonly ContextPropagationOptions Default = new();

    public bool IsPropagateDeadline { get; } = propagateDeadline;

    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
