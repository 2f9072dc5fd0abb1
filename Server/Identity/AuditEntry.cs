namespace Federated.Server.Identity;

/// <summary>One entry of the audit trail, as REST shows it and as anybody can check it.</summary>
/// <param name="Sequence">1, 2, 3 ... without a gap.</param>
/// <param name="AtMs">Unix milliseconds.</param>
/// <param name="Actor">Who: "key:ID NAME", "loopback", "join-token:ID", "certificate:SERIAL".</param>
/// <param name="Action">What: the method and the route.</param>
/// <param name="Subject">On what: the values in the route.</param>
/// <param name="Detail">The request's query and body where it is short JSON, or why it was refused.</param>
/// <param name="PreviousHash">The hash of the entry before; 64 zeros before the first.</param>
/// <param name="Hash">SHA-256 over everything above, see <see cref="AuditChain"/>.</param>
public sealed record AuditEntry(long Sequence, long AtMs, string Actor, string Action, string Subject, string Detail, string PreviousHash, string Hash);
