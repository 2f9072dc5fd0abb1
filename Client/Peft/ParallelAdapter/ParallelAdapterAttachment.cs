using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.ParallelAdapter;

/// <summary>The bottleneck at work; its relu keeps it out of any weight.</summary>
sealed class ParallelAdapterAttachment : IGroupAttachment, IBlockBranch
{
    readonly BlockSite _site;
    readonly Parameter _down, _downBias, _up, _upBias;

    public ParallelAdapterAttachment(BlockSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _down = GroupTensors.WithRole(this, ParallelAdapterMethod.Down)!;
        _downBias = GroupTensors.WithRole(this, ParallelAdapterMethod.DownBias)!;
        _up = GroupTensors.WithRole(this, ParallelAdapterMethod.Up)!;
        _upBias = GroupTensors.WithRole(this, ParallelAdapterMethod.UpBias)!;
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => false;

    public Tensor Apply(Tensor stream) =>
        nn.functional.linear(nn.functional.relu(nn.functional.linear(stream, _down, _downBias)), _up, _upBias);

    public (Tensor? Weight, Tensor? Bias) EffectiveDelta() => (null, null);

    public void Enable() => _site.Add(this);

    public void Disable() => _site.Remove(this);

    public void Dispose()
    {
        Disable();
        _down.Dispose();
        _downBias.Dispose();
        _up.Dispose();
        _upBias.Dispose();
    }
}
