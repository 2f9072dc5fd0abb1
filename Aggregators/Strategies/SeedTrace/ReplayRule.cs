using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.SeedTrace;

/// <summary>
/// Clients send scalars, one for each seed of the pool; theta' = theta + sum_s c_s z_s with c_s = sum_k p_k (trace_k - trace)_s, in the order of the seeds. The published trace
/// is the sum of all rounds', from which anybody can replay theta.
/// </summary>
sealed class ReplayRule : IGroupRule
{
    public IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => [AdapterSchema.TraceRole];

    public bool CanBeBounded => false;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var mean = new MeanDeltas();
        yield return mean;
        var trace = group.Group.Group.IndexOf(AdapterSchema.TraceRole);
        var steps = mean.Sums[trace];
        group.Propose(trace, group.Apply(trace, steps));
        for (var t = 0; t < group.Group.Tensors.Count; t++)
        {
            if (t == trace)
                continue;
            double[] values = [.. group.Previous(t).ToArray().Select(v => (double)v)];
            for (var seed = 0; seed < steps.Length; seed++)
            {
                if (steps[seed] != 0)
                    SeedDirections.Add(values, group.Group.Tensors[t].Name, seed, steps[seed]);
            }
            group.Propose(t, values);
        }
    }
}
