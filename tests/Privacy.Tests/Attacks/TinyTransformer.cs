using Federated.Privacy.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Privacy.Tests.Attacks;

/// <summary>
/// Two pre-norm decoder blocks with one head and LoRA on the query and value projections, written here from the definition: the attack must not need more of a
/// model than its interface says.
/// </summary>
sealed class TinyTransformer : IAttackTarget, IDisposable
{
    public const int Blocks = 2;

    readonly int _width, _rank;
    readonly Dictionary<string, Tensor> _base = [];
    readonly Dictionary<string, Tensor> _adapter = [];

    public TinyTransformer(int seed, int vocabulary = 96, int length = 12, int width = 48, int rank = 16, bool zeroB = false)
    {
        (Vocabulary, MaxLength, _width, _rank) = (vocabulary, length, width, rank);
        var random = new Random(seed);
        _base["tokens"] = Draw(random, 1, vocabulary, width);
        _base["positions"] = Draw(random, 0.5, length, width);
        for (var b = 0; b < Blocks; b++)
        {
            foreach (var name in new[] { "q", "k", "v", "o", "up", "down" })
                _base[$"{b}.{name}"] = Draw(random, 1 / Math.Sqrt(width), width, width);
            foreach (var name in new[] { "q", "v" })
            {
                _adapter[$"{b}.{name}.A"] = Draw(random, 1 / Math.Sqrt(width), rank, width).requires_grad_();
                _adapter[$"{b}.{name}.B"] = Draw(random, zeroB ? 0 : 0.1, width, rank).requires_grad_();
            }
        }
    }

    public int Vocabulary { get; }

    public int MaxLength { get; }

    public IReadOnlyList<RowTensor> Rows =>
        [.. Enumerable.Range(0, Blocks).SelectMany(b => new[] { "q", "v" }.Select(n => new RowTensor($"{b}.{n}.A", b, _width)))];

    public float[] FirstInput(int token, int position)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Norm(_base["tokens"].index_select(0, tensor(new long[] { token })) + _base["positions"].index_select(0, tensor(new long[] { position }))).data<float>().ToArray();
    }

    public float[]? SecondInput(IReadOnlyList<int> prefix)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Norm(Block(0, Embed(prefix))).index_select(0, tensor(new long[] { prefix.Count - 1 })).data<float>().ToArray();
    }

    public float[] NextLogProbabilities(IReadOnlyList<int> prefix)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return nn.functional.log_softmax(Logits(prefix).index_select(0, tensor(new long[] { prefix.Count - 1 })), 1).data<float>().ToArray();
    }

    public void FineTuneBase(IReadOnlyList<int[]> sequences, FineTuning settings)
    {
        var random = new Random(settings.Seed);
        foreach (var parameter in _base.Values)
            parameter.requires_grad_();
        for (var step = 0; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var gradients = Gradients(_base, [.. Enumerable.Range(0, settings.BatchSize).Select(_ => sequences[random.Next(sequences.Count)])]);
            Add(_base, gradients, (float)-settings.LearningRate);
        }
        foreach (var parameter in _base.Values)
            parameter.requires_grad_(false);
    }

    public IReadOnlyDictionary<string, float[]> Update(IReadOnlyList<int[]> batch, int steps, double rate)
    {
        var total = _adapter.ToDictionary(t => t.Key, t => new float[t.Value.numel()]);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var gradients = Gradients(_adapter, batch);
            Add(_adapter, gradients, (float)-rate);
            foreach (var (name, values) in gradients)
            {
                for (var i = 0; i < values.Length; i++)
                    total[name][i] -= (float)rate * values[i];
            }
        }
        Apply(total, -1);
        return total;
    }

    public void Apply(IReadOnlyDictionary<string, float[]> change, float factor) => Add(_adapter, change, factor);

    public void Dispose()
    {
        foreach (var parameter in _base.Values.Concat(_adapter.Values))
            parameter.Dispose();
    }

    Dictionary<string, float[]> Gradients(Dictionary<string, Tensor> of, IReadOnlyList<int[]> batch)
    {
        var loss = stack(batch.Select(s => nn.functional.cross_entropy(Logits(s[..^1]), tensor(s[1..].Select(t => (long)t).ToArray())))).mean();
        loss.backward();
        var gradients = of.ToDictionary(t => t.Key, t => t.Value.grad is { } g ? g.data<float>().ToArray() : new float[t.Value.numel()]);
        foreach (var parameter in _base.Values.Concat(_adapter.Values))
            parameter.grad = null;
        return gradients;
    }

    static void Add(Dictionary<string, Tensor> to, IReadOnlyDictionary<string, float[]> change, float factor)
    {
        using var frozen = no_grad();
        foreach (var (name, values) in change)
        {
            using var delta = tensor(values, to[name].shape);
            using var scaled = delta * factor;
            to[name].add_(scaled);
        }
    }

    Tensor Logits(IReadOnlyList<int> tokens) => Norm(Block(1, Block(0, Embed(tokens)))).matmul(_base["tokens"].t()) / Math.Sqrt(_width);

    Tensor Embed(IReadOnlyList<int> tokens) =>
        _base["tokens"].index_select(0, tensor(tokens.Select(t => (long)t).ToArray())) + _base["positions"].index_select(0, arange(tokens.Count, ScalarType.Int64));

    Tensor Block(int block, Tensor x)
    {
        var h = Norm(x);
        var mask = zeros(x.shape[0], x.shape[0]).add(-1e9).triu(1);
        var scores = (Project(block, "q", h).matmul(h.matmul(_base[$"{block}.k"].t()).t()) / Math.Sqrt(_width) + mask).softmax(1);
        x = x + scores.matmul(Project(block, "v", h)).matmul(_base[$"{block}.o"].t());
        return x + Norm(x).matmul(_base[$"{block}.up"].t()).tanh().matmul(_base[$"{block}.down"].t());
    }

    Tensor Project(int block, string name, Tensor h) =>
        h.matmul(_base[$"{block}.{name}"].t()) + h.matmul(_adapter[$"{block}.{name}.A"].t()).matmul(_adapter[$"{block}.{name}.B"].t()) * (16.0 / _rank);

    Tensor Norm(Tensor x) => nn.functional.layer_norm(x, [_width]);

    static Tensor Draw(Random random, double scale, int rows, int columns) => tensor(
        Enumerable.Range(0, rows * columns).Select(_ => (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).ToArray(),
        [rows, columns]);
}
