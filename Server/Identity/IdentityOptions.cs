namespace Federated.Server.Identity;

/// <summary>Settings of certificates and join tokens.</summary>
sealed record IdentityOptions
{
    /// <summary>How long a client certificate lasts; a client renews it when a third is left. Default 30 days.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a join token lasts at most, 30 days.</summary>
    public TimeSpan MaxTokenLifetime { get; init; } = TimeSpan.FromDays(30);
}
