namespace Federated.Server.Identity;

/// <summary>What a caller may do; each role may do everything that the ones before it may.</summary>
enum Role
{
    /// <summary>Health, the description of this interface, enrolment by a join token.</summary>
    Anyone,

    /// <summary>Reads runs, rounds, fleet, adapters and events.</summary>
    Viewer,

    /// <summary>Creates and steers runs, uploads blobs, drains and labels clients.</summary>
    Operator,

    /// <summary>Decides who belongs: keys, join tokens, approval and revocation, the audit trail.</summary>
    Admin,
}
