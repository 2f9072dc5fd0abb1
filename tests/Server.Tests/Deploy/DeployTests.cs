using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Federated.Server.Hosting;
using Server.Tests.Faults;
using Server.Tests.Kit;
using YamlDotNet.RepresentationModel;

namespace Server.Tests.Deploy;

/// <summary>What deploy/ says, judged by the tools that will read it and against the program that it starts.</summary>
public sealed partial class DeployTests : IDisposable
{
    static readonly string Deploy = Repository.PathOf("deploy");

    readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("federated-server.service")]
    [InlineData("federated-client.service")]
    public async Task Unit_VerifiedBySystemd_IsSoundAndClosed(string unit)
    {
        // The program is not installed where the tests run; everything else is judged as it is.
        var copy = Path.Combine(_folder.Path, unit);
        await File.WriteAllTextAsync(copy, Program().Replace(await File.ReadAllTextAsync(Path.Combine(Deploy, "systemd", unit)), "/bin/true"));

        await PassesAsync("systemd-analyze", "verify", "--man=no", copy);
        await PassesAsync("systemd-analyze", "security", "--offline=yes", "--threshold=25", copy);
    }

    [Fact]
    public Task AlertRules_CheckedByPromtool_Hold() => PassesAsync("promtool", "check", "config", Path.Combine(Deploy, "prometheus", "prometheus.yml"));

    [Fact]
    public void AlertsAndDashboard_EveryMetricOfOurs_IsDocumented()
    {
        var documented = MetricName().Matches(File.ReadAllText(Repository.PathOf("docs/metrics.md"))).Select(m => m.Value).ToHashSet();
        var used = ((string[])["prometheus/federated.rules.yml", "grafana/dashboards/federated.json"])
            .SelectMany(f => MetricName().Matches(File.ReadAllText(Path.Combine(Deploy, f))).Select(m => BucketEnd().Replace(m.Value, "")));

        Assert.DoesNotContain(used, m => !documented.Contains(m));
    }

    [Fact]
    public void Dashboard_OfGrafana_IsJsonWhosePanelsAskOneSource()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Deploy, "grafana/dashboards/federated.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, p => Assert.Equal("federated-prometheus", p.GetProperty("datasource").GetProperty("uid").GetString()));
        Assert.Contains("uid: federated-prometheus", File.ReadAllText(Path.Combine(Deploy, "grafana/provisioning/datasources/prometheus.yml")));
    }

    [Fact]
    public void EveryYaml_Parses()
    {
        var files = Directory.GetFiles(Deploy, "*.y*ml", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.NotEmpty(Load(f)));
    }

    [Fact]
    public void Compose_EveryServiceOfOurs_IsReadOnlyWithoutCapabilitiesAndMountsWhatExists()
    {
        var services = (YamlMappingNode)Load(Path.Combine(Deploy, "compose.yaml"))[0]["services"];

        Assert.Equal(["grafana", "prometheus", "server", "site-a", "site-b", "site-c"], services.Children.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal));
        Assert.All(services.Children.Values, s => Assert.Contains("<<", ((YamlMappingNode)s).Children.Keys.Select(k => k.ToString())));
        var mounts = services.Children.Values.SelectMany(s => (YamlSequenceNode)s["volumes"]).Select(v => v.ToString().Split(':')[0]).Where(v => v.StartsWith("./", StringComparison.Ordinal));
        Assert.DoesNotContain(mounts, m => !Path.Exists(Path.Combine(Deploy, m)));
    }

    [Fact]
    public void Kubernetes_TheCoordinator_RunsRestrictedWithAReadOnlyRoot()
    {
        var documents = Load(Path.Combine(Deploy, "kubernetes/server.yaml"));
        var set = documents.Single(d => d["kind"].ToString() == "StatefulSet");
        var pod = set["spec"]["template"]["spec"];
        var container = pod["containers"][0];

        Assert.Equal("1", set["spec"]["replicas"].ToString());
        Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].ToString());
        Assert.Equal("true", container["securityContext"]["readOnlyRootFilesystem"].ToString());
        Assert.Equal("ALL", container["securityContext"]["capabilities"]["drop"][0].ToString());
        var ports = ((YamlSequenceNode)container["ports"]).Select(p => p["name"].ToString()).ToList();
        Assert.All(((YamlSequenceNode)documents.Single(d => d["kind"].ToString() == "Service")["spec"]["ports"]), p => Assert.Contains(p["targetPort"].ToString(), ports));
    }

    [Theory]
    [InlineData("server.Containerfile")]
    [InlineData("client.Containerfile")]
    [InlineData("client-cuda.Containerfile")]
    public void Containerfile_EveryOne_IsMultiStageAndNotRoot(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Deploy, file));

        Assert.True(lines.Count(l => l.StartsWith("FROM ", StringComparison.Ordinal)) >= 2);
        Assert.Equal("USER 10001:10001", lines.Last(l => l.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.Contains("STOPSIGNAL SIGTERM", lines);
        // What is copied from the context is there.
        var copied = lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ')[1..^1]).Where(p => !p.StartsWith("--", StringComparison.Ordinal));
        Assert.DoesNotContain(copied, p => !Path.Exists(Repository.PathOf(p)));
    }

    [Fact]
    public void ServerImage_CarriesNoLibtorch() => Assert.DoesNotContain("torch", string.Join('\n', File.ReadAllLines(Path.Combine(Deploy, "server.Containerfile"))
        .Where(l => !l.StartsWith('#'))), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Units_StartTheServer_WithFlagsThatItKnows()
    {
        var line = File.ReadAllLines(Path.Combine(Deploy, "systemd/federated-server.service")).Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal));

        Assert.All(line.Split(' ').Where(w => w.StartsWith("--", StringComparison.Ordinal)), flag => Assert.Contains(flag, ServerArguments.Usage));
    }

    [Fact]
    public async Task HealthCheck_OfALiveServer_PassesAndOfNone_Fails()
    {
        using var server = await ServerProcess.StartAsync(_folder.Path);

        Assert.Equal(0, await HealthAsync(server.Http.BaseAddress!.Port));
        await server.StopAsync();
        Assert.NotEqual(0, await HealthAsync(server.Http.BaseAddress!.Port));
    }

    static async Task<int> HealthAsync(int port)
    {
        var start = new ProcessStartInfo(Path.Combine(Deploy, "healthcheck.sh")) { RedirectStandardError = true };
        start.Environment["FEDERATED__HTTP_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().DefaultTimeout();
        return process.ExitCode;
    }

    static List<YamlNode> Load(string file)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(file);
        stream.Load(reader);
        return [.. stream.Documents.Select(d => d.RootNode)];
    }

    static async Task PassesAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().DefaultTimeout();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"/opt/federated/[\w.]+")]
    private static partial Regex Program();

    [GeneratedRegex(@"\bfederated_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex BucketEnd();
}
