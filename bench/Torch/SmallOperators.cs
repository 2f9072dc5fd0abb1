using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Bench.Torch;

/// <summary>Operators so small that only the way to them costs.</summary>
static class SmallOperators
{
    public static readonly string[] Names = ["add", "mul_", "view", "relu", "matmul"];

    public static double Seconds(string name, int times)
    {
        using var scope = NewDisposeScope();
        var (one, two, small) = (ones(1), ones(1), ones(4, 4));
        var start = Stopwatch.GetTimestamp();
        switch (name)
        {
            case "add":
                for (var i = 0; i < times; i++)
                    (one + two).Dispose();
                break;
            case "mul_":
                for (var i = 0; i < times; i++)
                    one.mul_(1.0);
                break;
            case "view":
                for (var i = 0; i < times; i++)
                    small.view(16).Dispose();
                break;
            case "relu":
                for (var i = 0; i < times; i++)
                    small.relu().Dispose();
                break;
            case "matmul":
                for (var i = 0; i < times; i++)
                    small.matmul(small).Dispose();
                break;
            default:
                throw new ArgumentException($"There is no small operator '{name}'.", nameof(name));
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
