using System.Globalization;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Lifetime;

public sealed class LeakTests(ITestOutputHelper output)
{
    const int Steps = 10_000;
    const int Settled = 2_000;

    [Fact]
    public void Training_TenThousandSteps_LeavesNothingBehind()
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var model = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.LayerNorm(16), nn.Dropout(0.1), nn.Linear(16, 4));
        using var optimizer = optim.AdamW(model.parameters(), 1e-3, weight_decay: 0.01);
        var inputs = randn(4, 8);
        var labels = randint(4, [4]);
        long live = 0, resident = 0;
        for (var step = 1; step <= Steps; step++)
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                nn.functional.cross_entropy(model.call(inputs), labels).backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }
            if (step == Settled)
                (live, resident) = (LiveTensors.Count(), Resident());
            if (step > Settled && step % 1000 == 0)
                Assert.Equal(live, Tensor.TotalCount);
        }
        var growth = ((double)Resident() / resident) - 1;
        output.WriteLine($"live tensors {live}; resident {resident / 1024} KiB after {Settled} steps, {growth:P2} more after {Steps}");
        Assert.InRange(growth, -1, 0.03);
    }

    [Fact]
    public void Tensor_Forgotten_IsGivenBackByTheFinalizer()
    {
        var before = LiveTensors.Count();
        Forget(100);
        for (var i = 0; i < 10 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(Tensor.TotalCount <= before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Forget(int count)
    {
        for (var i = 0; i < count; i++)
            _ = ones(10);
    }

    static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
