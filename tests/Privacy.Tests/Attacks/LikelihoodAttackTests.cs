using Federated.Privacy.Attacks;
using Federated.Privacy.Mechanisms;

namespace Federated.Privacy.Tests.Attacks;

/// <summary>For methods whose updates hold no inputs: what was trained on stands out of what any update does, and nothing else does.</summary>
public sealed class LikelihoodAttackTests
{
    const int Length = 13;

    // The update is rate (count / n - p): a frequent token that was trained on once falls in it, below strangers that are rare. What all updates do is -p, and without it
    // count / n is left, which is above 0 for members alone.
    [Fact]
    public void Scores_UnigramModel_AreAboveZeroForTheTrainedTokensAlone()
    {
        double[] logits = [.. Enumerable.Range(0, 80).Select(t => t < 4 ? 3.5 : -t / 40.0)];
        for (var seed = 0; seed < 10; seed++)
        {
            var target = new UnigramTarget(logits);
            int[][] truth = [[7, 0, 1, .. Draw(seed, Length - 3, 4, 80)]];
            var update = target.Update(truth, 1, 0.05);
            // The oracle's premise: the raw rise of a trained token is below a stranger's.
            Assert.True(update[UnigramTarget.Bias][0] < update[UnigramTarget.Bias][3 + 76]);
            var attack = new LikelihoodAttack(target, [[1]], Shadows(seed, 80));
            var scores = attack.Scores(update);
            var members = truth[0].Skip(1).ToHashSet();
            Assert.True(members.Min(t => scores[t]) > Enumerable.Range(0, 80).Except(members).Max(t => scores[t]));
            var result = attack.Run(update, truth, [.. Enumerable.Range(0, 80).Except(truth[0])], []);
            Assert.Equal((1.0, 1.0), (result.Tokens.Auc, result.TokenRecall));
            Assert.Equal(members.Order(), result.Sequences.Single().Order());
        }
    }

    [Fact]
    public void Scores_UpdateOfAnotherSize_AreTheSame()
    {
        var target = new UnigramTarget(new double[80]);
        var attack = new LikelihoodAttack(target, [[1]], Shadows(1, 80));
        var update = target.Update([Draw(2, Length, 0, 80)], 1, 0.05);
        var half = update.ToDictionary(t => t.Key, t => Array.ConvertAll(t.Value, v => v / 2));
        Assert.All(attack.Scores(update).Zip(attack.Scores(half)), s => Assert.Equal(s.First, s.Second, 0.01));
        Assert.All(attack.Scores(half.ToDictionary(t => t.Key, t => new float[t.Value.Length])), s => Assert.Equal(0, s));
    }

    // What a defence does to every update is no sign of membership where the attacker's own updates are defended alike.
    [Fact]
    public void Scores_DefendedUpdate_IsComparedWithShadowsDefendedAlike()
    {
        static Dictionary<string, float[]> Raised(IReadOnlyDictionary<string, float[]> update, int number) =>
            update.ToDictionary(t => t.Key, t => t.Value.Select((v, i) => i is >= 40 and < 60 ? v + 0.01f : v).ToArray());
        var target = new UnigramTarget(new double[80]);
        int[] truth = [1, .. Draw(5, Length - 1, 0, 40)];
        var update = Raised(target.Update([truth], 1, 0.05), 0);
        double Worst(ShadowTraining shadows)
        {
            var scores = new LikelihoodAttack(target, [[1]], shadows).Scores(update);
            return truth.Skip(1).Min(t => scores[t]) - Enumerable.Range(0, 80).Except(truth).Max(t => scores[t]);
        }
        Assert.True(Worst(Shadows(5, 80)) < 0);
        Assert.True(Worst(Shadows(5, 80) with { Defence = Raised }) > 0);
    }

    [Fact]
    public void Run_PureNoise_IsACoin()
    {
        using var target = new TinyTransformer(14);
        var attack = new LikelihoodAttack(target, Openings, Shadows(3, target.Vocabulary));
        var outside = 0;
        for (var batch = 0; batch < 20; batch++)
        {
            int[][] truth = [Draw(400 + batch, 12, 0, target.Vocabulary)];
            var noise = target.Update(truth, 1, 0.1).ToDictionary(t => t.Key, t =>
            {
                var values = new double[t.Value.Length];
                new NoiseKey(new byte[32], $"{batch}").Stream(t.Key, 1).AddTo(values, 0.01);
                return Array.ConvertAll(values, v => (float)v);
            });
            var (low, high) = attack.Run(noise, truth, Controls(target, truth), []).Tokens.AucInterval;
            outside += low > 0.5 || high < 0.5 ? 1 : 0;
        }
        Assert.InRange(outside, 0, 4);
    }

    // A transformer's one step, of which the attack reads the effect alone.
    [Fact]
    public void Run_OneStepOfATransformer_TellsMembersFromStrangersAndLeavesTheModelAsItWas()
    {
        using var target = new TinyTransformer(14);
        var attack = new LikelihoodAttack(target, Openings, Shadows(3, target.Vocabulary));
        var (auc, before) = (new List<double>(), target.NextLogProbabilities([5]));
        for (var batch = 0; batch < 20; batch++)
        {
            int[][] truth = [Draw(300 + batch, 12, 0, target.Vocabulary)];
            auc.Add(attack.Run(target.Update(truth, 1, 0.1), truth, Controls(target, truth), []).Tokens.Auc);
        }
        Assert.True(auc.Average() > 0.7, string.Join(" ", auc));
        Assert.All(before.Zip(target.NextLogProbabilities([5])), p => Assert.Equal(p.First, p.Second, 1e-4));
    }

    [Fact]
    public void Shadows_FewerThanTwo_AreRefused() =>
        Assert.Contains("1 shadow batches", Assert.Throws<ArgumentException>(() => new LikelihoodAttack(new UnigramTarget(new double[8]), [[1]], new ShadowTraining([[[1, 2]]], 1, 0.1))).Message);

    static int[][] Openings => [.. Enumerable.Range(0, 64).Select(i => Draw(900 + i, 1 + i % 11, 0, 96))];

    static ShadowTraining Shadows(int seed, int vocabulary) => new([.. Enumerable.Range(0, 32).Select(i => new[] { Draw(1000 * (seed + 1) + i, 12, 0, vocabulary) })], 1, 0.1);

    static int[] Controls(TinyTransformer target, int[][] truth) => [.. Enumerable.Range(0, target.Vocabulary).Except(truth.SelectMany(t => t))];

    static int[] Draw(int seed, int count, int from, int to)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(from, to))];
    }
}
