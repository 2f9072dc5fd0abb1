namespace Federated.Client.Rounds;

/// <summary>Which runs this client has to do with, and how it stands with each.</summary>
sealed class RunBook
{
    readonly Lock _lock = new();
    readonly Dictionary<string, JoinedRun> _runs = new(StringComparer.Ordinal);

    public void Set(string run, RunStanding standing, string? trust = null)
    {
        lock (_lock)
            _runs[run] = new JoinedRun(run, trust ?? _runs.GetValueOrDefault(run)?.Trust ?? "", standing);
    }

    /// <summary>The runs that this client joined, or asked to join, and of whose end it has not heard.</summary>
    public IReadOnlyList<string> Open
    {
        get
        {
            lock (_lock)
                return [.. _runs.Values.Where(r => r.Standing is RunStanding.Asked or RunStanding.Joined).Select(r => r.RunId)];
        }
    }

    public bool HasEnded(string run)
    {
        lock (_lock)
            return _runs.GetValueOrDefault(run)?.Standing == RunStanding.Ended;
    }

    /// <summary>Whether sample counts and losses may leave this site. Unknown runs are treated as the strictest.</summary>
    public bool MayTell(string run)
    {
        lock (_lock)
            return _runs.GetValueOrDefault(run)?.Trust == "server";
    }

    /// <summary>Whether there was at least one run and nothing more is to come from any.</summary>
    public bool AllOver
    {
        get
        {
            lock (_lock)
                return _runs.Count > 0 && _runs.Values.All(r => r.Standing is RunStanding.Ended or RunStanding.Refused);
        }
    }

    /// <summary>Whether every run was refused and none ever joined.</summary>
    public bool OnlyRefusals
    {
        get
        {
            lock (_lock)
                return _runs.Count > 0 && _runs.Values.All(r => r.Standing == RunStanding.Refused);
        }
    }
}
