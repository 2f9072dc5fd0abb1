namespace Federated.Server.Fleet;

/// <summary>What a client shows of itself: on loopback a token, elsewhere a certificate.</summary>
/// <param name="Token">Of the call's metadata; null where there is none, or where it does not count.</param>
/// <param name="Certified">The client id that a valid certificate stands for; null without TLS.</param>
sealed record ClientCredential(string? Token, string? Certified = null);
