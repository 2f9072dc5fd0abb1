using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>The dense quantities of one product group of a case: everything of size m x n is formed.</summary>
sealed class ProductOracle
{
    public ProductOracle(FoldCase c, int group = 0)
    {
        Group = c.Layout.Groups[group];
        var (a, b) = (Group.Find("lora_A")!, Group.Find("lora_B")!);
        Dense Value(AdapterTensors delta, LayoutTensor t) =>
            Dense.Of(c.Previous[t], t.Shape[0], t.Shape[1]) + Dense.Of(delta[t], t.Shape[0], t.Shape[1]);
        P = c.Shares;
        Ak = [.. c.Deltas.Select(d => Value(d, a))];
        Bk = [.. c.Deltas.Select(d => Value(d, b))];
        A = Dense.Sum(Ak.Select((x, k) => P[k] * x));
        B = Dense.Sum(Bk.Select((x, k) => P[k] * x));
        M = Dense.Sum(Ak.Select((x, k) => P[k] * (Bk[k] * x)));
        PreviousProduct = Dense.Of(c.Previous[b], b.Shape[0], b.Shape[1]) * Dense.Of(c.Previous[a], a.Shape[0], a.Shape[1]);
    }

    public LayoutGroup Group { get; }

    public double[] P { get; }

    public Dense[] Ak { get; }

    public Dense[] Bk { get; }

    public Dense A { get; }

    public Dense B { get; }

    public Dense M { get; }

    public Dense PreviousProduct { get; }

    public Dense Gram => A * A.T;

    public double GramUnit => Enumerable.Range(0, A.Rows).Sum(i => Gram[i, i]) / A.Rows;

    /// <summary>LoRA-FAIR's correction for a lambda.</summary>
    public Dense Correction(double lambda) => ((M - B * A) * A.T).Over(Gram + lambda * Dense.Identity(A.Rows));

    public (Dense B, Dense A) Published(FoldResult result)
    {
        var (a, b) = (Group.Find("lora_A")!, Group.Find("lora_B")!);
        return (Dense.Of(result.Tensors[b], b.Shape[0], b.Shape[1]), Dense.Of(result.Tensors[a], a.Shape[0], a.Shape[1]));
    }
}
