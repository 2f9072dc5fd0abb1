namespace Federated.Aggregators.Adapters;

/// <summary>A refusal by value.</summary>
/// <param name="Fault">Why, for counting and for the wire.</param>
/// <param name="Message">One sentence naming the thing, its value and the limit; fit for a remote caller.</param>
public readonly record struct UpdateRejection(UpdateFault Fault, string Message);
