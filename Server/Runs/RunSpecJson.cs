using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Fleet;
using Federated.Server.Privacy;
using Federated.Server.Storage;

namespace Federated.Server.Runs;

/// <summary>The RunSpec's JSON: read strictly, written canonically with every default filled in.</summary>
static class RunSpecJson
{
    public const int MaxBytes = 1 << 20;
    public const int MaxClients = 10_000;

    static readonly string[] Keys =
    [
        "name", "base", "schema", "plan", "version0", "strategy", "weigher", "product", "affine", "opaque", "seedTrace", "serverOptimizer", "clients", "rounds",
        "cohort", "train", "evaluate", "encoding", "limits", "trust", "privacy", "probePack", "seed", "keepUpdates",
        "warmStart", "selection", "planning", "asynchrony", "stop",
    ];

    static readonly string[] Optimizers = ["adamw", "sgd"];

    /// <exception cref="FormatException">The text is no RunSpec; the message names the key, its value and the limit.</exception>
    public static RunSpec Read(ReadOnlySpan<byte> utf8)
    {
        RefuseUnknown(StrictObject.Parse(utf8, "run"));
        var root = StrictObject.Parse(utf8, "run");
        var clients = root.Element("clients") is null ? null : ReadClients(root);
        var cohort = ReadCohort(root.Object("cohort"), clients?.Count);
        var spec = new RunSpec
        {
            Name = ReadName(root),
            Base = ReadDigest(root, "base"),
            Schema = ReadDigest(root, "schema"),
            Plan = ReadDigest(root, "plan"),
            Version0 = root.Element("warmStart") is null || root.Element("version0") is not null ? ReadDigest(root, "version0") : null,
            WarmStart = root.Object("warmStart") is { } start ? WarmStart.Read(start) : null,
            Strategy = StrategyJson.Read(root),
            Clients = clients,
            Rounds = (int)root.Integer("rounds", 1, 1_000_000),
            Cohort = cohort,
            Train = ReadTrain(root.Object("train") ?? throw new FormatException("run.train is missing.")),
            Selection = root.Object("selection") is { } selection ? SelectionSettings.Read(selection) : SelectionSettings.Default,
            Planning = root.Object("planning") is { } planning ? PlanningSettings.Read(planning) : null,
            Asynchrony = root.Object("asynchrony") is { } asynchrony ? AsynchronySettings.Read(asynchrony) : null,
            Stop = root.Object("stop") is { } stop ? StopSettings.Read(stop) : null,
            Evaluate = root.Object("evaluate") is { } evaluate ? ReadEvaluate(evaluate) : null,
            Encoding = root.Choice("encoding", [.. UpdateEncodings.Names], "f32"),
            UpdateNormLimit = root.Object("limits") is { } limits ? ReadLimits(limits) : DefaultNormLimit,
            Trust = root.Choice("trust", ["server", PrivacyRules.TrustNone], "server"),
            ProbePack = root.Element("probePack") is null ? null : ReadDigest(root, "probePack"),
            Privacy = root.Object("privacy") is { } privacy ? PrivacyJson.Read(privacy, cohort.Quorum) : null,
            Seed = (ulong)root.Integer("seed", 0, long.MaxValue, 1),
            KeepUpdates = root.Flag("keepUpdates", false),
        };
        root.Done();
        RefuseContradictions(spec);
        return spec;
    }

