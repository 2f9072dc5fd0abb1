using System.Collections;
using System.Text.RegularExpressions;
using Federated.Aggregators.Json;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Data.Text;
using Federated.Client.Faults;
using Federated.Client.Privacy;

namespace Federated.Client.Configuration;

/// <summary>Reads and checks a client's configuration: flags over environment over file over default.</summary>
public static partial class ClientConfigurationReader
{
    /// <summary>Every key there is, as written in the file with dots between the levels; also the names of the flags.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "id", "server", "proxy", "state", "model", "threads", "runs", "exitWhenIdle", "cacheMegabytes", "memoryMegabytes",
        "data.kind", "data.text", "data.evalText", "data.field", "data.context", "data.images", "data.labels", "data.evalImages", "data.evalLabels", "data.domain", "data.skew", "data.seed",
        "data.indices.from", "data.indices.count", "data.indices.pool",
        "data.evalIndices.from", "data.evalIndices.count", "data.evalIndices.pool",
        "reconnect.initialMs", "reconnect.maxMs", "reconnect.giveUpSeconds",
        "policy.maxSteps", "policy.maxBatchSize", "policy.leak", "policy.leakAdvantage",
    ];

    /// <exception cref="ClientFault">F514 with every error found, or F515: the file cannot be read.</exception>
    public static ClientConfiguration Read(string? file, IDictionary environment, IReadOnlyDictionary<string, string> flags)
    {
        var source = new ConfigurationSource(Keys);
        if (file is not null)
            source.AddFile(file);
        source.AddEnvironment(environment);
        foreach (var (key, text) in flags)
            source.AddFlag(key, text);
        var configuration = Bind(source);
        Check(configuration, source);
        return source.Errors.Count == 0 ? configuration : throw ClientFaults.Configuration(source.Errors);
    }

    static ClientConfiguration Bind(ConfigurationSource source) => new()
    {
        Id = source.Text("id", "", required: true)!,
        Server = Address(source),
        Proxy = ProxyAddress(source),
        State = source.Text("state", "", required: true)!,
        Model = source.Text("model", "", required: true)!,
        Threads = source.Integer("threads", 1, 1, 1024),
        Data = BindData(source),
        Runs = [.. source.Text("runs", "*")!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        ExitWhenIdle = source.Flag("exitWhenIdle", false),
        Reconnect = new(
            source.Integer("reconnect.initialMs", 200, 1, 60_000),
            source.Integer("reconnect.maxMs", 10_000, 1, 3_600_000),
            source.Integer("reconnect.giveUpSeconds", 0, 0, int.MaxValue)),
        Policy = new(source.Integer("policy.maxSteps", 10_000, 1, 1_000_000), source.Integer("policy.maxBatchSize", 4_096, 1, 65_536)) { Leaks = Leaks(source) },
        CacheMegabytes = source.Integer("cacheMegabytes", 1024, 16, 1 << 20),
        MemoryMegabytes = source.Integer("memoryMegabytes", 0, 0, 1 << 24),
    };

    static DataConfiguration BindData(ConfigurationSource source) => BindData(source, source.Text("data.kind", DataConfiguration.Idx)!);

    static DataConfiguration BindData(ConfigurationSource source, string kind) => new()
    {
        Kind = kind,
        Text = source.Text("data.text", "", required: kind is TextSource.Plain or TextSource.JsonLines)!,
        EvalText = source.Text("data.evalText", null),
        Field = source.Text("data.field", "text")!,
        Context = source.Integer("data.context", 0, 0, 65_536),
        Images = source.Text("data.images", "", required: kind == DataConfiguration.Idx)!,
        Labels = source.Text("data.labels", "", required: kind == DataConfiguration.Idx)!,
        EvalImages = source.Text("data.evalImages", null),
        EvalLabels = source.Text("data.evalLabels", null),
        Domain = source.Text("data.domain", "clean")!,
        Skew = source.Text("data.skew", "iid")!,
        Seed = source.Number("data.seed", 0, 0, ulong.MaxValue),
        Indices = Range(source, "data.indices"),
        EvalIndices = Range(source, "data.evalIndices"),
    };

    static IndexRange Range(ConfigurationSource source, string key) => new(
        source.Integer($"{key}.from", 0, 0, int.MaxValue),
        source.Integer($"{key}.count", 0, 0, int.MaxValue),
        source.Integer($"{key}.pool", 0, 0, int.MaxValue));

    static LeakPolicy Leaks(ConfigurationSource source)
    {
        var text = source.Text("policy.leak", "warn")!;
        if (!Enum.GetNames<LeakAction>().Any(n => n.ToLowerInvariant() == text))
            source.Errors.Add(NearestName.Sentence("policy.leak", text, [.. Enum.GetNames<LeakAction>().Select(n => n.ToLowerInvariant())]));
        return new LeakPolicy(Enum.TryParse<LeakAction>(text, ignoreCase: true, out var action) ? action : LeakAction.Warn, source.Fraction("policy.leakAdvantage", 0.3));
    }

    static Uri Address(ConfigurationSource source)
    {
        var text = source.Text("server", null, required: true);
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0)
        {
            if (uri.Scheme == "http" && !uri.IsLoopback)
                source.Errors.Add($"server is '{text}'; without TLS only a loopback address is allowed, because updates and the token would travel in clear.");
            return uri;
        }
        if (text is not null)
            source.Errors.Add($"server ({source.OriginOf("server")}) is '{text}'; an address such as http://127.0.0.1:5081 is needed.");
        return new Uri("http://127.0.0.1");
    }

    static Uri? ProxyAddress(ConfigurationSource source)
    {
        if (source.Text("proxy", null) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.Host.Length > 0)
            return uri;
        source.Errors.Add($"proxy ({source.OriginOf("proxy")}) is no address such as http://proxy:3128.");
        return null;
    }

    static void Check(ClientConfiguration configuration, ConfigurationSource source)
    {
        var errors = source.Errors;
        if (configuration.Id.Length > 0 && !ClientId().IsMatch(configuration.Id))
            errors.Add($"id is '{configuration.Id}'; [a-z0-9][a-z0-9._-]{{0,62}} is needed.");
        if (configuration.Reconnect.MaxMs < configuration.Reconnect.InitialMs)
            errors.Add($"reconnect.maxMs is {configuration.Reconnect.MaxMs}; at least reconnect.initialMs, {configuration.Reconnect.InitialMs}, is needed.");
        if (configuration.Policy.Leaks.Action is LeakAction.Noise or LeakAction.Withhold && configuration.Data is { EvalImages: null, EvalText: null })
            errors.Add("policy.leak needs held-out data to compare with: give data.evalImages or data.evalText, or set policy.leak to warn or off.");
        if (configuration.Proxy is not null && configuration.Server.Scheme != "https")
            errors.Add($"proxy is given and server is '{configuration.Server}'; only an https address is reached through a proxy.");
        if (configuration.Runs.Count == 0)
            errors.Add("runs is empty; at least one name is needed.");
        if (!DataConfiguration.Kinds.Contains(configuration.Data.Kind))
            errors.Add($"data.kind is '{configuration.Data.Kind}'; {string.Join(", ", DataConfiguration.Kinds)} are known.");
        if ((configuration.Data.EvalImages is null) != (configuration.Data.EvalLabels is null))
            errors.Add("data.evalImages and data.evalLabels are given together or not at all.");
        Collect(errors, () => DomainCatalog.Parse(configuration.Data.Domain));
        Collect(errors, () => LabelSkew.Parse(configuration.Data.Skew));
    }

    static void Collect(List<string> errors, Action check)
    {
        try
        {
            check();
        }
        catch (ClientFault fault)
        {
            errors.Add(fault.Message);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,62}$")]
    private static partial Regex ClientId();
}
