namespace Federated.Client.Transport.Messages;

/// <summary>How the coordinator answered an update.</summary>
/// <param name="Result">What happened to it.</param>
/// <param name="Code">Stable code unless accepted.</param>
/// <param name="Message">One sentence unless accepted.</param>
public sealed record UploadOutcome(UploadResult Result, string Code, string Message);
