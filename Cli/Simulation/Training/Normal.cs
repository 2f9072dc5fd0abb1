using Federated.Aggregators.Numerics;

namespace Federated.Cli.Simulation.Training;

/// <summary>Normal values of a counter-based stream, by Box and Muller in double precision.</summary>
static class Normal
{
    public static void Fill(Philox random, Span<float> into, double deviation)
    {
        for (var i = 0; i < into.Length; i += 2)
        {
            var words = random.Block((ulong)i);
            var radius = deviation * Math.Sqrt(-2 * Math.Log((words.A + 1.0) / 4294967296.0));
            var angle = 2 * Math.PI * words.B / 4294967296.0;
            into[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < into.Length)
                into[i + 1] = (float)(radius * Math.Sin(angle));
        }
    }
}
