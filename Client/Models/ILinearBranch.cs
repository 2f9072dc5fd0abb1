using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A trainable branch beside a frozen matrix product.</summary>
public interface ILinearBranch
{
    /// <summary>The input [n, in] that the product sees; called before the product, at sites that are not fused.</summary>
    Tensor Prepare(Tensor input) => input;

    /// <summary>The site's new output from its input [n, in] and the output [n, out] so far.</summary>
    Tensor Apply(Tensor input, Tensor output);
}
