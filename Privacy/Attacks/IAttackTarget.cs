namespace Federated.Privacy.Attacks;

/// <summary>A causal language model with an attached adapter, as an attacker who provides the base holds it.</summary>
public interface IAttackTarget
{
    /// <summary>Token ids are 0 to this, exclusive.</summary>
    int Vocabulary { get; }

    /// <summary>Longest sequence.</summary>
    int MaxLength { get; }

    /// <summary>The tensors whose updates are combinations of a block's inputs, by block: for LoRA the right factors of the attention's projections.</summary>
    IReadOnlyList<RowTensor> Rows { get; }

    /// <summary>What block 0's projections see of a token at a position, [width].</summary>
    float[] FirstInput(int token, int position);

    /// <summary>What block 1's projections see at the last position of a prefix, [width]; null where there is no block 1.</summary>
    float[]? SecondInput(IReadOnlyList<int> prefix);

    /// <summary>Natural logarithms of the next token's probabilities, [vocabulary].</summary>
    float[] NextLogProbabilities(IReadOnlyList<int> prefix);

    /// <summary>Trains the base itself, as a malicious provider does before it hands the base out.</summary>
    /// <param name="sequences">Token ids, each of 2 to <see cref="MaxLength"/>.</param>
    /// <param name="settings">Steps, batch and rate.</param>
    void FineTuneBase(IReadOnlyList<int[]> sequences, FineTuning settings);

    /// <summary>The change of every adapter tensor that training on a batch brings, by name; the adapter itself stays as it was.</summary>
    /// <param name="batch">Token ids, each of 2 to <see cref="MaxLength"/>; they may differ in length.</param>
    /// <param name="steps">Plain gradient steps on the whole batch, 1 or more.</param>
    /// <param name="rate">Above 0.</param>
    IReadOnlyDictionary<string, float[]> Update(IReadOnlyList<int[]> batch, int steps, double rate);

    /// <summary>Adds a change to the adapter; the opposite change takes it back.</summary>
    void Apply(IReadOnlyDictionary<string, float[]> change, float factor);
}

/// <summary>A tensor whose rows lie in the span of a block's inputs.</summary>
/// <param name="Name">Its name in updates.</param>
/// <param name="Block">0 or 1.</param>
/// <param name="Width">Length of a row.</param>
public sealed record RowTensor(string Name, int Block, int Width);

/// <summary>How the provider trains the base.</summary>
/// <param name="Steps">1 or more.</param>
/// <param name="BatchSize">1 or more.</param>
/// <param name="LearningRate">Above 0.</param>
/// <param name="Seed">Picks the batches.</param>
public sealed record FineTuning(int Steps, int BatchSize, double LearningRate, int Seed = 1);
