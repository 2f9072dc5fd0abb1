using System.Diagnostics;
using System.Text.Json;
using Federated.Cli.Rest;
using Federated.Server.Hosting;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>The demo as a person starts it, with processes killed under it.</summary>
public sealed class DemoTests(TinyBase tinyBase) : IDisposable
{
    const int Rounds = 6;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    readonly string _work = Directory.CreateTempSubdirectory("federated-demo-").FullName;
    readonly CancellationTokenSource _limit = new(Limit);

    [Fact]
    public async Task Demo_CoordinatorAndASiteKilled_FinishesWithEveryRow()
    {
        using var demo = Start("--domains", "harsh", "--labels", "dirichlet:0.5", "--json", Path.Combine(_work, "demo.json"));
        Kill(await CoordinatorAsync());
        var sites = await SitesAsync(demo);
        await PastRoundAsync(1);
        Kill(await CoordinatorAsync());
        Kill(sites[2]);

        await demo.WaitForExitAsync(_limit.Token);

        Assert.Equal(0, demo.ExitCode);
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_work, "demo.json"), _limit.Token));
        var rows = result.RootElement.GetProperty("rows").EnumerateArray().ToLookup(row => row.GetProperty("kind").GetString());
        Assert.Equal((1, 6, 1, 1), (rows["Base"].Count(), rows["Alone"].Count(), rows["Federated"].Count(), rows["Central"].Count()));
        Assert.Equal(Rounds + 1, rows["Federated"].Single().GetProperty("rounds").GetArrayLength());
        Assert.All(rows.SelectMany(row => row), row => Assert.Equal(6, row.GetProperty("byDomain").EnumerateObject().Count()));
        Assert.True(File.Exists(Path.Combine(_work, "latest", "report.html")));
    }

    [Fact]
    public async Task Demo_Killed_LeavesNoProcessBehind()
    {
        using var demo = Start();
        await CoordinatorAsync();
        var children = (await SitesAsync(demo)).Append(Endpoints.Read(Coordinator)!.Pid).ToList();

        demo.Kill();

        // Their parent is gone, so nobody but the kernel ends them: through the closed pipe.
        foreach (var child in children)
            while (IsRunning(child)) await Task.Delay(20, _limit.Token);
    }

    string Coordinator => Path.Combine(_work, "latest", "coordinator");

    Process Start(params string[] more)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "federated"),
            ["demo", "--quick", "--rounds", $"{Rounds}", "--site-images", "64", "--test-images", "64", "--base", tinyBase.Folder, "--work", _work, .. more])
        {
            RedirectStandardOutput = true, Environment = { ["OMP_NUM_THREADS"] = "1" },
        };
        var demo = Process.Start(start)!;
        _ = demo.StandardOutput.ReadToEndAsync();
        return demo;
    }

    async Task<int> CoordinatorAsync()
    {
        Endpoints? endpoints;
        while ((endpoints = Endpoints.Read(Coordinator)) is null) await Task.Delay(5, _limit.Token);
        return endpoints.Pid;
    }

    /// <summary>The demo's children but the coordinator, in the order of their start.</summary>
    async Task<List<int>> SitesAsync(Process demo)
    {
        List<int> sites;
        while ((sites = [.. Children(demo.Id).Where(child => child != Endpoints.Read(Coordinator)?.Pid)]).Count < 6) await Task.Delay(5, _limit.Token);
        return sites;
    }

    static IEnumerable<int> Children(int parent) =>
        from folder in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out _)
        let id = int.Parse(Path.GetFileName(folder))
        where ParentAndState(id)?.Parent == parent
        orderby id
        select id;

    static void Kill(int process)
    {
        using var victim = Process.GetProcessById(process);
        victim.Kill();
    }

    /// <summary>A process that ended and was not waited for is a zombie, state Z.</summary>
    static bool IsRunning(int process) => ParentAndState(process) is { State: not 'Z' };

    static (int Parent, char State)? ParentAndState(int process)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            return (int.Parse(fields[1]), fields[0][0]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits until the coordinator, whichever start of it, is past a round.</summary>
    async Task PastRoundAsync(int round)
    {
        while (true)
        {
            try
            {
                using var rest = new CoordinatorRest(Endpoints.Read(Coordinator)!.Http);
                if ((await rest.RunsAsync(_limit.Token)).Any(run => run.Round > round)) return;
            }
            catch (HttpRequestException)
            {
                // It is being restarted.
            }
            await Task.Delay(5, _limit.Token);
        }
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_work, recursive: true);
    }
}
