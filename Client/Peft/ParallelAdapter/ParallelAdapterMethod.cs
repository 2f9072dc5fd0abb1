using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.ParallelAdapter;

/// <summary>
/// A bottleneck beside the perceptron of every block (He et al., arXiv 2110.04366; AdaptFormer, arXiv 2205.13535): the block's output gains
/// U relu(D x + d) + u with x the stream before the perceptron's norm, U = 0, u = 0 at the start. The bottleneck's width is the plan's rank.
/// </summary>
public sealed class ParallelAdapterMethod : IPeftMethod
{
    public const string WireName = "parallel-adapter";
    internal const string Down = "down", DownBias = "down_bias", Up = "up", UpBias = "up_bias";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        var width = options.Integer("m", 8, 1, 4096);
        options.Done();
        TensorGroup[] groups = [.. model.Sites.OfType<BlockSite>().Select(Group)];
        return groups.Length > 0 ? new MethodDescription(groups, width)
            : throw ClientFaults.Method($"Method '{Name}' needs a model with residual blocks; model_type '{model.ModelType}' has none.");
    }

    public bool Handles(TensorGroup group) => group is { Algebra: Algebra.Opaque, Site.Kind: SiteKind.BlockResidual };

    public long Count(ModelSite site, TensorGroup group, int rank) => 2L * rank * ((BlockSite)site).Width + rank + ((BlockSite)site).Width;

    /// <summary>D as torch's Linear: weight and bias U(-1/sqrt(width), 1/sqrt(width)), U and u zero.</summary>
    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        var random = new CounterRandom(CounterRandom.Key("federated.adapter.v1", $"{seed}", group.Group.Name));
        var bound = 1 / Math.Sqrt(((BlockSite)site).Width);
        foreach (var role in new[] { Down, DownBias })
            Draws.Uniform(values[group.Find(role)!], ref random, bound);
        foreach (var role in new[] { Up, UpBias })
            values[group.Find(role)!].Clear();
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group)
    {
        var (width, rank) = (((BlockSite)site).Width, group.Rank);
        foreach (var (role, shape) in new (string, int[])[] { (Down, [rank, width]), (DownBias, [rank]), (Up, [width, rank]), (UpBias, [width]) })
        {
            if (group.Find(role) is not { } tensor || !tensor.Shape.SequenceEqual(shape))
                throw ClientFaults.Adapter($"Group '{group.Group.Name}' has no tensor of role '{role}' and shape [{string.Join(", ", shape)}].");
        }
    }

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => new ParallelAdapterAttachment((BlockSite)site, group);

    static TensorGroup Group(BlockSite site) => new($"{site.Path}.adapter", site.Site, Algebra.Opaque,
    [
        new TensorSpec($"base_model.model.{site.Path}.adapter.down.weight", Down, [Axis.Rank, site.Width]),
        new TensorSpec($"base_model.model.{site.Path}.adapter.down.bias", DownBias, [Axis.Rank]),
        new TensorSpec($"base_model.model.{site.Path}.adapter.up.weight", Up, [site.Width, Axis.Rank]),
        new TensorSpec($"base_model.model.{site.Path}.adapter.up.bias", UpBias, [site.Width]),
    ]);
}
