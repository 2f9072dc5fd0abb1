using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Ia3;

/// <summary>
/// (IA)3 (Liu et al., arXiv 2205.05638) as peft's IA3 computes it: learned factors on the outputs of some matrices, bias included,
/// and on the inputs of others; all factors are 1 at the start.
/// </summary>
public sealed class Ia3Method : IPeftMethod
{
    public const string WireName = "ia3";
    internal const string RoleOutput = "output_scale", RoleInput = "input_scale";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        var outputs = Targets.Read(options, "targets", model.Targets.ScaledOutputs);
        var inputs = Targets.Read(options, "inputs", model.Targets.ScaledInputs);
        options.Done();
        Targets.RequireAll(model, Name, outputs.Concat(inputs));
        LinearSite[] matrices = [.. model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Linear)];
        if (matrices.FirstOrDefault(s => Targets.Select(s.Path, outputs) && Targets.Select(s.Path, inputs)) is { } both)
            throw ClientFaults.Method($"Options targets and inputs of method '{Name}' both select '{both.Path}'; peft has one tensor a matrix.");
        TensorGroup[] groups = [.. matrices.SelectMany(s => Groups(s, Targets.Select(s.Path, outputs), Targets.Select(s.Path, inputs)))];
        return groups.Length > 0 ? new MethodDescription(groups) : throw ClientFaults.Method($"Options targets and inputs of method '{Name}' name no matrix.");
    }

    public bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Linear, Tensors: [{ Role: RoleOutput or RoleInput }] };

    public long Count(ModelSite site, TensorGroup group, int rank) =>
        group.Tensors[0].Role == RoleInput ? ((LinearSite)site).InFeatures : ((LinearSite)site).OutFeatures;

    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        values[group.Tensors[0]].Fill(1);
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group)
    {
        var (tensor, matrix) = (group.Tensors[0], site as LinearSite);
        if (tensor.Role == RoleInput && matrix is { IsFused: true })
            throw ClientFaults.Adapter($"Group '{group.Group.Name}' scales the input of '{site.Path}', which the model shares with other matrices.");
        var wanted = tensor.Role == RoleInput ? matrix?.InFeatures : matrix?.OutFeatures;
        if (tensor.Elements != wanted)
            throw ClientFaults.Adapter($"Tensor '{tensor.Name}' has {tensor.Elements} elements; the model's '{site.Path}' needs {wanted}.");
    }

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => new Ia3Attachment((LinearSite)site, group);

    static IEnumerable<TensorGroup> Groups(LinearSite site, bool output, bool input)
    {
        if (output)
            yield return Group(site, RoleOutput, [site.OutFeatures, 1]);
        if (input)
            yield return Group(site, RoleInput, [1, site.InFeatures]);
    }

    static TensorGroup Group(LinearSite site, string role, Axis[] shape) =>
        new($"{site.Path}.{role}", site.Site, Algebra.Affine, [new TensorSpec($"base_model.model.{site.Path}.ia3_l", role, shape)]);
}
