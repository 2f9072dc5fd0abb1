namespace Federated.Client.Rounds;

enum RunStanding
{
    /// <summary>Asked; no answer yet.</summary>
    Asked,
    Joined,
    /// <summary>Either side found that it cannot be.</summary>
    Refused,
    Ended,
}
