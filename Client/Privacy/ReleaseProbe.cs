using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using Federated.Client.Training;
using Federated.Privacy.Probes;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Client.Privacy;

/// <summary>
/// Measures, before an update leaves, how well it tells the site's training data from the site's own held-out data: the inputs of the first product that the update
/// changes, against the span of its right factor's update. The controls come from the same source, so they have the same frequencies; those that equal a member are left out.
/// </summary>
/// <param name="model">The base, without adapters.</param>
public sealed class ReleaseProbe(IFoundationModel model)
{
    const int MostExamples = 32;
    const int MostRows = 1024;
    // Of a small difference of two fp32 values.
    const double Rounding = 1e-4;

    /// <summary>Null where the update has no product group at a linear site.</summary>
    /// <param name="sent">As the receiver will decode it.</param>
    /// <param name="training">The data that was trained on.</param>
    /// <param name="used">Indices of the examples that were.</param>
    /// <param name="heldOut">Data that never was.</param>
    public Separation? Measure(AdapterTensors sent, IExamples training, IReadOnlyList<int> used, IExamples heldOut)
    {
        var sites = model.Sites.OfType<LinearSite>().ToDictionary(s => s.Site);
        var groups = sent.Layout.Groups.Where(g => g.Group.Product is { } form && sites.ContainsKey(g.Group.Site) && g.Plan.Trains(form.Right)).ToList();
        if (groups.Count == 0)
            return null;
        // Products side by side, as attention's, have one input; the one that moved most tells most.
        var (group, right) = groups.Where(g => Parent(g) == Parent(groups[0])).Select(g => (g, g.Tensors[g.Group.IndexOf(g.Group.Product!.Right)])).MaxBy(p => Norm(sent[p.Item2]));
        var basis = SpanBasis.Of(right, sent[right], Rounding);
        var site = sites[group.Group.Site];
        var members = Inputs(site, training, used.Distinct().Take(MostExamples));
        var known = members.Select(Key).ToHashSet(StringComparer.Ordinal);
        var controls = Inputs(site, heldOut, Enumerable.Range(0, Math.Min(MostExamples, heldOut.Count))).Where(r => !known.Contains(Key(r))).ToList();
        return controls.Count == 0 ? null : Separation.Of([.. members.Select(r => basis.Distance(r))], [.. controls.Select(r => basis.Distance(r))]);
    }

    static string Parent(LayoutGroup group) => group.Group.Site.Path[..Math.Max(0, group.Group.Site.Path.LastIndexOf('.'))];

    static double Norm(ReadOnlySpan<float> values)
    {
        var squares = 0.0;
        foreach (var v in values)
            squares += (double)v * v;
        return squares;
    }

    List<float[]> Inputs(LinearSite site, IExamples data, IEnumerable<int> indices)
    {
        using var frozen = no_grad();
        using var capture = new InputCapture(site);
        using var batch = data.CreateBatch(1);
        foreach (var index in indices)
        {
            using var scope = NewDisposeScope();
            batch.Fill([index]);
            model.Forward(batch.Inputs);
        }
        // Every k-th row, so that all examples and positions stay represented.
        var every = (capture.Rows.Count + MostRows - 1) / MostRows;
        return [.. capture.Rows.Where((_, i) => i % Math.Max(1, every) == 0).DistinctBy(Key)];
    }

    static string Key(float[] row) => Convert.ToHexString(MemoryMarshal.AsBytes<float>(row));
}
