namespace Federated.Server.Rounds;

enum ParticipationState
{
    /// <summary>Has an assignment and owes an update.</summary>
    Assigned,

    /// <summary>Its update is durable.</summary>
    Accepted,

    /// <summary>Its update was wrong, or was part of a set that could not be folded.</summary>
    Rejected,

    /// <summary>It said no.</summary>
    Declined,

    /// <summary>It tried and reported a failure.</summary>
    Failed,

    /// <summary>The round closed without it.</summary>
    Surplus,

    /// <summary>Its attempt failed before it answered.</summary>
    Superseded,

    /// <summary>The round closed without it, but it goes on: its update counts in a later round.</summary>
    Carried,

    /// <summary>Its own deadline passed.</summary>
    Missed,
}
