namespace Federated.Server.Faults;

/// <summary>An expected "no": what kind, and one sentence that names the thing, its value and the limit.</summary>
sealed record Refusal(Fault Fault, string Message)
{
    public string Code => FaultCatalog.Of(Fault).Code;
}
