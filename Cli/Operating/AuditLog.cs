using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;
using Federated.Server.Identity;

namespace Federated.Cli.Operating;

/// <summary><c>federated audit-log list|verify</c>: who changed what, and whether that was tampered with.</summary>
static class AuditLog
{
    static readonly Column[] Columns =
    [
        Column.Of("#", "sequence"), Column.Time("time", "atMs"), Column.Of("who", "actor"), Column.Of("what", "action"), Column.Of("on", "subject"), Column.Of("detail", "detail"),
    ];

    public static Command Create()
    {
        var head = new Option<string?>("--head") { Description = "A hash that 'verify' printed earlier; it must still be in the chain." };
        return new("audit-log", "The trail of every change.")
        {
            Verb.Show("list", "List the entries.", [], [], new(async (_, rest, stop) => await JsonPages.AllAsync(rest, "api/v1/audit", stop), Columns)),
            Verb.Act("verify", "Recompute the chain of hashes here, from the entries alone.", [], [head], async (p, rest, stop) =>
                Console.WriteLine(Verify(await JsonPages.AllAsync(rest, "api/v1/audit", stop), p.GetValue(head)))),
        };
    }

    /// <exception cref="CommandException">The chain is broken, or does not contain the hash.</exception>
    public static string Verify(JsonArray entries, string? head)
    {
        var read = entries.Deserialize<List<AuditEntry>>(CoordinatorRest.Json)!;
        if (AuditChain.FirstBroken(read, 0, AuditChain.Beginning) is { } broken)
            throw new CommandException("F532", $"The audit trail was tampered with: entry {broken.Sequence} does not follow from those before it.", ExitCode.Failed);
        if (head is not null && head != AuditChain.Beginning && read.All(e => e.Hash != head))
            throw new CommandException("F532", $"The audit trail was tampered with: no entry has the hash {head}.", ExitCode.Failed);
        return $"{read.Count} entries are intact; head {(read.Count == 0 ? AuditChain.Beginning : read[^1].Hash)}";
    }
}
