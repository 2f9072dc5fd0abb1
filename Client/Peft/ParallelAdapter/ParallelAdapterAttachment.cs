using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.ParallelAdapter;

/// <summary>The bottleneck at work; its relu keeps it out of any weight.</summary>
sealed class ParallelAdapterAttachment : IExampleAttachment, IBlockBranch
{
    readonly BlockSite _site;
    readonly Parameter _down, _downBias, _up, _upBias;
    (long Examples, IReadOnlyList<Tensor> Tensors)? _each;

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

    public Tensor Apply(Tensor stream) => _each is { } each ? Apply(stream, each.Examples, each.Tensors)
        : nn.functional.linear(nn.functional.relu(nn.functional.linear(stream, _down, _downBias)), _up, _upBias);

    Tensor Apply(Tensor stream, long examples, IReadOnlyList<Tensor> tensors)
    {
        Tensor Of(string role) => GroupTensors.WithRole(this, tensors, role);
        Tensor Linear(Tensor input, string weight, string bias) => input.matmul(Of(weight).transpose(-2, -1)).add(GroupTensors.AsRow(Of(bias)));
        var narrow = nn.functional.relu(Linear(stream.reshape(examples, -1, _site.Width), ParallelAdapterMethod.Down, ParallelAdapterMethod.DownBias));
        return Linear(narrow, ParallelAdapterMethod.Up, ParallelAdapterMethod.UpBias).reshape(stream.shape);
    }

    public IReadOnlyList<Tensor> Spread(long examples)
    {
        var spread = GroupTensors.Spread(this, examples);
        _each = (examples, spread);
        return spread;
    }

    public void Gather() => _each = null;

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
