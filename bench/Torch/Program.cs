using System.CommandLine;
using Federated.Bench.Torch;
using Federated.Cli.Bench.Report;
using Federated.Cli.Terminal;
using TorchSharp;

var roundsOption = NumberOption.Of("--rounds", "Rounds in which both sides take turns.", 15, 1, 1_000);
var stepsOption = NumberOption.Of("--steps", "Training steps of a round.", 40, 1, 10_000);
var json = new Option<FileInfo?>("--json") { Description = "Write the measurements to this file." };
var command = new RootCommand("One LoRA training step of a small transformer, and small operators, in C# and in Python over the same libtorch.") { roundsOption, stepsOption, json };
command.SetAction(async (parsed, stop) =>
{
    var (rounds, steps) = (parsed.GetValue(roundsOption), parsed.GetValue(stepsOption));
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
    await BenchFile.WriteAsync(parsed.GetValue(json), "bench torch", [.. details.Prepend(sharpStep).Select(m => new BenchEntry(m.Name, "s", m.Samples, m.Ratio))], stop);
    return ExitCode.Done;
});
return await CommandRunner.RunAsync(command, args);
