namespace Federated.Server.Rounds.Phases;

static class Deadlines
{
    /// <summary>0 seconds mean no deadline.</summary>
    public static long After(long nowMs, int seconds) => seconds == 0 ? long.MaxValue : nowMs + seconds * 1000L;
}
