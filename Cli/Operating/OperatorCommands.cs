using System.CommandLine;
using System.Text.Json.Nodes;
using Federated.Cli.Commands;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Operating;

/// <summary><c>federated rounds|fleet|adapters|privacy|events|keys|tokens</c>: the REST interface as tables.</summary>
static class OperatorCommands
{
    public static IEnumerable<Command> Create() => [Rounds(), Fleet(), Adapters(), Privacy(), Events(), Keys(), Tokens(), AuditLog.Create()];

    static Command Rounds()
    {
        Column[] columns =
        [
            Column.Of("round", "round"), Column.Of("phase", "phase"), Column.Of("attempt", "attempt"), new("accepted", r => Column.Plain(r["counters"]!["accepted"])),
            new("rejected", r => Column.Plain(r["counters"]!["rejected"])), new("discarded", r => Column.Plain(r["counters"]!["discarded"])), Column.Number("seconds", "seconds", 1),
            new("accuracy", Accuracy), new("up", r => Column.Size(Sum(r, "bytesUp"))), new("down", r => Column.Size(Sum(r, "bytesDown"))),
        ];
        Column[] clients =
        [
            Column.Of("client", "client"), Column.Of("state", "state"), Column.Of("samples", "samples"), Column.Number("loss", "trainingLoss", 4),
            Column.Time("assigned", "assignedMs"), Column.Time("accepted", "acceptedMs"), Column.Bytes("up", "bytesUp"), Column.Bytes("down", "bytesDown"), Column.Of("code", "code"),
        ];
        var (run, again) = (Run(), Run());
        var round = new Argument<int>("round") { Description = "The round's number; 0 stands for version 0." };
        return new("rounds", "Look at a run's rounds.")
        {
            Verb.Show("list", "List a run's rounds.", [run], [], new(async (p, rest, stop) => await JsonPages.AllAsync(rest, $"api/v1/runs/{Escaped(p, run)}/rounds", stop), columns)),
            Verb.Show("show", "Show the clients of one round.", [again, round], [], new(
                async (p, rest, stop) => (await rest.JsonAsync($"api/v1/runs/{Escaped(p, again)}/rounds/{p.GetValue(round)}", stop))["participations"]!, clients)),
            ReplayCommand.Create(),
        };
    }

    static Command Fleet()
    {
        Column[] columns =
        [
            Column.Of("client", "id"), Column.Of("state", "state"), new("standing", Standing), Column.Of("labels", "labels"), Column.Of("runs", "joined"),
            new("working on", c => c["progress"] is { } p ? $"{p["assignment"]} {p["phase"]} {p["step"]}/{p["steps"]}" : "-"), Column.Time("last heard", "lastHeardMs"), Column.Time("certificate until", "certificateExpiresMs"),
        ];
        var (shown, labelled) = (Client(), Client());
        var labels = new Argument<string[]>("labels") { Description = "NAME=VALUE ...; they replace those it has.", Arity = ArgumentArity.ZeroOrMore };
        return new("fleet", "Look at the clients and decide about them.")
        {
            Verb.Show("list", "List the clients.", [], [], new(async (_, rest, stop) => await JsonPages.AllAsync(rest, "api/v1/fleet", stop), columns)),
            Verb.Show("show", "Show one client.", [shown], [], new((p, rest, stop) => rest.JsonAsync($"api/v1/fleet/{Escaped(p, shown)}", stop), columns)),
            Decide("approve", "Let a client join runs.", columns), Decide("revoke", "Keep a client out from now on.", columns),
            Decide("drain", "Give a client nothing new.", columns), Decide("undrain", "Give a client work again.", columns),
            Verb.Show("label", "Replace a client's labels.", [labelled, labels], [], new(
                (p, rest, stop) => rest.SendAsync(HttpMethod.Put, $"api/v1/fleet/{Escaped(p, labelled)}/labels", Labels(p.GetValue(labels)!), stop), columns)),
        };
    }

    static Command Decide(string action, string description, Column[] columns)
    {
        var client = Client();
        return Verb.Show(action, description, [client], [], new((p, rest, stop) => rest.SendAsync(HttpMethod.Post, $"api/v1/fleet/{Escaped(p, client)}/{action}", null, stop), columns));
    }

