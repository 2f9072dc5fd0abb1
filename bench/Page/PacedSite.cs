using Federated.Aggregators.Adapters;
using Federated.Cli.Bench.Processes;
using Federated.Client.Rounds;
using Federated.Client.Training;

namespace Federated.Bench.Page;

/// <summary>A site whose training takes its time on a machine of its own: here it only waits.</summary>
sealed class PacedSite(InstantSite site, int milliseconds) : IWorksite
{
    public string BaseDigest => site.BaseDigest;

    public int TrainingSamples => site.TrainingSamples;

    public int EvaluationSamples => site.EvaluationSamples;

    public double StepsPerSecond => site.StepsPerSecond;

    public void Check(AdapterSchema schema) => site.Check(schema);

    public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings settings, ulong key, Action<TrainStep>? progress, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(milliseconds);
        cancellation.ThrowIfCancellationRequested();
        return site.Train(start, settings, key, progress, cancellation);
    }

    public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation) =>
        site.Evaluate(version, batchSize, maxSamples, progress, cancellation);
}
