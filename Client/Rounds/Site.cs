using Federated.Aggregators.Adapters;
using Federated.Client.Configuration;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Devices;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Peft.Importance;
using Federated.Client.Privacy;
using Federated.Client.Training;
using Federated.Privacy.Probes;

namespace Federated.Client.Rounds;

/// <summary>What a site brings: the base model and its data. Used by one thread at a time.</summary>
public sealed class Site : IWorksite, IDisposable
{
    IFoundationModel _model;
    int _bits = BasePrecision.Full;
    readonly IExamples _training;
    readonly IExamples? _heldOut;

    public Site(IFoundationModel model, IExamples training, IExamples? heldOut) =>
        (_model, _training, _heldOut) = (model, training, heldOut);

    /// <summary>Where the base can be loaded anew in other bits; null where it cannot, and then a plan may only ask for fp32.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>Bits per weight in which the base can be held.</summary>
    IReadOnlyList<int> Precisions => BaseFolder is null ? [BasePrecision.Full] : BasePrecision.Supported;

    public string BaseDigest => _model.BaseDigest;

    public int TrainingSamples => _training.Count;

    public int EvaluationSamples => _heldOut?.Count ?? 0;

    /// <summary>Steps a second in the last training; 0 before the first.</summary>
    public double StepsPerSecond { get; private set; }

    /// <exception cref="ClientFault">F510 to F512, F520, F570 to F572: the model or the data cannot be used.</exception>
    public static Site Open(ClientConfiguration configuration)
    {
        var model = ModelFolder.Load(configuration.Model);
        try
        {
            var data = SiteData.Open(configuration, model);
            return new Site(model, data.Training, data.HeldOut) { Leaks = configuration.Policy.Leaks, BaseFolder = configuration.Model };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What happens to updates that leak.</summary>
    public LeakPolicy Leaks { get; init; } = new(LeakAction.Off);

    /// <summary>How well an update of an assignment tells training from held-out data; null where that cannot be measured.</summary>
    public Separation? Probe(AdapterTensors sent, TrainSettings settings, ulong key)
    {
        if (_heldOut is null)
            return null;
        var order = new BatchOrder(_training.Count, settings.BatchSize, key);
        var used = new int[Math.Min(settings.Steps, 64)][];
        for (var step = 0; step < used.Length; step++)
            order.Fill(step, used[step] = new int[settings.BatchSize]);
        return new ReleaseProbe(_model).Measure(sent, _training, [.. used.SelectMany(i => i)], _heldOut);
    }

    /// <summary>Whether every group of a schema fits the model; safe while the model is at work.</summary>
    /// <exception cref="ClientFault">F521: one does not.</exception>
    public void Check(AdapterSchema schema) => AttachedAdapter.Check(_model, AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 1)));

    /// <summary>Trains from a start point.</summary>
    public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings settings, ulong key,
        Action<TrainStep>? progress, CancellationToken cancellation)
    {
        Hold(start.Layout);
        var costs = settings.Measure is { } batches ? DeviceProbe.Measure(_model, start, _training, batches.Small, batches.Large, TimeProvider.System) : ((StepCost, StepCost)?)null;
        using var adapter = AttachedAdapter.Attach(_model, start.Layout, start.Offsets);
        adapter.Import(start.Values);
        using var scores = costs is null ? null : new ImportanceScores(adapter);
        if (settings.TellCost)
            ResidentMemory.ResetPeak();
        var report = new Trainer(_model).Train(adapter, _training, settings, key, progress, cancellation, scores is null ? null : scores.AfterBackward);
        StepsPerSecond = report.Seconds > 0 ? report.Steps / report.Seconds : 0;
        return (adapter.Export(), report with
        {
            PeakBytes = ResidentMemory.PeakBytes(),
            Measurement = costs is var (small, large) ? new SiteMeasurement(small, large, BasePrecision.Weights(_model), Precisions, scores!.Read()) : null,
        });
    }

    /// <summary>Brings the base into the fewest bits that the plan gives to any of its groups. Evaluation takes it as it is.</summary>
    /// <exception cref="ClientFault">F521: in bits that this site cannot hold it in.</exception>
    void Hold(AdapterLayout layout)
    {
        var bits = layout.Groups.Select(g => g.Plan.BaseBits).DefaultIfEmpty(BasePrecision.Full).Min();
        if (!Precisions.Contains(bits))
            throw ClientFaults.Adapter($"The plan holds the base in {bits} bits a weight; this site can hold it in {string.Join(", ", Precisions)}.");
        if (bits == _bits)
            return;
        var held = ModelFolder.Load(BaseFolder!, bits);
        _model.Dispose();
        (_model, _bits) = (held, bits);
    }

    /// <summary>Evaluates a version on the held-out split.</summary>
    /// <exception cref="ClientFault">F511: this site holds nothing out.</exception>
    public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation)
    {
        var data = _heldOut ?? throw ClientFaults.DataSplit("This site holds nothing out.");
        using var adapter = AttachedAdapter.Attach(_model, version.Layout, version.Offsets);
        adapter.Import(version.Values);
        adapter.Merge();
        return new Evaluator(_model).Evaluate(data, batchSize, maxSamples, progress, cancellation);
    }

    public void Dispose() => _model.Dispose();
}