    static Command Adapters()
    {
        Column[] adapters =
        [
            Column.Of("run", "run"), Column.Of("versions", "versions"), new("latest", a => Column.Plain(a["latest"]!["version"])), new("digest", a => Short(a["latest"]!)),
            new("size", a => Column.Bytes("", "bytes").Text(a["latest"]!)), new("published", a => Column.Time("", "publishedMs").Text(a["latest"]!)),
        ];
        Column[] versions = [Column.Of("version", "version"), new("digest", Short), new("parent", v => v["parent"] is { } p ? p.ToString()[..12] : "-"), Column.Bytes("size", "bytes"), Column.Time("published", "publishedMs")];
        var (run, saved) = (Run(), Run());
        var version = new Argument<string>("version") { Description = "A number, or 'latest'.", DefaultValueFactory = _ => "latest" };
        var file = new Option<FileInfo?>("--out") { Description = "The zip to write [default: RUN-vVERSION.zip]." };
        return new("adapters", "Look at published adapters and take them out.")
        {
            Verb.Show("list", "List each run's adapter.", [], [], new(async (_, rest, stop) => await JsonPages.AllAsync(rest, "api/v1/adapters", stop), adapters)),
            Verb.Show("versions", "List a run's versions.", [run], [], new(async (p, rest, stop) => await JsonPages.AllAsync(rest, $"api/v1/runs/{Escaped(p, run)}/versions", stop), versions)),
            Verb.Act("download", "Save a version's peft folder as a zip.", [saved, version], [file], async (p, rest, stop) =>
            {
                var address = $"api/v1/adapters/{Escaped(p, saved)}/{Uri.EscapeDataString(p.GetValue(version)!)}";
                var number = (await rest.JsonAsync(address, stop))["version"]!;
                var target = p.GetValue(file)?.FullName ?? Path.GetFullPath($"{p.GetValue(saved)}-v{number}.zip");
                await rest.DownloadAsync($"{address}/archive", target, check: null, stop);
                Console.WriteLine($"Version {number} is saved as '{target}'.");
            }),
        };
    }

    static Command Privacy()
    {
        Column[] settings =
        [
            Column.Of("trust", "trust"), Column.Of("noise at", "at"), Column.Of("unit", "unit"), Column.Number("spent epsilon", "spent", 4), Column.Number("budget", "budget", 4),
            Column.Of("delta", "delta"), Column.Of("accountant", "accountant"),
        ];
        Column[] leakage = [Column.Of("round", "round"), Column.Of("version", "version"), Column.Of("updates", "updates")];
        var (run, probed) = (Run(), Run());
        return new("privacy", "Look at what runs have spent and what their updates showed.")
        {
            Verb.Show("show", "Show a run's budget and what it has spent.", [run], [], new((p, rest, stop) => rest.JsonAsync($"api/v1/runs/{Escaped(p, run)}/privacy", stop), settings)),
            Verb.Show("leakage", "Show how many public candidates stood out, by round.", [probed], [], new(
                async (p, rest, stop) => (await rest.JsonAsync($"api/v1/runs/{Escaped(p, probed)}/leakage", stop))["rounds"]!, leakage)),
        };
    }

    static Command Events()
    {
        Column[] columns =
        [
            Column.Of("#", "sequence"), Column.Time("time", "timeMs"), Column.Of("event", "kind"), Column.Of("run", "run"), Column.Of("round", "round"),
            Column.Of("client", "client"), Column.Of("code", "code"), Column.Of("data", "data"),
        ];
        var (run, watched) = (Only(), Only());
        var after = new Option<long?>("--after") { Description = "Go on after this event's number [default: from now on]." };
        return new("events", "Look at what happened, and what happens.")
        {
            Verb.Show("list", "List the events.", [], [run], new(async (p, rest, stop) => await JsonPages.AllAsync(rest, $"api/v1/events{Query(p, run)}", stop), columns)),
            Verb.Act("watch", "Print events as they happen, one JSON object a line.", [], [watched, after], async (p, rest, stop) =>
            {
                await foreach (var happened in rest.EventsAsync($"api/v1/events{Query(p, watched)}", p.GetValue(after), stop))
                    Console.WriteLine(happened.ToJsonString());
            }),
        };
    }

