using System.Globalization;
using Federated.Bench.Torch;
using Federated.Cli.Bench.Report;
using TorchSharp;

const string Usage = "usage: bench torch [--rounds N] [--steps N] [--json FILE]\nOne LoRA training step of a small transformer, and small operators, in C# and in Python over the same libtorch.";
var (rounds, steps, json) = (15, 40, (string?)null);
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0:
        case "--steps" when int.TryParse(value, CultureInfo.InvariantCulture, out steps) && steps > 0:
            i++;
            break;
        case "--json" when value is not null:
            json = value;
            i++;
            break;
        default:
            Console.Error.WriteLine(Usage);
            return args[i] is "--help" or "-h" ? 0 : 2;
    }
}

var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Federated.sln")))
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark runs inside the repository.");
torch.set_num_threads(1);
DirectCalls.Build(root);
using var python = new PythonPeer();

var (sharpStep, pythonStep) = Comparison.OfSteps(python, rounds, steps);
var details = new List<Measurement> { pythonStep };
Console.WriteLine($"training step: C# {sharpStep.Median * 1e3:F3} ms, Python {pythonStep.Median * 1e3:F3} ms, C# runs at {sharpStep.Ratio:F3} of Python's speed (median of {rounds} interleaved rounds of {steps} steps)");
foreach (var name in SmallOperators.Names)
{
    var (sharp, peer, direct) = Comparison.OfOperator(python, name, rounds);
    details.AddRange([sharp, peer, direct]);
    Console.WriteLine($"{name,-7} C# {sharp.Median * 1e9,5:F0} ns, Python {peer.Median * 1e9,5:F0} ns, C++ {direct.Median * 1e9,5:F0} ns; C# adds {(sharp.Median - direct.Median) * 1e9:F0} ns");
}
if (json is not null)
    await BenchFile.WriteAsync(new FileInfo(json), "bench torch", [.. details.Prepend(sharpStep).Select(m => new BenchEntry(m.Name, "s", m.Samples, m.Ratio))], default);
return 0;
