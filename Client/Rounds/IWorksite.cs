using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Privacy;
using Federated.Client.Training;
using Federated.Privacy.Probes;

namespace Federated.Client.Rounds;

/// <summary>What does a client's work: a base model and data, or a simulation of both. Used by one thread at a time.</summary>
public interface IWorksite
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    string BaseDigest { get; }

    int TrainingSamples { get; }

    /// <summary>0 where nothing is held out.</summary>
    int EvaluationSamples { get; }

    /// <summary>Steps a second in the last training; 0 before the first.</summary>
    double StepsPerSecond { get; }

    /// <summary>What happens to updates that leak.</summary>
    LeakPolicy Leaks => new(LeakAction.Off);

    /// <summary>How well an update of an assignment tells training from held-out data; null where that cannot be measured.</summary>
    Separation? Probe(AdapterTensors sent, TrainSettings settings, ulong key) => null;

    /// <summary>Whether every group of a schema fits the base; safe while the site is at work.</summary>
    /// <exception cref="ClientFault">F521: one does not.</exception>
    void Check(AdapterSchema schema);

    /// <summary>Trains from a start point.</summary>
    (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings settings, ulong key, Action<TrainStep>? progress, CancellationToken cancellation);

    /// <summary>Evaluates a version on the held-out split; <paramref name="maxSamples"/> 0 is all of it.</summary>
    /// <exception cref="ClientFault">F511: this site holds nothing out.</exception>
    Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation);
}