    static Command Keys()
    {
        Column[] columns =
        [
            Column.Of("id", "id"), Column.Of("name", "name"), Column.Of("role", "role"), Column.Of("runs", "runs"), Column.Of("made by", "createdBy"),
            Column.Time("expires", "expiresMs"), Column.Time("revoked", "revokedMs"),
        ];
        var name = new Argument<string>("name") { Description = "For whom, [a-z0-9][a-z0-9._-]{0,62}." };
        var role = new Option<string>("--role") { Description = "viewer, operator or admin.", DefaultValueFactory = _ => "viewer" };
        role.AcceptOnlyFromAmong("viewer", "operator", "admin");
        var days = new Option<double>("--days") { Description = "How long it lasts.", DefaultValueFactory = _ => 90 };
        var runs = new Option<string[]>("--run") { Description = "Limit it to these runs.", AllowMultipleArgumentsPerToken = true };
        return new("keys", "API keys of operators.")
        {
            Verb.Show("list", "List the keys.", [], [], new((_, rest, stop) => rest.JsonAsync("api/v1/keys", stop), columns)),
            Verb.Act("create", "Make a key; it is printed this once.", [name], [role, days, runs], async (p, rest, stop) =>
            {
                var body = new JsonObject { ["name"] = p.GetValue(name), ["role"] = p.GetValue(role), ["days"] = p.GetValue(days) };
                if (p.GetValue(runs) is { Length: > 0 } only) body["runs"] = new JsonArray([.. only.Select(r => (JsonNode)r)]);
                Console.WriteLine((await rest.SendAsync(HttpMethod.Post, "api/v1/keys", body, stop))["key"]);
            }),
            Revoke("keys", "Revoke a key at once.", columns),
        };
    }

    static Command Tokens()
    {
        Column[] columns = [Column.Of("id", "id"), Column.Of("client", "client"), Column.Of("state", "state"), Column.Of("made by", "createdBy"), Column.Time("expires", "expiresMs")];
        var client = Client();
        var hours = new Option<double>("--hours") { Description = "How long it may be used, at most 720.", DefaultValueFactory = _ => 24 };
        return new("tokens", "One-time join tokens of clients.")
        {
            Verb.Show("list", "List the tokens.", [], [], new((_, rest, stop) => rest.JsonAsync("api/v1/join-tokens", stop), columns)),
            Verb.Act("create", "Invite a client; the token is printed this once, for 'federated client init'.", [client], [hours], async (p, rest, stop) =>
                Console.WriteLine((await rest.SendAsync(HttpMethod.Post, "api/v1/join-tokens", new JsonObject { ["client"] = p.GetValue(client), ["hours"] = p.GetValue(hours) }, stop))["token"])),
            Revoke("join-tokens", "Revoke a token that was not used.", columns),
        };
    }

    static Command Revoke(string list, string description, Column[] columns)
    {
        var id = new Argument<string>("id") { Description = "As 'list' shows it." };
        return Verb.Show("revoke", description, [id], [], new((p, rest, stop) => rest.SendAsync(HttpMethod.Delete, $"api/v1/{list}/{Escaped(p, id)}", null, stop), columns));
    }

    static JsonObject Labels(string[] labels)
    {
        var body = new JsonObject();
        foreach (var label in labels)
        {
            if (label.Split('=', 2) is not [var name, var value])
                throw new CommandException("F561", $"The label '{label}' is not NAME=VALUE.", ExitCode.Usage);
            body[name] = value;
        }
        return body;
    }

    static string Standing(JsonNode client) =>
        client["revoked"]!.GetValue<bool>() ? "revoked" : !client["approved"]!.GetValue<bool>() ? "waits for approval" : client["draining"]!.GetValue<bool>() ? "draining" : "approved";

    static string Accuracy(JsonNode round) =>
        round["evaluation"] is { } e && e["samples"]!.GetValue<long>() is > 0 and var samples ? FormattableString.Invariant($"{100.0 * e["correct"]!.GetValue<long>() / samples:0.0} %") : "-";

    static long Sum(JsonNode round, string field) => round["participations"]!.AsArray().Sum(p => p![field]!.GetValue<long>());

    static string Short(JsonNode version) => version["digest"]!.ToString()[..12];

    static Argument<string> Run() => new("run") { Description = "The run's name." };

    static Argument<string> Client() => new("client") { Description = "The client's id." };

    static Option<string?> Only() => new("--run") { Description = "Of one run only." };

    static string Escaped(ParseResult parsed, Argument<string> argument) => Uri.EscapeDataString(parsed.GetValue(argument)!);

    static string Query(ParseResult parsed, Option<string?> run) => parsed.GetValue(run) is { } id ? $"?run={Uri.EscapeDataString(id)}" : "";
}
