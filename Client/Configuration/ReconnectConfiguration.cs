namespace Federated.Client.Configuration;

/// <summary>How the client returns after a lost connection: exponential back-off with full jitter.</summary>
/// <param name="InitialMs">Longest first wait, 1 to 60,000; default 200.</param>
/// <param name="MaxMs">Longest wait of all, at least <paramref name="InitialMs"/>, up to 3,600,000; default 10,000.</param>
/// <param name="GiveUpSeconds">After so long without a connection the process ends with exit code 3; 0, the default, is never.</param>
public sealed record ReconnectConfiguration(int InitialMs = 200, int MaxMs = 10_000, int GiveUpSeconds = 0);
