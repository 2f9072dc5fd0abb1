namespace Federated.Server.Identity;

/// <summary>What a check of the audit trail found.</summary>
/// <param name="Intact">Whether every entry follows from those before it.</param>
/// <param name="Entries">How many follow.</param>
/// <param name="Head">The hash of the last that does; written down elsewhere, it shows later that nothing before it was changed.</param>
/// <param name="BrokenAt">The sequence number of the first that does not; null if there is none.</param>
sealed record AuditVerdict(bool Intact, long Entries, string Head, long? BrokenAt);
