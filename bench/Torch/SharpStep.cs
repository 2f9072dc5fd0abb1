using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Bench.Torch;

/// <summary>One training step in C#, as the client would write it.</summary>
sealed class SharpStep : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();
    readonly LoraVit _model;
    readonly AdamW _optimizer;
    readonly Tensor _inputs;
    readonly Tensor _labels;

    public SharpStep()
    {
        manual_seed(1);
        _model = new();
        _optimizer = optim.AdamW(_model.parameters().Where(parameter => parameter.requires_grad), 1e-3, weight_decay: 0.01);
        _inputs = randn(LoraVit.Batch, LoraVit.Tokens, LoraVit.Width);
        _labels = randint(LoraVit.Classes, [LoraVit.Batch]);
    }

    public double Loss { get; private set; }

    public double Seconds(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
            Step(i == steps - 1);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _inputs.Dispose();
        _labels.Dispose();
        _scope.Dispose();
    }

    void Step(bool report)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(_model.call(_inputs), _labels);
        loss.backward();
        _optimizer.step();
        if (report)
            Loss = loss.ToDouble();
    }
}
