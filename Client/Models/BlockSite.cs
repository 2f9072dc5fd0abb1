using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A block's residual stream, with branches beside the block's perceptron.</summary>
public sealed class BlockSite(string path, int width) : ModelSite(new Site(SiteKind.BlockResidual, path))
{
    readonly List<IBlockBranch> _branches = [];

    /// <summary>Length of a token.</summary>
    public int Width => width;

    /// <summary>Adds the branches to the block's output.</summary>
    /// <param name="stream">[n, width], what enters the perceptron's norm.</param>
    /// <param name="output">[n, width]</param>
    public Tensor Adapt(Tensor stream, Tensor output)
    {
        foreach (var branch in _branches)
            output = output.add(branch.Apply(stream));
        return output;
    }

    public void Add(IBlockBranch branch) => _branches.Add(branch);

    public void Remove(IBlockBranch branch) => _branches.Remove(branch);
}
