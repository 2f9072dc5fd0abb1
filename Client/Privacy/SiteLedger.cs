using System.Text.Json;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Privacy.Accounting;

namespace Federated.Client.Privacy;

/// <summary>
/// What this site has spent in each run, durable before an update is: one file a run. An assignment is counted once, however often it is begun. Never sent.
/// </summary>
public sealed class SiteLedger
{
    const int RememberedAssignments = 64;

    readonly Lock _lock = new();
    readonly string _folder;

    SiteLedger(string folder) => _folder = folder;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static SiteLedger Open(string folder)
    {
        Directory.CreateDirectory(folder);
        return new SiteLedger(folder);
    }

    /// <summary>Epsilon after one more event under a mechanism's delta and accountant.</summary>
    /// <exception cref="ClientFault">F545: the ledger is damaged, so nothing is known to be left.</exception>
    public double CostWith(string run, string assignment, SiteMechanism mechanism, PrivacyEvent next)
    {
        lock (_lock)
        {
            var page = Read(run);
            return mechanism.Cost(page.Assignments.Contains(assignment) ? page.Events() : [.. page.Events(), next]);
        }
    }

    /// <summary>Counts an assignment; returns when it is durable.</summary>
    /// <exception cref="ClientFault">F545: the ledger is damaged.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Spend(string run, string assignment, PrivacyEvent spent)
    {
        lock (_lock)
        {
            var page = Read(run);
            if (page.Assignments.Contains(assignment))
                return;
            var counts = page.Counts.Select(c => c.Noise == spent.NoiseMultiplier ? c with { Count = c.Count + spent.Count } : c).ToList();
            if (counts.All(c => c.Noise != spent.NoiseMultiplier))
                counts.Add(new LedgerCount(spent.NoiseMultiplier, spent.Count));
            DurableFiles.Write(PathOf(run), JsonSerializer.SerializeToUtf8Bytes(new LedgerPage(counts, [.. page.Assignments.TakeLast(RememberedAssignments - 1), assignment])), secret: true);
        }
    }

    LedgerPage Read(string run)
    {
        if (!File.Exists(PathOf(run)))
            return new LedgerPage([], []);
        try
        {
            return JsonSerializer.Deserialize<LedgerPage>(File.ReadAllBytes(PathOf(run))) is { Counts: not null, Assignments: not null } page ? page
                : throw ClientFaults.Ledger(run, "is empty");
        }
        catch (JsonException e)
        {
            throw ClientFaults.Ledger(run, "cannot be read", e);
        }
    }

    string PathOf(string run) => Path.Combine(_folder, run + ".json");

    sealed record LedgerCount(double Noise, long Count);

    sealed record LedgerPage(IReadOnlyList<LedgerCount> Counts, IReadOnlyList<string> Assignments)
    {
        public IReadOnlyList<PrivacyEvent> Events() => [.. Counts.Select(c => new PrivacyEvent(c.Noise, Count: c.Count))];
    }
}
