using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Cli.Simulation.Training;
using Federated.Client.Rounds;
using Federated.Client.Training;

namespace Federated.Cli.Bench.Processes;

/// <summary>Trains nothing: every value moves by a step that only the assignment's key decides. What is left of a round is its overhead.</summary>
sealed class InstantSite(int samples) : IWorksite
{
    const float Step = 1f / 1024;

    // Filled again every round, as a real site's tensors are: fresh memory would be measured as overhead.
    float[] _moved = [];

    public string BaseDigest => SyntheticAdapter.BaseDigest;

    public int TrainingSamples => samples;

    public int EvaluationSamples => 0;

    public double StepsPerSecond => 0;

    public void Check(AdapterSchema schema)
    {
    }

    public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings settings, ulong key, Action<TrainStep>? progress, CancellationToken cancellation)
    {
        var values = start.Values.Values;
        if (_moved.Length != values.Length)
            _moved = new float[values.Length];
        var words = new Philox(key, 0).Block(0);
        TensorPrimitives.Add(values, Step * (1 + words.A % 8), _moved);
        return (new AdapterTensors(start.Layout, _moved), new TrainReport(settings.Steps, 1, 0));
    }

    public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation) =>
        throw new NotSupportedException("An instant site holds nothing out.");
}
