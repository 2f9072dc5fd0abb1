using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Flora;

/// <summary>
/// Offset [p_1 B_1 ... p_K B_K] [A_1; ...; A_K] of rank sum r_k; B' = 0 and A' uniform in [-1/sqrt(n), 1/sqrt(n)), LoRA's own initialisation, from Philox.
/// </summary>
sealed class FloraRule(ulong seed) : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var gather = new GatherFactors();
        yield return gather;
        group.AddOffset(Stack.Of(group, [.. gather.Clients.Select(c => (c.Weight, c.Rank, c.Left, c.Right))]));
        group.Propose(f.Left, new double[f.M * f.Rank]);
        group.Propose(f.Right, Fresh(group.Group.Group.Name, group.Round, f.Rank * f.N, f.N));
    }

    double[] Fresh(string name, long round, int count, int n)
    {
        var stream = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name}|{round}"))));
        var values = new float[count];
        new Philox(seed, stream).Uniform(values);
        var bound = 1 / Math.Sqrt(n);
        return [.. values.Select(u => bound * (2 * (double)u - 1))];
    }
}