    public static byte[] Write(RunSpec spec) => CanonicalJson.Write(w =>
    {
        w.WriteString("name", spec.Name);
        w.WriteString("base", spec.Base);
        w.WriteString("schema", spec.Schema);
        w.WriteString("plan", spec.Plan);
        if (spec.Version0 is not null)
            w.WriteString("version0", spec.Version0);
        spec.WarmStart?.Write(w);
        StrategyJson.Write(w, spec.Strategy);
        if (spec.Clients is { } clients)
            w.WriteTexts("clients", clients);
        w.WriteNumber("rounds", spec.Rounds);
        WriteCohort(w, spec.Cohort);
        WriteTrain(w, spec.Train);
        if (spec.Selection != SelectionSettings.Default)
            spec.Selection.Write(w);
        spec.Planning?.Write(w);
        spec.Asynchrony?.Write(w);
        spec.Stop?.Write(w);
        if (spec.Evaluate is { } evaluate)
        {
            w.WriteStartObject("evaluate");
            w.WriteNumber("everyRounds", evaluate.EveryRounds);
            w.WriteNumber("batchSize", evaluate.BatchSize);
            w.WriteNumber("maxSamples", evaluate.MaxSamples);
            w.WriteEndObject();
        }
        w.WriteString("encoding", spec.Encoding);
        w.WriteStartObject("limits");
        w.WriteNumber("updateNorm", spec.UpdateNormLimit);
        w.WriteEndObject();
        w.WriteString("trust", spec.Trust);
        if (spec.ProbePack is { } pack)
            w.WriteString("probePack", pack);
        if (spec.Privacy is { } privacy)
            PrivacyJson.Write(w, privacy);
        w.WriteNumber("seed", spec.Seed);
        w.WriteBoolean("keepUpdates", spec.KeepUpdates);
    });

    const double DefaultNormLimit = 1e6;

    static void RefuseContradictions(RunSpec spec)
    {
        if (spec is { Version0: not null, WarmStart: not null })
            throw new FormatException("run.version0 and run.warmStart both say what the run begins with; give one of them.");
        if (spec is { Stop: not null, Evaluate: null })
            throw new FormatException("run.stop judges the federated evaluation; run.evaluate is missing.");
        if (spec.Planning is not null)
            RefusePlanning(spec);
    }

    static void RefusePlanning(RunSpec spec)
    {
        if (spec.Asynchrony is not null)
            throw new FormatException("run.planning and run.asynchrony are both given; a plan changes between rounds, and an asynchronous run has no between.");
        if (spec.Privacy is not null || spec.Trust != "server")
            throw new FormatException("run.planning is given with run.privacy or without trust in the server; importance scores, times and memory of a site are not noised, so they would be counted nowhere.");
        if (spec.Cohort.DeadlineSeconds == 0)
            throw new FormatException("run.planning is given and run.cohort.deadlineSeconds is 0; a plan is what fits a round's time, 1 or more is needed.");
    }

    // First, because a misspelt key is also a missing one, and the misspelling is what helps.
    static void RefuseUnknown(StrictObject root)
    {
        if (root.Names().FirstOrDefault(n => !Keys.Contains(n)) is { } unknown)
            throw new FormatException(NearestName.Sentence("run: field", unknown, Keys));
    }

    static string ReadName(StrictObject root)
    {
        var name = root.Text("name", maxLength: ClientIds.MaxLength);
        return ClientIds.IsValid(name) ? name : throw new FormatException($"run.name is '{name}'; {ClientIds.Rule} is allowed.");
    }

    static string ReadDigest(StrictObject root, string field)
    {
        var digest = root.Text(field);
        return Digests.IsDigest(digest)
            ? digest
            : throw new FormatException($"run.{field} is '{NearestName.Shorten(digest)}'; a digest of {Digests.TextLength} lower-case hex digits is expected.");
    }

    static List<string> ReadClients(StrictObject root)
    {
        var clients = root.Texts("clients", maxCount: MaxClients);
        if (clients.Count == 0)
            throw new FormatException("run.clients is empty; leave it out to admit everybody.");
        if (clients.Find(c => !ClientIds.IsValid(c)) is { } invalid)
            throw new FormatException($"run.clients has '{NearestName.Shorten(invalid)}'; {ClientIds.Rule} is allowed.");
        clients.Sort(StringComparer.Ordinal);
        var twice = clients.Zip(clients.Skip(1)).FirstOrDefault(p => p.First == p.Second).First;
        return twice is null ? clients : throw new FormatException($"run.clients has '{twice}' twice.");
    }

