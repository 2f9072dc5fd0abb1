using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Federated.Bench.Torch;

/// <summary>direct.cpp, built beside the shim by the shim's own build script.</summary>
static unsafe partial class DirectCalls
{
    const string Library = "federated_torch_direct";

    public static double Seconds(string name, int times)
    {
        var start = Stopwatch.GetTimestamp();
        if (ft_direct(name, times) == 0)
            throw new ArgumentException($"direct.cpp has no operator '{name}'.", nameof(name));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static void Build(string root)
    {
        var output = Path.Combine(root, "artifacts", "native");
        using var build = Process.Start(Path.Combine(root, "compat", "TorchSharp", "native", "build.sh"), [output, $"lib{Library}.so", Path.Combine(root, "bench", "Torch", "direct.cpp")]);
        build.WaitForExit();
        if (build.ExitCode != 0)
            throw new InvalidOperationException("direct.cpp does not build; see above.");
        NativeLibrary.SetDllImportResolver(typeof(DirectCalls).Assembly, (_, _, _) => NativeLibrary.Load(Path.Combine(output, $"lib{Library}.so")));
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ft_direct(string name, long times);
}
