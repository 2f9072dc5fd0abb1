using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Aggregators.Json;
using Federated.Cli.Simulation.Network;
using Federated.Cli.Simulation.Training;
using Federated.Cli.Terminal;
using Federated.Client.Configuration;
using Federated.Client.Data;

namespace Federated.Cli.Simulation;

/// <summary>Reads docs/simulate.md's JSON strictly: unknown keys are refused with the nearest known one, values with their limits.</summary>
static class SimulationSpecReader
{
    const int MaximumBytes = 1 << 20, MaximumClients = 10_000, MaximumGroups = 1_000;
    const double Day = 86_400, Year = 365 * Day;

    /// <exception cref="CommandException">F580: the file cannot be read, or is no simulation.</exception>
    public static SimulationSpec ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
                throw new FormatException($"it has {new FileInfo(path).Length} bytes; at most {MaximumBytes} are allowed.");
            return Read(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException("F580", $"Simulation '{path}' cannot be used: {e.Message}", e is FormatException ? ExitCode.Usage : ExitCode.Environment);
        }
    }

    /// <param name="utf8">The text.</param>
    /// <param name="folder">What relative paths in it start from.</param>
    /// <exception cref="FormatException">The message names the field, its value and the limit.</exception>
    public static SimulationSpec Read(ReadOnlySpan<byte> utf8, string folder)
    {
        var o = StrictObject.Parse(utf8, "simulation");
        var training = ReadTraining(o.Object("training"), folder);
        var spec = new SimulationSpec
        {
            Seed = (ulong)o.Integer("seed", 0, long.MaxValue, 1),
            LimitSeconds = o.Number("limitSeconds", 1, Year, Day),
            Run = o.Element("run") is { ValueKind: JsonValueKind.Object } run ? JsonObject.Create(run)! : throw new FormatException("simulation.run must be an object."),
            Server = o.Object("server") is { } server ? ReadServer(server) : new ServerSettings(),
            Clients = o.Array("clients", (item, path) => ReadClients(new StrictObject(item, path), folder), maxCount: MaximumGroups),
            Synthetic = training.Synthetic,
            Torch = training.Torch,
        };
        o.Done();
        Check(spec);
        return spec;
    }

    static void Check(SimulationSpec spec)
    {
        var total = spec.Clients.Sum(c => c.Count);
        if (total is < 1 or > MaximumClients)
            throw new FormatException($"simulation.clients has {total} clients; 1 to {MaximumClients} are allowed.");
        if (spec.Clients.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FormatException($"simulation.clients has two groups named '{twice.Key}'.");
        if (spec.Torch is not null && spec.Clients.FirstOrDefault(c => c.Data is null) is { } lacking)
            throw new FormatException($"simulation.clients '{lacking.Name}' has no data; training of kind torch needs it.");
    }

    static (SyntheticSettings? Synthetic, TorchSettings? Torch) ReadTraining(StrictObject? o, string folder)
    {
        if (o is null)
            return (new SyntheticSettings(), null);
        if (o.Choice("kind", ["synthetic", "torch"], "synthetic") == "torch")
        {
            var torch = new TorchSettings(Path.Combine(folder, o.Text("model")), Path.Combine(folder, o.Text("adapter")));
            o.Done();
            return (null, torch);
        }
        var width = (int)o.Integer("width", 1, 65_536, 16);
        var synthetic = new SyntheticSettings(
            (int)o.Integer("modules", 1, 256, 2), width, (int)o.Integer("rank", 1, Math.Min(256, width), Math.Min(4, width)),
            o.Number("skew", 0, 100, 0.3), o.Number("gradientNoise", 0, 100, 0.1));
        o.Done();
        return (synthetic, null);
    }

    static ServerSettings ReadServer(StrictObject o)
    {
        var server = new ServerSettings
        {
            HeartbeatSeconds = (int)o.Integer("heartbeatSeconds", 1, 600, 15),
            Threads = (int)o.Integer("threads", 1, 64, 1),
            CrashAtSeconds = o.Array("crashAtSeconds", (item, path) => Number(item, path, Year), required: false),
            DownSeconds = o.Number("downSeconds", 0, Day, 5),
        };
        o.Done();
        return server;
    }

    static ClientSettings ReadClients(StrictObject o, string folder)
    {
        var samples = o.Array("samples", (item, path) => (int)Number(item, path, 1e9), required: false, maxCount: 2);
        var clients = new ClientSettings
        {
            Name = o.Text("name", "client", maxLength: 40),
            Count = (int)o.Integer("count", 1, MaximumClients, 1),
            Samples = samples switch { [] => (100, 100), [var same] => (same, same), [var least, var most, ..] => (least, most) },
            EvaluationSamples = (int)o.Integer("evaluationSamples", 0, 1_000_000_000, 0),
            StepsPerSecond = o.Number("stepsPerSecond", 1e-6, 1e9, 10),
            SpeedSpread = o.Number("speedSpread", 0, 1_000, 0),
            SpeedJitter = o.Number("speedJitter", 0, 0.99, 0),
            StartWithinSeconds = o.Number("startWithinSeconds", 0, Year, 1),
            CrashEverySeconds = o.Number("crashEverySeconds", 0, Year, 0),
            DownSeconds = o.Number("downSeconds", 0, Year, 10),
            Silent = o.Flag("silent", false),
            Byzantine = Enum.Parse<Byzantine>(o.Choice("byzantine", ["none", "flip", "scale", "noise", "notANumber"], "none"), ignoreCase: true),
            ByzantineFactor = o.Number("byzantineFactor", 0, 1e9, 10),
            Line = ReadLine(o),
            Data = o.Object("data") is { } data ? ReadData(data, folder) : null,
        };
        o.Done();
        if (clients.Samples.Least < 1 || clients.Samples.Most < clients.Samples.Least)
            throw new FormatException($"{o.Path}.samples is [{clients.Samples.Least}, {clients.Samples.Most}]; [least, most] with 1 <= least <= most is needed.");
        if (!clients.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-') || !char.IsAsciiLetterOrDigit(clients.Name[0]))
            throw new FormatException($"{o.Path}.name is '{clients.Name}'; [a-z0-9][a-z0-9._-]* is allowed.");
        return clients;
    }

    static LineSettings ReadLine(StrictObject o) => new()
    {
        LatencyMs = o.Number("latencyMs", 0, 60_000, 20),
        JitterMs = o.Number("jitterMs", 0, 60_000, 0),
        UpKiBps = o.Number("upKiBps", 0, 1e9, 0),
        DownKiBps = o.Number("downKiBps", 0, 1e9, 0),
        Loss = o.Number("loss", 0, 0.5, 0),
        CutEverySeconds = o.Number("cutEverySeconds", 0, Year, 0),
        Partitions = o.Array("partitions", ReadPartition, required: false),
    };

    static (TimeSpan, TimeSpan) ReadPartition(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2)
            throw new FormatException($"{path} must be [from, until] in seconds.");
        var (from, until) = (Number(item[0], path, Year), Number(item[1], path, Year));
        return until > from ? (TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(until)) : throw new FormatException($"{path} ends at {until} s, before it begins at {from} s.");
    }

    static DataConfiguration ReadData(StrictObject o, string folder)
    {
        string? File(string name) => o.Element(name) is null ? null : Path.Combine(folder, o.Text(name));
        var data = new DataConfiguration
        {
            Kind = o.Choice("kind", DataConfiguration.Kinds.ToArray(), DataConfiguration.Idx),
            Text = File("text") ?? "",
            EvalText = File("evalText"),
            Field = o.Text("field", "text"),
            Context = (int)o.Integer("context", 0, 1 << 20, 0),
            Images = File("images") ?? "",
            Labels = File("labels") ?? "",
            EvalImages = File("evalImages"),
            EvalLabels = File("evalLabels"),
            Domain = o.Text("domain", "clean"),
            Skew = o.Text("skew", "iid"),
            Seed = (ulong)o.Integer("seed", 0, long.MaxValue, 0),
            Indices = ReadRange(o.Object("indices")),
            EvalIndices = ReadRange(o.Object("evalIndices")),
        };
        o.Done();
        return data;
    }

    static IndexRange ReadRange(StrictObject? o)
    {
        if (o is null)
            return new IndexRange();
        var range = new IndexRange((int)o.Integer("from", 0, int.MaxValue, 0), (int)o.Integer("count", 0, int.MaxValue, 0), (int)o.Integer("pool", 0, int.MaxValue, 0));
        o.Done();
        return range;
    }

    static double Number(JsonElement item, string path, double max) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var value) && value >= 0 && value <= max
            ? value : throw new FormatException(FormattableString.Invariant($"{path} is {NearestName.Shorten(item.GetRawText())}; 0 to {max} is allowed."));
}
