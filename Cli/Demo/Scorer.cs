using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Training;

namespace Federated.Cli.Demo;

/// <summary>Evaluates and trains adapters of one base in this process; for one thread at a time.</summary>
sealed class Scorer : IDisposable
{
    readonly IFoundationModel _model;
    readonly Normalization _normalization;
    readonly Trainer _trainer;
    readonly Evaluator _evaluator;

    public Scorer(string baseFolder)
    {
        _model = ModelFolder.Load(baseFolder);
        _normalization = Preprocessor.Load(baseFolder);
        (_trainer, _evaluator) = (new Trainer(_model), new Evaluator(_model));
    }

    /// <summary>Accuracy of an adapter on each domain.</summary>
    public Dictionary<string, double> Score(AdapterTensors values, IEnumerable<(Site Site, ImageDataset Images)> tests, CancellationToken stop)
    {
        using var adapter = AttachedAdapter.Attach(_model, values.Layout);
        adapter.Import(values);
        return Score(adapter, tests, stop);
    }

    /// <summary>Accuracy of a published peft folder on each domain.</summary>
    public Dictionary<string, double> Score(string folder, IEnumerable<(Site Site, ImageDataset Images)> tests, CancellationToken stop)
    {
        using var adapter = PublishedAdapter.Attach(_model, folder);
        return Score(adapter, tests, stop);
    }

    Dictionary<string, double> Score(AttachedAdapter adapter, IEnumerable<(Site Site, ImageDataset Images)> tests, CancellationToken stop)
    {
        adapter.Merge();
        return tests.ToDictionary(test => test.Site.Domain, test => _evaluator.Evaluate(new ImageExamples(test.Images, _normalization), cancellation: stop).Accuracy);
    }

    /// <summary>Trains as a site does, round after round with a fresh optimiser each, but with nobody to average with.</summary>
    public AdapterTensors Train(AdapterTensors start, ImageDataset images, DemoSettings settings, int rounds, string name, Action progress, CancellationToken stop)
    {
        using var adapter = AttachedAdapter.Attach(_model, start.Layout);
        adapter.Import(start);
        var train = new TrainSettings { Steps = settings.Steps, BatchSize = settings.BatchSize, LearningRate = settings.LearningRate };
        for (var round = 1; round <= rounds; round++)
        {
            _trainer.Train(adapter, new ImageExamples(images, _normalization), train, BatchOrder.RoundKey(settings.Seed, "alone", round, name), cancellation: stop);
            progress();
        }
        return adapter.Export();
    }

    public void Dispose() => _model.Dispose();
}
