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
    readonly Func<string, byte[]?> _read;
    readonly Action<string, byte[]> _write;

    SiteLedger(Func<string, byte[]?> read, Action<string, byte[]> write) => (_read, _write) = (read, write);

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static SiteLedger Open(string folder)
    {
        Directory.CreateDirectory(folder);
        string PathOf(string run) => Path.Combine(folder, run + ".json");
        return new SiteLedger(
            run => File.Exists(PathOf(run)) ? File.ReadAllBytes(PathOf(run)) : null,
            (run, page) => DurableFiles.Write(PathOf(run), page, secret: true));
    }

    /// <summary>A simulated site's.</summary>
    public static SiteLedger InMemory()
    {
        var pages = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        return new SiteLedger(pages.GetValueOrDefault, (run, page) => pages[run] = page);
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
            _write(run, JsonSerializer.SerializeToUtf8Bytes(new LedgerPage(counts, [.. page.Assignments.TakeLast(RememberedAssignments - 1), assignment])));
        }
    }

    LedgerPage Read(string run)
    {
        if (_read(run) is not { } bytes)
            return new LedgerPage([], []);
        try
        {
            return JsonSerializer.Deserialize<LedgerPage>(bytes) is { Counts: not null, Assignments: not null } page ? page
                : throw ClientFaults.Ledger(run, "is empty");
        }
        catch (JsonException e)
        {
            throw ClientFaults.Ledger(run, "cannot be read", e);
        }
    }

    sealed record LedgerCount(double Noise, long Count);

    sealed record LedgerPage(IReadOnlyList<LedgerCount> Counts, IReadOnlyList<string> Assignments)
    {
        public IReadOnlyList<PrivacyEvent> Events() => [.. Counts.Select(c => new PrivacyEvent(c.Noise, Count: c.Count))];
    }
}
