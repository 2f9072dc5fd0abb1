namespace Federated.Client.Training;

/// <summary>Sums over a data set, which add up over sites as means do not.</summary>
/// <param name="Samples">Answers judged: images, or predicted tokens of a text.</param>
/// <param name="Correct">Answers whose largest logit is the right one.</param>
/// <param name="LossSum">Sum of the cross-entropy, in nats.</param>
public sealed record Evaluation(long Samples, long Correct, double LossSum)
{
    public double Accuracy => (double)Correct / Samples;

    public double Loss => LossSum / Samples;

    public static Evaluation operator +(Evaluation a, Evaluation b) =>
        new(a.Samples + b.Samples, a.Correct + b.Correct, a.LossSum + b.LossSum);
}
