namespace Federated.Server.Faults;

/// <summary>Carries a refusal through layers that have no result to put it in (streams, endpoints, start-up).</summary>
sealed class FaultException(Refusal refusal, Exception? inner = null) : Exception(refusal.Message, inner)
{
    public FaultException(Fault fault, string message, Exception? inner = null) : this(new Refusal(fault, message), inner)
    {
    }

    public Refusal Refusal { get; } = refusal;
}
