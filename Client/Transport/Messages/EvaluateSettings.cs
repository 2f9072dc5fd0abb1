namespace Federated.Client.Transport.Messages;

/// <param name="BatchSize">1 or more.</param>
/// <param name="MaxSamples">0 is all of the held-out split.</param>
public sealed record EvaluateSettings(int BatchSize, long MaxSamples);
