using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedSb;

/// <summary>In groups with a core (role lora_R, between factors that stay as they were distributed) the mean of the cores alone; other groups take the mean of everything.</summary>
sealed class FedSbRule : IGroupRule
{
    public const string Core = "lora_R";

    public IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => HasCore(group) ? [Core] : null;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var mean = new MeanDeltas();
        yield return mean;
        for (var t = 0; t < group.Group.Tensors.Count; t++)
        {
            if (!HasCore(group.Group.Group) || group.Group.Tensors[t].Role == Core)
                group.Propose(t, group.Apply(t, mean.Sums[t]));
        }
    }

    static bool HasCore(TensorGroup group) => group.Tensors.Any(t => t.Role == Core);
}
