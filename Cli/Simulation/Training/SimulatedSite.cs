using Federated.Aggregators.Adapters;
using Federated.Client.Rounds;
using Federated.Client.Training;

namespace Federated.Cli.Simulation.Training;

/// <summary>A site whose work takes virtual time, and whose results a byzantine client distorts.</summary>
sealed class SimulatedSite(IWorksite inner, ClientSettings settings, double speed, Random random) : IWorksite
{
    /// <summary>Evaluating one sample costs this share of a training step's sample.</summary>
    const double EvaluationShare = 1.0 / 3;

    TimeSpan _cost;

    public string BaseDigest => inner.BaseDigest;

    public int TrainingSamples => inner.TrainingSamples;

    public int EvaluationSamples => inner.EvaluationSamples;

    public double StepsPerSecond { get; private set; }

    /// <summary>How long the last work takes; asked once.</summary>
    public TimeSpan TakeCost() => (_cost, _cost = TimeSpan.Zero).Item1;

    public void Check(AdapterSchema schema) => inner.Check(schema);

    public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings train, ulong key, Action<TrainStep>? progress, CancellationToken cancellation)
    {
        var (trained, report) = inner.Train(start, train, key, progress, cancellation);
        var stepsPerSecond = speed * (1 + settings.SpeedJitter * (2 * random.NextDouble() - 1));
        _cost = TimeSpan.FromSeconds(train.Steps / stepsPerSecond);
        StepsPerSecond = stepsPerSecond;
        return (Distort(start.Values, trained), report with { Seconds = _cost.TotalSeconds });
    }

    public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation)
    {
        var sums = inner.Evaluate(version, batchSize, maxSamples, progress, cancellation);
        _cost = TimeSpan.FromSeconds(Math.Ceiling((double)sums.Samples / batchSize) * EvaluationShare / speed);
        return sums;
    }

    AdapterTensors Distort(AdapterTensors start, AdapterTensors trained)
    {
        if (settings.Byzantine == Byzantine.None)
            return trained;
        var values = new float[trained.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (from, change) = (start.Values[i], trained.Values[i] - start.Values[i]);
            values[i] = settings.Byzantine switch
            {
                Byzantine.Flip => from - (float)settings.ByzantineFactor * change,
                Byzantine.Scale => from + (float)settings.ByzantineFactor * change,
                Byzantine.Noise => from + (float)(settings.ByzantineFactor * Normal()),
                _ => float.NaN,
            };
        }
        return new AdapterTensors(trained.Layout, values);
    }

    /// <summary>Box and Muller.</summary>
    double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