    static CohortSettings ReadCohort(StrictObject? o, int? clients)
    {
        if (o is null)
        {
            return clients is { } all
                ? new CohortSettings(all, all, 1, 300, 30, 5)
                : throw new FormatException("run.cohort is missing; without run.clients its size must be given.");
        }
        var size = (int)o.Integer("size", 1, MaxClients, clients);
        if (clients is { } admitted && size > admitted)
            throw new FormatException($"{o.Path}.size is {size}; run.clients has {admitted}.");
        var quorum = (int)o.Integer("quorum", 1, size, size);
        var cohort = new CohortSettings(
            size,
            quorum,
            ReadMinimum(o, size, quorum),
            (int)o.Integer("deadlineSeconds", 0, 30 * 86_400, 300),
            (int)o.Integer("graceSeconds", 0, 86_400, 30),
            (int)o.Integer("maxAttempts", 1, 1_000, 5));
        o.Done();
        return cohort;
    }

    // A share of the clients asked for, as schedulers state it; the record has the count.
    static int ReadMinimum(StrictObject o, int size, int quorum)
    {
        var minimum = (int)o.Integer("minimum", 1, quorum, 1);
        if (o.Element("minimumFraction") is null)
            return minimum;
        if (o.Element("minimum") is not null)
            throw new FormatException($"{o.Path} has minimum and minimumFraction; one of them decides.");
        minimum = (int)Math.Max(1, Math.Ceiling(o.Number("minimumFraction", 0, 1) * size));
        return minimum <= quorum ? minimum : throw new FormatException($"{o.Path}.minimumFraction makes {minimum} of {size}; the quorum is {quorum}.");
    }

    static TrainSettings ReadTrain(StrictObject o)
    {
        var train = new TrainSettings(
            (int)o.Integer("steps", 1, 1_000_000),
            (int)o.Integer("batchSize", 1, 1_000_000, 32),
            o.Choice("optimizer", Optimizers, "adamw"),
            o.Number("learningRate", 0, 1e6),
            o.Number("weightDecay", 0, 1e6, 0),
            o.Number("momentum", 0, 1, 0),
            o.Number("clipNorm", 0, 1e12, 0))
        {
            Proximal = o.Number("proximal", 0, 1e6, 0),
        };
        o.Done();
        return train;
    }

    static EvaluateSettings ReadEvaluate(StrictObject o)
    {
        var evaluate = new EvaluateSettings(
            (int)o.Integer("everyRounds", 1, 1_000_000, 1),
            (int)o.Integer("batchSize", 1, 1_000_000, 256),
            o.Integer("maxSamples", 0, 1L << 40, 0));
        o.Done();
        return evaluate;
    }

    static double ReadLimits(StrictObject o)
    {
        var norm = o.Number("updateNorm", double.Epsilon, double.MaxValue, DefaultNormLimit);
        o.Done();
        return norm;
    }

    static void WriteCohort(Utf8JsonWriter w, CohortSettings cohort)
    {
        w.WriteStartObject("cohort");
        w.WriteNumber("size", cohort.Size);
        w.WriteNumber("quorum", cohort.Quorum);
        w.WriteNumber("minimum", cohort.Minimum);
        w.WriteNumber("deadlineSeconds", cohort.DeadlineSeconds);
        w.WriteNumber("graceSeconds", cohort.GraceSeconds);
        w.WriteNumber("maxAttempts", cohort.MaxAttempts);
        w.WriteEndObject();
    }

    static void WriteTrain(Utf8JsonWriter w, TrainSettings train)
    {
        w.WriteStartObject("train");
        w.WriteNumber("steps", train.Steps);
        w.WriteNumber("batchSize", train.BatchSize);
        w.WriteString("optimizer", train.Optimizer);
        w.WriteNumber("learningRate", train.LearningRate);
        w.WriteNumber("weightDecay", train.WeightDecay);
        w.WriteNumber("momentum", train.Momentum);
        w.WriteNumber("clipNorm", train.ClipNorm);
        // Absent where there is none, so that the digests of earlier runs stay what they were.
        if (train.Proximal > 0)
            w.WriteNumber("proximal", train.Proximal);
        w.WriteEndObject();
    }
}
