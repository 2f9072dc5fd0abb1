using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A trainable branch beside the perceptron of a block.</summary>
public interface IBlockBranch
{
    /// <summary>What is added to the block's output, from the stream [n, width] before the perceptron.</summary>
    Tensor Apply(Tensor stream);
}
