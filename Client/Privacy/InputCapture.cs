using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Privacy;

/// <summary>Keeps what a site's product is given, and changes nothing.</summary>
sealed class InputCapture : ILinearBranch, IDisposable
{
    readonly LinearSite _site;

    public InputCapture(LinearSite site) => (_site = site).Add(this);

    /// <summary>Rows of the site's width, in the order they came.</summary>
    public List<float[]> Rows { get; } = [];

    public Tensor Apply(Tensor input, Tensor output)
    {
        using var detached = input.detach().reshape(-1, _site.InFeatures).contiguous();
        Rows.AddRange(detached.data<float>().ToArray().Chunk(_site.InFeatures));
        return output;
    }

    public void Dispose() => _site.Remove(this);
}
