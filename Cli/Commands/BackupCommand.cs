using System.CommandLine;
using Federated.Cli.Operating;
using Federated.Server.Operator.Backups;

namespace Federated.Cli.Commands;

/// <summary><c>federated backup</c> saves a running coordinator's record and adapters; <c>federated restore</c> is the server's own.</summary>
static class BackupCommand
{
    public static Command Create()
    {
        var file = new Option<FileInfo>("--out") { Description = "The archive to write; one that is there already is left alone.", Required = true };
        return Verb.Act("backup", "Save what a running coordinator keeps, verified; rounds go on meanwhile.", [], [file], async (p, rest, stop) =>
        {
            var target = p.GetValue(file)!.FullName;
            BackupManifest? manifest = null;
            await rest.DownloadAsync("api/v1/backup", target, saved => manifest = BackupArchive.Verify(saved), stop);
            Console.WriteLine($"'{target}' has the database and {manifest!.Blobs.Count} blobs, every digest verified; {manifest.AuditEntries} audit entries, head {manifest.AuditHead}");
            Console.WriteLine("It has no updates of sites and no secrets of private runs; 'federated restore FILE --data DIR' reads it.");
        });
    }

    /// <summary>Listed for help only: Program hands it to the server's executable.</summary>
    public static Command CreateRestore() => new("restore", "Make a coordinator's data folder from a backup; 'federated restore --help' says how.");
}
