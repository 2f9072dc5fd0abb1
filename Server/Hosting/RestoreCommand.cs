using Federated.Server.Faults;
using Federated.Server.Operator.Backups;

namespace Federated.Server.Hosting;

/// <summary><c>restore FILE --data DIR</c>: an empty folder becomes that of the coordinator whose backup it is.</summary>
static class RestoreCommand
{
    public const string Name = "restore";

    public const string Usage =
        """
        usage: federated restore FILE --data DIR

          FILE          a backup that 'federated backup' saved; all of it is verified before anything gets its place
          --data DIR    a folder that is empty or does not exist (or FEDERATED__DATA)
        """;

    /// <exception cref="FaultException">The words are wrong, or nothing was restored; the message says why.</exception>
    public static async Task RunAsync(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var (file, data) = args switch
        {
            [var only] when environment("FEDERATED__DATA") is { } folder => (only, folder),
            [var first, "--data", var folder] => (first, folder),
            ["--data", var folder, var last] => (last, folder),
            _ => throw new FaultException(Fault.ValueInvalid, "restore takes the backup's file and --data DIR."),
        };
        var restored = await Restore.RunAsync(file, data, CancellationToken.None);
        var manifest = restored.Manifest;
        Console.WriteLine($"Restored {restored.Runs} runs and {manifest.Blobs.Count} blobs as of {DateTimeOffset.FromUnixTimeMilliseconds(manifest.CreatedMs):u}; {manifest.AuditEntries} audit entries, head {manifest.AuditHead}");
        foreach (var run in restored.Secret)
            Console.WriteLine($"Run '{run}' adds noise with a secret that is in no backup: it publishes nothing (F488) until its own secrets/{run}.key is put back.");
    }
}
