using Federated.Privacy.Attacks;

namespace Federated.Privacy.Tests.Attacks;

/// <summary>
/// A language model that looks at nothing: log p = log softmax(base + bias), and only the bias is trained. One gradient step on n tokens is
/// rate (count / n - p), in closed form.
/// </summary>
sealed class UnigramTarget(double[] logits) : IAttackTarget
{
    public const string Bias = "bias";

    readonly double[] _bias = new double[logits.Length];

    public int Vocabulary => logits.Length;

    public int MaxLength => 64;

    public IReadOnlyList<RowTensor> Rows => [];

    public double[] Probabilities
    {
        get
        {
            double[] exponentials = [.. logits.Zip(_bias, (l, b) => Math.Exp(l + b))];
            return [.. exponentials.Select(e => e / exponentials.Sum())];
        }
    }

    public float[] NextLogProbabilities(IReadOnlyList<int> prefix) => [.. Probabilities.Select(p => (float)Math.Log(p))];

    public IReadOnlyDictionary<string, float[]> Update(IReadOnlyList<int[]> batch, int steps, double rate)
    {
        Assert.Equal(1, steps);
        int[] predicted = [.. batch.SelectMany(s => s.Skip(1))];
        return new Dictionary<string, float[]> { [Bias] = [.. Probabilities.Select((p, t) => (float)(rate * (predicted.Count(x => x == t) / (double)predicted.Length - p)))] };
    }

    public void Apply(IReadOnlyDictionary<string, float[]> change, float factor)
    {
        for (var t = 0; t < _bias.Length; t++)
            _bias[t] += factor * change[Bias][t];
    }

    public float[] FirstInput(int token, int position) => throw new NotSupportedException("The model sees no input.");

    public float[]? SecondInput(IReadOnlyList<int> prefix) => null;

    public void FineTuneBase(IReadOnlyList<int[]> sequences, FineTuning settings) => throw new NotSupportedException("The base is given.");
}
