using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>A mechanism at work in one fold: weights before the sums, disturbance after each.</summary>
sealed class MechanismRun(ISumMechanism mechanism, AdapterLayout layout)
{
    const int Piece = 4096;

    /// <summary>Bound over planned contributors, [client, group]; 0 for who did not contribute.</summary>
    public FoldWeights Weights(ClientDifference[] clients)
    {
        var weights = new double[clients.Length, layout.Groups.Count];
        for (var k = 0; k < clients.Length; k++)
        {
            var weight = mechanism.Bound(JointNorm(clients[k])) / mechanism.Planned;
            for (var g = 0; g < layout.Groups.Count; g++)
                weights[k, g] = clients[k].Contributes(layout.Groups[g]) ? weight : 0;
        }
        return new FoldWeights(weights, Shortened: false);
    }

    /// <summary>Largest norm of a term that is already divided by the planned contributors.</summary>
    public double TermBound => mechanism.TermBound(layout.Groups.Count) / mechanism.Planned;

    /// <summary>Disturbs a filled request.</summary>
    public void Disturb(LayoutGroup group, SumRequest request, int pass)
    {
        switch (request)
        {
            case MeanDeltas mean:
                for (var t = 0; t < group.Tensors.Count; t++)
                    mechanism.Disturb(group.Tensors[t].Name, pass, mean.Sums[t]);
                break;
            case RightSum right:
                mechanism.Disturb(group.Group.Name, pass, right.Sum);
                break;
            case LeftSum left:
                mechanism.Disturb(group.Group.Name, pass, left.Sum);
                break;
            default:
                throw new InvalidOperationException($"{request.GetType().Name} is no linear sum; a mechanism cannot disturb it.");
        }
    }

    // One norm over all groups: bounded group by group, a client could weigh in with the root of their number.
    double JointNorm(ClientDifference client)
    {
        var (squares, values) = (0.0, new float[Piece]);
        foreach (var tensor in layout.Groups.Where(client.Contributes).SelectMany(g => g.Tensors))
        {
            for (var offset = 0; offset < tensor.Elements; offset += Piece)
            {
                foreach (var value in client.View(tensor, offset, values.AsSpan(0, Math.Min(Piece, tensor.Elements - offset))))
                    squares = Math.FusedMultiplyAdd(value, value, squares);
            }
        }
        return Math.Sqrt(squares);
    }
}
