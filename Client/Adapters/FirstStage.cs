using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft.Lora;
using Federated.Formats.Safetensors;
using static TorchSharp.torch;

namespace Federated.Client.Adapters;

/// <summary>
/// The weights that a first stage of training left, as a start for LoRA (SLoRA, Babakniya et al., arXiv 2308.06522): with the change W1 - W0 = U S V^T of a matrix,
/// B0 = U_r sqrt(S_r / s), A0 = sqrt(S_r / s) V_r^T, so that s B0 A0 is the change's best approximation of rank r on the untouched base. Where the change has fewer
/// directions than r, the rest of A and B stays as the method drew it.
/// </summary>
public sealed class FirstStage : IDisposable
{
    // What lies below this share of the largest singular value is rounding: a row of A so small could never learn.
    const float Negligible = 1e-6f;

    readonly string _path;
    readonly SafetensorsFile[] _files;

    FirstStage(string path, SafetensorsFile[] files) => (_path, _files) = (path, files);

    /// <summary>Opens a safetensors file, or all of a folder: tensors of a version whose method trains whole weights, by their names and [out, in] shapes.</summary>
    /// <exception cref="ClientFault">F521: there is none, or one is malformed.</exception>
    public static FirstStage Open(string path)
    {
        try
        {
            string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.safetensors").Order(StringComparer.Ordinal)] : [path];
            return files.Length > 0 ? new FirstStage(path, [.. files.Select(SafetensorsFile.Open)]) : throw new FormatException("it has no *.safetensors.");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Adapter($"The first stage's weights '{path}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Writes the start of every matrix that the adapter factors.</summary>
    /// <returns>The share of the squared change that the factors keep, 0 to 1; 1 where nothing changed.</returns>
    /// <exception cref="ClientFault">F521: a matrix is missing, of another shape or not finite. F522: the adapter has no such matrix, or starts with offsets.</exception>
    public double Initialise(IFoundationModel model, AdapterBundle bundle)
    {
        if (bundle.Offsets.Count > 0)
            throw ClientFaults.Method("A first stage's change is a start of its own; the method starts on the base's own factors already.");
        var sites = model.Sites.OfType<LinearSite>().ToDictionary(s => s.Site);
        var groups = bundle.Version0.Layout.Groups.Where(g => g.Group.Product is { Left: LoraMethod.RoleB, Right: LoraMethod.RoleA } && sites.ContainsKey(g.Group.Site)).ToList();
        if (groups.Count == 0)
            throw ClientFaults.Method("A first stage's change is a start for LoRA's factors; the method has none at a matrix.");
        var (kept, whole) = (0.0, 0.0);
        foreach (var group in groups)
        {
            var (part, all) = Initialise(sites[group.Group.Site], group, bundle.Version0);
            (kept, whole) = (kept + part, whole + all);
        }
        return whole == 0 ? 1 : kept / whole;
    }

    (double Kept, double Whole) Initialise(LinearSite site, LayoutGroup group, AdapterTensors values)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var change = tensor(Weights(site), [site.OutFeatures, site.InFeatures]).sub(site.Weight.cpu());
        var (left, singular, right) = linalg.svd(change, fullMatrices: false);
        var sizes = TensorValues.ToArray(singular);
        var rank = sizes.Take(group.Rank).Count(s => s > Negligible * sizes[0]);
        var squares = sizes.Select(s => (double)s * s).ToList();
        if (rank > 0)
            Write(group, values, left.narrow(1, 0, rank), singular.narrow(0, 0, rank), right.narrow(0, 0, rank));
        return (squares.Take(rank).Sum(), squares.Sum());
    }

    static void Write(LayoutGroup group, AdapterTensors values, Tensor left, Tensor singular, Tensor right)
    {
        var (a, b) = LoraTensors.Of(group);
        var root = singular.div(group.Group.Product!.Scale(group.Rank)).sqrt();
        var (columns, rows) = (TensorValues.ToArray(left.mul(root)), TensorValues.ToArray(right.mul(root.unsqueeze(1))));
        rows.CopyTo(values[a]);
        var rank = rows.Length / a.Shape[1];
        for (var i = 0; i < columns.Length; i++)
            values[b][i / rank * group.Rank + i % rank] = columns[i];
    }

    float[] Weights(LinearSite site)
    {
        var name = $"base_model.model.{site.WeightName}";
        var file = _files.FirstOrDefault(f => f.Find(name) is not null) ?? throw ClientFaults.Adapter($"The first stage's weights '{_path}' lack '{name}'.");
        var entry = file.Find(name)!;
        if (!entry.Shape.SequenceEqual([site.OutFeatures, site.InFeatures]))
            throw ClientFaults.Adapter($"The first stage's tensor '{name}' has shape [{string.Join(", ", entry.Shape)}]; [{site.OutFeatures}, {site.InFeatures}] is needed.");
        var weights = file.ReadSingles(entry);
        return Array.TrueForAll(weights, float.IsFinite) ? weights : throw ClientFaults.Adapter($"The first stage's tensor '{name}' is not finite.");
    }

    public void Dispose() => Array.ForEach(_files, f => f.Dispose());
}
