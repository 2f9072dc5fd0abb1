using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Text;
using Federated.Client.Devices;
using Federated.Client.Models;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Peft;
using Federated.Client.Training;

namespace Federated.Cli.Text;

/// <summary>Evaluates and trains adapters of one language model in this process; for one thread at a time.</summary>
sealed class TextScorer : IDisposable
{
    const int EvaluationBatch = 32;

    readonly IFoundationModel _model;
    readonly IReadOnlyList<(MailSite Site, TextExamples Training, TextExamples HeldOut)> _sites;

    public TextScorer(string baseFolder, IReadOnlyList<MailSite> sites, int context)
    {
        _model = ModelFolder.Load(baseFolder);
        var tokenizer = TokenizerFolder.Load(baseFolder);
        TextExamples Read(IReadOnlyList<string> texts) => new(TokenDataset.Of(texts, tokenizer, context));
        _sites = [.. sites.Select(site => (site, Read(site.Training), Read(site.HeldOut)))];
    }

    /// <summary>Perplexity of whatever is attached, on every site's held-out mails.</summary>
    public TextRow Score(string name, string kind, string? alone, CancellationToken stop)
    {
        var evaluator = new Evaluator(_model);
        var sums = _sites.ToDictionary(site => site.Site.Name, site => evaluator.Evaluate(site.HeldOut, EvaluationBatch, cancellation: stop));
        return new TextRow(name, alone, kind, Math.Exp(sums.Values.Aggregate((a, b) => a + b).Loss), sums.ToDictionary(sum => sum.Key, sum => Math.Exp(sum.Value.Loss)));
    }

    public TextRow ScorePublished(string folder, string name, CancellationToken stop)
    {
        using var adapter = PublishedAdapter.Attach(_model, folder);
        return Score(name, TextRow.Federated, null, stop);
    }

    /// <summary>Trains as a site does, round after round with a fresh optimiser each, but with nobody to average with.</summary>
    public TextRow ScoreAlone(AdapterTensors start, int index, TextSettings settings, CancellationToken stop)
    {
        var (site, training, _) = _sites[index];
        using var adapter = AttachedAdapter.Attach(_model, start.Layout);
        adapter.Import(start);
        var train = new TrainSettings { Steps = settings.Steps, BatchSize = settings.BatchSize, LearningRate = settings.LearningRate };
        ResidentMemory.ResetPeak();
        var seconds = 0.0;
        for (var round = 1; round <= settings.Rounds; round++)
            seconds += new Trainer(_model).Train(adapter, training, train, BatchOrder.RoundKey(settings.Seed, "alone", round, site.Name), cancellation: stop).Seconds;
        var peak = ResidentMemory.PeakBytes() / (double)(1 << 20);
        return Score($"{site.Name} alone ({site.Domain})", TextRow.Alone, site.Name, stop) with { StepMilliseconds = 1000 * seconds / (settings.Rounds * settings.Steps), PeakMebibytes = peak };
    }

    public void Dispose() => _model.Dispose();
}
