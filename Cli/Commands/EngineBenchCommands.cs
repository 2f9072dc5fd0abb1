using System.CommandLine;

using Federated.Cli.Bench.Chaos;
using Federated.Cli.Bench.Load;
using Federated.Cli.Bench.Report;
using Federated.Cli.Bench.Rounds;
using Federated.Cli.Simulation;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench chaos|rounds|load|simulate</c>: the round engine under kills, its overhead, many clients, and many simulated ones.</summary>
static class EngineBenchCommands
{
    static readonly Option<FileInfo?> Json = new("--json") { Description = "Write the measurements to this file." };

    public static Command Chaos()
    {
        var kills = new Option<int>("--kills") { Description = "Kills for each of the four cases, at least.", DefaultValueFactory = _ => new ChaosSettings().Kills };
        var seed = new Option<int>("--seed") { Description = "Of the instants and victims.", DefaultValueFactory = _ => 1 };
        var command = new Command("chaos", "Kill the coordinator and its clients at random instants; published bytes must not change.") { kills, seed, Json };
        command.SetAction((parsed, stop) => InFolderAsync(async (folder, say) =>
        {
            var settings = new ChaosSettings { Kills = parsed.GetValue(kills), Seed = parsed.GetValue(seed) };
            var results = await new ChaosBench(settings, folder, say).RunAsync(stop);
            await BenchFile.WriteAsync(parsed.GetValue(Json), $"bench chaos --kills {settings.Kills} --seed {settings.Seed}", [.. results.Select(Entry)], stop);
            say(FormattableString.Invariant($"{results.Sum(r => r.Kills)} kills, {results.Sum(r => r.Same)} of {results.Sum(r => r.Episodes)} runs published what they should."));
            return results.All(r => r.Passed) ? ExitCode.Done : ExitCode.Failed;
        }));
        return command;
    }

    public static Command Rounds()
    {
        var only = new Option<string[]>("--only") { Description = "Cases: " + string.Join(", ", RoundCase.All.Select(c => c.Name)) + "; default all.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        only.AcceptOnlyFromAmong([.. RoundCase.All.Select(c => c.Name)]);
        var command = new Command("rounds", "Seconds per round without training, against the floors of the same bytes.") { only, Json };
        command.SetAction((parsed, stop) => InFolderAsync(async (folder, say) =>
        {
            var chosen = parsed.GetValue(only)!;
            var entries = new List<BenchEntry>();
            var missed = new List<string>();
            foreach (var which in RoundCase.All.Where(c => chosen.Length == 0 || chosen.Contains(c.Name)))
            {
                entries.Add(await new RoundsBench(folder, say).MeasureAsync(which, stop));
                missed.AddRange(which.Missed(entries[^1]));
            }
            await BenchFile.WriteAsync(parsed.GetValue(Json), "bench rounds", entries, stop);
            missed.ForEach(m => say($"Missed: {m}."));
            say($"{entries.Count} cases, {missed.Count} limits missed.");
            return missed.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        }));
        return command;
    }

    public static Command Load()
    {
        var idle = new Option<int>("--idle") { Description = "Connected clients without work.", DefaultValueFactory = _ => 2_000 };
        var uploading = new Option<int>("--uploading") { Description = "Clients that upload 1 MiB each in every round.", DefaultValueFactory = _ => 200 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds.", DefaultValueFactory = _ => 3 };
        var command = new Command("load", "Many connected clients, of which some upload.") { idle, uploading, rounds, Json };
        command.SetAction((parsed, stop) => InFolderAsync(async (folder, say) =>
        {
            var entry = await new LoadBench(parsed.GetValue(idle), parsed.GetValue(uploading), folder, say).MeasureAsync(parsed.GetValue(rounds), stop);
            await BenchFile.WriteAsync(parsed.GetValue(Json), "bench load", [entry], stop);
            say(FormattableString.Invariant($"{entry.Details["failedCalls"]} failed calls; {entry.Details["idleConnected"]} of {parsed.GetValue(idle)} idle clients stayed connected; server peak {entry.Details["serverPeakMiB"]:F0} MiB."));
            return entry.Details["failedCalls"] == 0 && entry.Details["idleConnected"] >= parsed.GetValue(idle) ? ExitCode.Done : ExitCode.Failed;
        }));
        return command;
    }

    public static Command Simulate()
    {
        const double Limit = 60;
        var file = new Argument<FileInfo>("FILE") { Description = "The simulation.", DefaultValueFactory = _ => new FileInfo(Path.Combine("docs", "examples", "simulate-500.json")) };
        var command = new Command("simulate", "A simulation twice: its seconds, and whether its event log repeats byte for byte.") { file, Json };
        command.SetAction(async (parsed, stop) =>
        {
            var path = parsed.GetValue(file)!;
            var entry = new Bench.SimulationBench(SimulationSpecReader.ReadFile(path.FullName), Console.WriteLine).Measure(Path.GetFileNameWithoutExtension(path.Name), stop);
            await BenchFile.WriteAsync(parsed.GetValue(Json), $"bench simulate {path.Name}", [entry], stop);
            Console.WriteLine(FormattableString.Invariant($"Median {entry.Median:F1} s, at most {Limit} are wanted; event logs {(entry.Details["identicalLogs"] == 1 ? "identical" : "DIFFER")}."));
            return entry.Details["identicalLogs"] == 1 && entry.Median <= Limit ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static BenchEntry Entry(ChaosResult r) => new($"chaos {r.Name}", "s/episode", [r.Seconds / r.Episodes], null, new Dictionary<string, double>
    {
        ["episodes"] = r.Episodes, ["serverKills"] = r.ServerKills, ["clientKills"] = r.ClientKills, ["cuts"] = r.Cuts, ["sameBytes"] = r.Same,
    });

    /// <summary>A folder that is gone afterwards, unless something is to be looked at.</summary>
    static async Task<int> InFolderAsync(Func<string, Action<string>, Task<int>> work)
    {
        var folder = Directory.CreateTempSubdirectory("federated-bench-").FullName;
        var code = await work(folder, Console.WriteLine);
        if (code == ExitCode.Done)
            Directory.Delete(folder, recursive: true);
        return code;
    }
}
