using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Cli.Audit;

/// <summary>Takes what a site's product is given and ends the forward pass there: nothing behind it is of interest.</summary>
sealed class InputTap : ILinearBranch, IDisposable
{
    readonly LinearSite _site;

    InputTap(LinearSite site) => (_site = site).Add(this);

    float[] Taken { get; set; } = [];

    /// <summary>The site's input rows for a batch of token ids, one after another.</summary>
    /// <param name="model">The model that the site is of.</param>
    /// <param name="site">Where to listen.</param>
    /// <param name="tokens">[sequences, length]</param>
    public static float[] Rows(IFoundationModel model, LinearSite site, long[,] tokens)
    {
        using var tap = new InputTap(site);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            model.Forward(tensor(tokens));
        }
        catch (Reached)
        {
            return tap.Taken;
        }
        throw new InvalidOperationException($"The model computes no product at '{site.Path}'.");
    }

    public Tensor Apply(Tensor input, Tensor output)
    {
        Taken = input.detach().contiguous().data<float>().ToArray();
        throw new Reached();
    }

    public void Dispose() => _site.Remove(this);

    sealed class Reached : Exception;
}
