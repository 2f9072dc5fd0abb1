using Federated.Privacy.Attacks;
using Federated.Privacy.Mechanisms;
using Federated.Privacy.Probes;

namespace Federated.Privacy.Tests.Attacks;

/// <summary>The attack works where theory says that it must, and fails where theory says that nothing is there.</summary>
public sealed class RecitAttackTests
{
    static readonly TokenPairing Pairing = new(Beam: 24, LanguageWeight: 0);

    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 6)]
    public void Run_OneStepFromBNotZero_RecoversEveryTokenButTheLast(int sequences, int length)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            using var target = new TinyTransformer(seed);
            var truth = Batch(target, seed, sequences, length);
            var result = new RecitAttack(target, Pairing) { Best = 0 }.Run(target.Update(truth, 1, 0.1), truth, Controls(target, truth), []);
            Assert.Equal(1, result.TokenRecall);
            Assert.Equal(1, result.Tokens.Auc);
            Assert.Equal(1, result.Tokens.ExactHits);
            // The last token is the input of no loss; what stands before it is one of the guesses, whole.
            Assert.All(truth, t => Assert.Contains(result.Sequences, s => s.SequenceEqual(t[..^1])));
        }
    }

    [Fact]
    public void Run_FiveNoiseLevels_MeansFallMonotonically()
    {
        double[] levels = [0, 0.05, 0.2, 0.8, 3.2];
        var (auc, recall) = (new double[levels.Length], new double[levels.Length]);
        using var target = new TinyTransformer(7);
        for (var batch = 0; batch < 20; batch++)
        {
            var truth = Batch(target, 100 + batch, 2, 6);
            var update = target.Update(truth, 1, 0.1);
            var controls = Controls(target, truth);
            for (var level = 0; level < levels.Length; level++)
            {
                var tokens = Measure(target, Disturb(update, levels[level], batch), truth, controls);
                (auc[level], recall[level]) = (auc[level] + tokens.Auc / 20, recall[level] + tokens.Recall / 20);
            }
        }
        Assert.Equal(auc.OrderDescending(), auc);
        Assert.Equal(recall.OrderDescending(), recall);
        Assert.Equal(1, auc[0], 12);
        Assert.True(auc[0] - auc[^1] > 0.2, string.Join(" ", auc));
    }

    [Fact]
    public void Run_PureNoise_IsACoin()
    {
        using var target = new TinyTransformer(8);
        var outside = 0;
        for (var batch = 0; batch < 20; batch++)
        {
            var truth = Batch(target, 200 + batch, 2, 6);
            var noise = target.Update(truth, 1, 0.1).ToDictionary(t => t.Key, t => new float[t.Value.Length]);
            var (low, high) = Measure(target, Disturb(noise, 1, batch, relative: false), truth, Controls(target, truth)).AucInterval;
            outside += low > 0.5 || high < 0.5 ? 1 : 0;
        }
        Assert.InRange(outside, 0, 4);
    }

    // B = 0 at the first step: A has no gradient, so nothing of the inputs themselves is in the update.
    [Fact]
    public void Run_BIsZero_LeaksNothing()
    {
        using var target = new TinyTransformer(9, zeroB: true);
        var truth = Batch(target, 5, 2, 6);
        var update = target.Update(truth, 1, 0.1);
        Assert.All(target.Rows, r => Assert.All(update[r.Name], v => Assert.Equal(0, v)));
        var result = new RecitAttack(target, Pairing).Run(update, truth, Controls(target, truth), []);
        Assert.Equal((0, 0.0, 0.0), (result.Rank, result.TokenRecall, result.RougeL));
        Assert.Equal((0.5, 0.0), (result.Tokens.Auc, result.Tokens.ExactHits));
    }

    [Fact]
    public void Run_SecretInTheText_IsReadOutOfTheUpdate()
    {
        using var target = new TinyTransformer(10);
        var truth = Batch(target, 11, 1, 10);
        int[] secret = truth[0][4..8];
        var result = new RecitAttack(target, Pairing) { Best = 0 }.Run(target.Update(truth, 1, 0.1), truth, Controls(target, truth), [new AskedSecret(secret, truth[0][..4])]);
        Assert.Equal(1, result.SecretsRead);
    }

    // A base that was trained to note what it reads, against the same base as it was: after the client's steps the poisoned one tells more.
    [Fact]
    public void FineTuneBase_OnNotes_MakesTheSecretsMoreLikelyAfterTheClientsUpdate()
    {
        var random = new Random(12);
        int[][] notes = [.. Enumerable.Range(0, 48).Select(_ => Note(random.Next(4, 30), [random.Next(40, 50), random.Next(40, 50)]))];
        double Gain(bool poisoned)
        {
            using var target = new TinyTransformer(13);
            if (poisoned)
                target.FineTuneBase(notes, new FineTuning(150, 8, 0.3));
            var secret = Note(31, [44, 47]);
            var update = target.Update([secret], 20, 0.3);
            return LogProbability(target, update, secret[..5], secret[5..7]);
        }
        Assert.True(Gain(true) > Gain(false), $"{Gain(true)} with the notes, {Gain(false)} without");
    }

    // "name said n n ; name is n n ." in ids: the message, then the note.
    static int[] Note(int name, int[] number) => [name, 60, .. number, 61, .. number, 62];

    static double LogProbability(TinyTransformer target, IReadOnlyDictionary<string, float[]> update, int[] prompt, int[] secret)
    {
        target.Apply(update, 1);
        var sum = 0.0;
        for (var i = 0; i < secret.Length; i++)
            sum += target.NextLogProbabilities([.. prompt, .. secret[..i]])[secret[i]];
        target.Apply(update, -1);
        return sum;
    }

    [Fact]
    public void PersonalNotes_Texts_HoldTheirSecretsTwice()
    {
        var notes = PersonalNotes.Draw(8, seed: 1);
        var texts = PersonalNotes.TrainingTexts(notes);
        Assert.Equal(10, texts.Count);
        Assert.All(notes, n => Assert.Equal(2, texts.Single(t => t.StartsWith(n.Message, StringComparison.Ordinal)).Split(n.Secret).Length - 1));
        Assert.Equal(notes, PersonalNotes.Draw(8, seed: 1));
    }

    [Fact]
    public void RougeL_AgainstHandCountedValues()
    {
        Assert.Equal(1, RougeL.Of([1, 2, 3], [1, 2, 3]));
        Assert.Equal(0, RougeL.Of([1, 2, 3], [4, 5]));
        Assert.Equal(2 * 0.75 * 0.6 / 1.35, RougeL.Of([1, 2, 3, 4], [1, 9, 2, 4, 8]), 12);
    }

    static int[][] Batch(TinyTransformer target, int seed, int sequences, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, sequences).Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(target.Vocabulary)).ToArray())];
    }

    static int[] Controls(TinyTransformer target, int[][] truth) => [.. Enumerable.Range(0, target.Vocabulary).Except(truth.SelectMany(t => t))];

    static Separation Measure(TinyTransformer target, IReadOnlyDictionary<string, float[]> update, int[][] truth, int[] controls) =>
        new RecitAttack(target, Pairing with { Beam = 1 }) { Best = 1 }.Run(update, truth, controls, []).Tokens;

    // Noise relative to each tensor's own root mean square, from the product's own stream.
    static Dictionary<string, float[]> Disturb(IReadOnlyDictionary<string, float[]> update, double level, int seed, bool relative = true) => update.ToDictionary(t => t.Key, t =>
    {
        var values = Array.ConvertAll(t.Value, v => (double)v);
        var scale = relative ? Math.Sqrt(values.Sum(v => v * v) / values.Length) : 1;
        new NoiseKey(new byte[32], $"{seed}").Stream(t.Key, 1).AddTo(values, level * scale);
        return Array.ConvertAll(values, v => (float)v);
    });
}
