using System.Text.RegularExpressions;
using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using Federated.Client.Models.Gpt2;
using Federated.Client.Peft;
using Federated.Privacy.Attacks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Cli.Audit;

/// <summary>A language model of the client with an attached adapter, as the attack sees it.</summary>
sealed partial class ModelTarget : IAttackTarget, IDisposable
{
    const int Together = 512;

    static readonly string[] Projections = ["c_attn", "q_proj", "k_proj", "v_proj", "query", "key", "value"];

    readonly Gpt2Model _model;
    readonly AttachedAdapter _adapter;
    readonly Dictionary<string, Parameter> _tensors = [];
    readonly List<RowTensor> _rows = [];
    readonly Dictionary<int, LinearSite> _sites = [];
    readonly Dictionary<int, float[]> _first = [];

    /// <param name="model">The base; owned by the caller.</param>
    /// <param name="start">The adapter to attach.</param>
    /// <param name="length">Longest sequence, at most the model's positions.</param>
    public ModelTarget(Gpt2Model model, AdapterTensors start, int length)
    {
        (_model, MaxLength) = (model, length);
        _adapter = AttachedAdapter.Attach(model, start.Layout);
        _adapter.Import(start);
        foreach (var attachment in _adapter.Groups)
        {
            foreach (var (tensor, parameter) in attachment.Group.Tensors.Zip(attachment.Tensors).Where(t => t.First.Trained))
                _tensors[tensor.Name] = parameter;
            AddRows(attachment.Group);
        }
        // The block's input is there whether or not an adapter sits at it.
        foreach (var site in model.Sites.OfType<LinearSite>().Where(s => Projections.Contains(s.Path.Split('.')[^1])))
            _sites.TryAdd(BlockOf(site.Path), site);
    }

    public int Vocabulary => _model.Config.Vocabulary;

    public int MaxLength { get; }

    public IReadOnlyList<RowTensor> Rows => _rows;

    public float[] FirstInput(int token, int position)
    {
        if (!_first.TryGetValue(position, out var all))
            _first[position] = all = FirstInputs(position);
        return all.AsSpan(token * _model.Config.HiddenSize, _model.Config.HiddenSize).ToArray();
    }

    public float[]? SecondInput(IReadOnlyList<int> prefix) => _sites.TryGetValue(1, out var site)
        ? InputTap.Rows(_model, site, Single(prefix))[^_model.Config.HiddenSize..]
        : null;

    public float[] NextLogProbabilities(IReadOnlyList<int> prefix)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var logits = _model.Forward(tensor(Single(prefix))).select(0, 0).select(0, prefix.Count - 1);
        return nn.functional.log_softmax(logits, 0).data<float>().ToArray();
    }

    public void FineTuneBase(IReadOnlyList<int[]> sequences, FineTuning settings)
    {
        var random = new Random(settings.Seed);
        foreach (var parameter in _model.BaseParameters)
            parameter.requires_grad = true;
        using var optimizer = optim.AdamW(_model.BaseParameters, settings.LearningRate);
        for (var step = 0; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Loss([.. Enumerable.Range(0, settings.BatchSize).Select(_ => sequences[random.Next(sequences.Count)])]).backward();
            optimizer.step();
        }
        foreach (var parameter in _model.BaseParameters)
        {
            parameter.grad = null;
            parameter.requires_grad = false;
        }
        foreach (var parameter in _tensors.Values)
            parameter.grad = null;
        _first.Clear();
    }

    public IReadOnlyDictionary<string, float[]> Update(IReadOnlyList<int[]> batch, int steps, double rate)
    {
        var total = _tensors.ToDictionary(t => t.Key, t => new float[t.Value.numel()]);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            Loss(batch).backward();
            var change = _tensors.ToDictionary(t => t.Key, t => t.Value.grad is { } g ? Scaled(g.data<float>().ToArray(), -rate) : new float[t.Value.numel()]);
            foreach (var (name, values) in change)
            {
                for (var i = 0; i < values.Length; i++)
                    total[name][i] += values[i];
                _tensors[name].grad = null;
            }
            Apply(change, 1);
        }
        Apply(total, -1);
        return total;
    }

    public void Apply(IReadOnlyDictionary<string, float[]> change, float factor)
    {
        using var frozen = no_grad();
        foreach (var (name, values) in change)
        {
            using var delta = tensor(values, _tensors[name].shape);
            _tensors[name].add_(delta.mul_(factor));
        }
    }

    /// <summary>Mean loss in nats over the predicted tokens of a few sequences.</summary>
    public double Evaluate(IReadOnlyList<int[]> sequences)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return Loss(sequences).item<float>();
    }

    public void Dispose() => _adapter.Dispose();

    Tensor Loss(IReadOnlyList<int[]> batch) => stack(batch.Select(s =>
        nn.functional.cross_entropy(_model.Forward(tensor(Single(s[..^1]))).select(0, 0), tensor(s[1..].Select(t => (long)t).ToArray())))).mean();

    void AddRows(LayoutGroup group)
    {
        var path = group.Group.Site.Path;
        if (group.Group.Product is not { } form || !group.Plan.Trains(form.Right) || !Projections.Contains(path.Split('.')[^1]) || BlockOf(path) is not (0 or 1))
            return;
        var right = group.Tensors[group.Group.IndexOf(form.Right)];
        _rows.Add(new RowTensor(right.Name, BlockOf(path), right.Shape[^1]));
    }

    float[] FirstInputs(int position)
    {
        var (all, width) = (new float[Vocabulary * _model.Config.HiddenSize], _model.Config.HiddenSize);
        for (var first = 0; first < Vocabulary; first += Together)
        {
            var count = Math.Min(Together, Vocabulary - first);
            var tokens = new long[count, position + 1];
            for (var i = 0; i < count; i++)
                tokens[i, position] = first + i;
            var rows = InputTap.Rows(_model, _sites[0], tokens);
            for (var i = 0; i < count; i++)
                rows.AsSpan((i * (position + 1) + position) * width, width).CopyTo(all.AsSpan((first + i) * width));
        }
        return all;
    }

    static float[] Scaled(float[] values, double factor) => Array.ConvertAll(values, v => (float)(factor * v));

    static long[,] Single(IReadOnlyList<int> tokens)
    {
        var one = new long[1, tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
            one[0, i] = tokens[i];
        return one;
    }

    static int BlockOf(string path) => Block().Match(path) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : -1;

    [GeneratedRegex(@"\.(?:h|layer|layers|block|blocks)\.(\d+)\.")]
    private static partial Regex Block();
}
