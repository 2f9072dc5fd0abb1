using System.Text.Json;

namespace Federated.Server.Rounds;

/// <summary>Counts and sums over held-out examples: accuracy = correct / samples, loss = loss sum / samples.</summary>
readonly record struct EvaluationTotal(long Samples, long Correct, double LossSum)
{
    public static EvaluationTotal Of(IEnumerable<EvaluationEntry> entries) => entries.Where(e => e.State == EvaluationState.Done)
        .Aggregate(new EvaluationTotal(0, 0, 0), (sum, e) => new EvaluationTotal(sum.Samples + e.Samples, sum.Correct + e.Correct, sum.LossSum + e.LossSum));

    public void Write(Utf8JsonWriter w, int version)
    {
        w.WriteNumber("version", version);
        w.WriteNumber("samples", Samples);
        w.WriteNumber("correct", Correct);
        w.WriteNumber("lossSum", LossSum);
    }
}
