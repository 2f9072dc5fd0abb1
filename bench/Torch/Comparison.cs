namespace Federated.Bench.Torch;

/// <summary>The same work on each side in turn, so that a busy moment of the machine hits all of them.</summary>
static class Comparison
{
    const int Calls = 20_000;

    public static (Measurement Sharp, Measurement Python) OfSteps(PythonPeer python, int rounds, int steps)
    {
        using var sharp = new SharpStep();
        sharp.Seconds(steps);
        python.Seconds($"step {steps}");
        if (Math.Abs(sharp.Loss - python.Loss) > 1e-4 * Math.Abs(python.Loss))
            throw new InvalidOperationException($"The two sides do not train alike: loss {sharp.Loss} in C#, {python.Loss} in Python after {steps} steps.");
        List<double> own = [];
        List<double> peer = [];
        for (var round = 0; round < rounds; round++)
        {
            own.Add(sharp.Seconds(steps) / steps);
            peer.Add(python.Seconds($"step {steps}") / steps);
        }
        var reference = Measurement.Of("step python", peer);
        return (Measurement.Of("step csharp", own, reference.Median), reference);
    }

    public static (Measurement Sharp, Measurement Python, Measurement Direct) OfOperator(PythonPeer python, string name, int rounds)
    {
        for (var i = 0; i < 5; i++)
            SmallOperators.Seconds(name, Calls);
        var samples = (Sharp: new List<double>(), Python: new List<double>(), Direct: new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            samples.Sharp.Add(SmallOperators.Seconds(name, Calls) / Calls);
            samples.Python.Add(python.Seconds($"op {name} {Calls}") / Calls);
            samples.Direct.Add(DirectCalls.Seconds(name, Calls) / Calls);
        }
        var reference = Measurement.Of($"{name} python", samples.Python);
        return (Measurement.Of($"{name} csharp", samples.Sharp, reference.Median), reference, Measurement.Of($"{name} c++", samples.Direct, reference.Median));
    }
}
