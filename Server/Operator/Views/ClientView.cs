namespace Federated.Server.Operator.Views;

/// <summary>A client: what the operators decided about it, and what it says of itself while it is here.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Connected or Disconnected.</param>
/// <param name="Approved">Whether it may join runs.</param>
/// <param name="Draining">Whether it is given nothing new.</param>
/// <param name="Revoked">Whether it is kept out.</param>
/// <param name="Labels">By name.</param>
/// <param name="Software">Of its daemon.</param>
/// <param name="Device">What it runs on.</param>
/// <param name="Methods">PEFT methods it knows.</param>
/// <param name="Encodings">Of updates.</param>
/// <param name="Joined">Runs it joined.</param>
/// <param name="ConnectedMs">Unix milliseconds.</param>
/// <param name="LastHeardMs">Unix milliseconds.</param>
/// <param name="Progress">Of the work under way.</param>
/// <param name="CertificateExpiresMs">When its latest certificate expires; null where it has none.</param>
sealed record ClientView(
    string Id, string State, bool Approved, bool Draining, bool Revoked, IReadOnlyDictionary<string, string> Labels, string? Software, object? Device,
    IReadOnlyList<string>? Methods, IReadOnlyList<string>? Encodings, IReadOnlyList<string>? Joined, long? ConnectedMs, long? LastHeardMs, ProgressView? Progress,
    long? CertificateExpiresMs);

sealed record ProgressView(string Assignment, string Phase, long Step, long Steps, double? Loss);
