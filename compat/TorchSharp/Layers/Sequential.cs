using System.Globalization;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules one after the other; what passes between two of them is disposed.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    readonly List<nn.IModule<Tensor, Tensor>> _modules = [];

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : this()
    {
        foreach (var (name, submodule) in modules)
            append(name, submodule);
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : this()
    {
        foreach (var module in modules)
            append(module);
    }

    internal Sequential()
        : base(nameof(Sequential))
    {
    }

    public int Count => _modules.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _modules[index];

    public Sequential append(nn.IModule<Tensor, Tensor> module) => append(_modules.Count.ToString(CultureInfo.InvariantCulture), module);

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        register_module(name, (nn.Module)module);
        _modules.Add(module);
        return this;
    }

    public override Tensor forward(Tensor input)
    {
        if (_modules.Count == 0)
            return input.alias();
        var result = _modules[0].call(input);
        for (var i = 1; i < _modules.Count; i++)
        {
            using var before = result;
            result = _modules[i].call(before);
        }
        return result;
    }

    protected override void RegisterComponents()
    {
    }
}
