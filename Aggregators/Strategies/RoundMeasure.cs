using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>What a weigher can know of a round. Statistics are computed when first asked for.</summary>
public sealed class RoundMeasure
{
    readonly IReadOnlyList<ClientDifference> _clients;
    readonly IReadOnlyList<LayoutGroup> _groups;
    readonly Lazy<double[,]> _gram;

    internal RoundMeasure(AdapterTensors previous, ClientDifference[] clients, WorkPool work)
    {
        (_groups, _clients, Contributions) = (previous.Layout.Groups, clients, [.. clients.Select(c => c.Contribution)]);
        _gram = new(() => new UpdateGram(previous, clients, work).Of(previous.Layout));
    }

    /// <summary>The contributions in fold order.</summary>
    public IReadOnlyList<Contribution> Contributions { get; }

    /// <summary>
    /// [client, client]: inner products of the effective changes over all groups (scaled products for product groups), whatever basis a client's factors are in.
    /// </summary>
    /// <exception cref="FoldRefusedException">One of them overflows.</exception>
    public double[,] UpdateGram()
    {
        foreach (var value in _gram.Value)
        {
            if (!double.IsFinite(value))
                throw new FoldRefusedException("A product of two clients' changes overflows; no value may be much above 1e12.");
        }
        return _gram.Value;
    }

    /// <summary>||B_k A_k|| of a client in a group, from the factors' Gram matrices; null where the group is no product, 0 where the client did not train it.</summary>
    public double? ProductNorm(int client, int group)
    {
        if (_groups[group].Group.Product is null)
            return null;
        if (!_clients[client].Contributes(_groups[group]))
            return 0;
        var f = ProductFactors.Of(_groups[group]);
        var own = _clients[client].Factors(f, _groups[group], 1);
        // ||BA||^2 = <B^T B, A A^T>.
        var (left, right) = (SmallGram.OfColumns(own.Left, f.M, own.Rank), SmallGram.OfRows(own.Right, own.Rank, f.N));
        return Math.Sqrt(Math.Max(0, left.Zip(right, (x, y) => x * y).Sum()));
    }
}
