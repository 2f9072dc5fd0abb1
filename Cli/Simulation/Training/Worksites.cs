using Federated.Client.Adapters;
using Federated.Client.Configuration;
using Federated.Client.Data;
using Federated.Client.Models;
using Federated.Client.Rounds;

namespace Federated.Cli.Simulation.Training;

/// <summary>What the clients train: one model for all of them, as they take turns, or the synthetic objective.</summary>
sealed class Worksites : IDisposable
{
    readonly SimulationSpec _spec;
    readonly IFoundationModel? _model;

    public Worksites(SimulationSpec spec)
    {
        _spec = spec;
        if (spec.Torch is not { } torch)
        {
            Bundle = SyntheticAdapter.Create(spec.Synthetic!, spec.Seed);
            return;
        }
        // As in a client: the same values come out only with the same number of threads.
        TorchSharp.torch.set_num_threads(1);
        _model = ModelFolder.Load(torch.Model);
        Bundle = AdapterBundle.Read(torch.Adapter);
    }

    /// <summary>Schema, plan and first version of the run.</summary>
    public AdapterBundle Bundle { get; }

    /// <summary>The work of one client of a group.</summary>
    /// <param name="settings">The group's.</param>
    /// <param name="index">Within the group; each takes the next range of the group's images.</param>
    /// <param name="number">Among all clients.</param>
    /// <param name="samples">Of synthetic training.</param>
    public IWorksite Create(ClientSettings settings, int index, int number, int samples) => _model is null
        ? new SyntheticSite(_spec.Synthetic!, _spec.Seed, (ulong)number, samples, settings.EvaluationSamples)
        : OpenSite(settings.Data!, index);

    public void Dispose() => _model?.Dispose();

    Site OpenSite(DataConfiguration data, int index)
    {
        var configuration = new ClientConfiguration
        {
            Id = "simulated", Server = new Uri("http://127.0.0.1:1"), State = "", Model = _spec.Torch!.Model,
            Data = data with { Indices = Shift(data.Indices, index), Seed = data.Seed + (ulong)index },
        };
        var read = SiteData.Open(configuration, _model!);
        return new Site(_model!, read.Training, read.HeldOut);
    }

    static IndexRange Shift(IndexRange range, int index) => range with { From = range.From + index * Math.Max(range.Count, range.Pool) };
}
