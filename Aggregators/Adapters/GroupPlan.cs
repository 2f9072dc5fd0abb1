namespace Federated.Aggregators.Adapters;

/// <summary>What is trained of one group.</summary>
/// <param name="Enabled">Whether the group exists in the adapter at all.</param>
/// <param name="Rank">The value of <c>r</c>, 1 to the schema's maximum; ignored by groups without a rank axis.</param>
/// <param name="Trained">Roles that clients train and send; null means all, an empty list means that the group is frozen.</param>
/// <param name="BaseBits">Bits per weight of the frozen base at this site: 32, 16, 8, 4, 3 or 2.</param>
/// <param name="Stage">Training stage that the group belongs to, 0 or more.</param>
public sealed record GroupPlan(bool Enabled = true, int Rank = 1, IReadOnlyList<string>? Trained = null, int BaseBits = 32, int Stage = 0)
{
    /// <summary>Whether clients train the tensor with this role.</summary>
    public bool Trains(string role) => Enabled && (Trained is null || Trained.Contains(role));
}
