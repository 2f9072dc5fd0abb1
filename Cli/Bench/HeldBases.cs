using Federated.Client.Models;

namespace Federated.Cli.Bench;

/// <summary>One base in every precision that somebody asks for, each loaded once.</summary>
/// <param name="full">In fp32; whoever made it disposes it.</param>
/// <param name="folder">Where the others are loaded from.</param>
sealed class HeldBases(IFoundationModel full, string folder) : IDisposable
{
    readonly Dictionary<int, IFoundationModel> _packed = [];

    public IFoundationModel Full => full;

    public IFoundationModel At(int bits)
    {
        if (bits == BasePrecision.Full)
            return full;
        if (!_packed.TryGetValue(bits, out var model))
            _packed[bits] = model = ModelFolder.Load(folder, bits);
        return model;
    }

    public void Dispose()
    {
        foreach (var model in _packed.Values)
            model.Dispose();
    }
}
