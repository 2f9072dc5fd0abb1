using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Client.Rounds;
using Federated.Client.Training;

namespace Federated.Cli.Simulation.Training;

/// <summary>
/// A quadratic instead of a model: client k minimises |theta - theta*_k|^2 / 2d, where theta*_k is a common optimum plus a shift of its
/// own. Gradient steps with noise reach it as real training would, in microseconds. Good for scheduling, loss curves and attacks; it says
/// nothing about accuracy on data.
/// </summary>
sealed class SyntheticSite(SyntheticSettings settings, ulong seed, ulong client, int training, int evaluation) : IWorksite
{
    const ulong CommonStream = 1UL << 32, ShiftStream = 2UL << 32;

    float[]? _optimum;

    public string BaseDigest => SyntheticAdapter.BaseDigest;

    public int TrainingSamples => training;

    public int EvaluationSamples => evaluation;

    public double StepsPerSecond => 0;

    public void Check(AdapterSchema schema)
    {
    }

    public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings train, ulong key, Action<TrainStep>? progress, CancellationToken cancellation)
    {
        var optimum = Optimum(start.Values.Values.Length);
        var theta = start.Values.Values.ToArray();
        var noise = new float[theta.Length];
        var loss = 0.0;
        for (var step = 1; step <= train.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Normal.Fill(new Philox(key, (ulong)step), noise, settings.GradientNoise);
            loss = Loss(theta, optimum);
            for (var i = 0; i < theta.Length; i++)
                theta[i] -= (float)train.LearningRate * (theta[i] - optimum[i] + noise[i]);
            progress?.Invoke(new TrainStep(step, train.Steps, loss));
        }
        return (new AdapterTensors(start.Layout, theta), new TrainReport(train.Steps, loss, 0));
    }

    /// <summary>The loss at the version; a sample counts as correct with probability exp(-loss), rounded to whole samples.</summary>
    public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation)
    {
        var samples = maxSamples > 0 ? Math.Min(evaluation, maxSamples) : evaluation;
        var loss = Loss(version.Values.Values, Optimum(version.Values.Values.Length));
        return new Evaluation(samples, (long)Math.Round(samples * Math.Exp(-loss)), samples * loss);
    }

    static double Loss(ReadOnlySpan<float> theta, ReadOnlySpan<float> optimum)
    {
        var sum = 0.0;
        for (var i = 0; i < theta.Length; i++)
            sum += ((double)theta[i] - optimum[i]) * ((double)theta[i] - optimum[i]);
        return sum / (2 * theta.Length);
    }

    float[] Optimum(int elements)
    {
        if (_optimum?.Length == elements)
            return _optimum;
        var (common, shift) = (new float[elements], new float[elements]);
        Normal.Fill(new Philox(seed, CommonStream), common, 1);
        Normal.Fill(new Philox(seed, ShiftStream + client), shift, settings.Skew);
        for (var i = 0; i < elements; i++)
            common[i] += shift[i];
        return _optimum = common;
    }
}
