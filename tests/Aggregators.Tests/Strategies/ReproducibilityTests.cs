using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class ReproducibilityTests
{
    const string OutputVariable = "FEDERATED_TEST_DIGESTS";

    static string Digests() => string.Join('\n', Trial.Specs().Select(s => $"{System.Text.Encoding.UTF8.GetString(s.ToJson())} {Trial.Digest(s, new FoldLimits())}"));

    [Fact]
    public void Fold_EveryStrategy_SameBitsOn1And2And7ThreadsAndUnderAnyBudget()
    {
        foreach (var spec in Trial.Specs())
        {
            var expected = Trial.Digest(spec, new FoldLimits());
            Assert.Equal(expected, Trial.Digest(spec, new FoldLimits(Threads: 2)));
            Assert.Equal(expected, Trial.Digest(spec, new FoldLimits(Threads: 7, MemoryBytes: 16 << 20)));
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void Fold_EveryStrategy_SameBitsWithoutAnInstructionSet(string variable)
    {
        Assert.SkipUnless(Avx2.IsSupported, "The processor has no AVX2 to switch off.");
        var file = Path.GetTempFileName();
        try
        {
            Child(variable, file);
            Assert.Equal(Digests(), File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The child's half of the test above: it first makes sure that the switch was understood.
    [Fact(Explicit = true)]
    public void Child_WritesDigests()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_EnableAVX512") == "0")
            Assert.False(Avx512F.IsSupported || Vector512.IsHardwareAccelerated);
        if (Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") == "0")
            Assert.False(Avx2.IsSupported || Fma.IsSupported || Vector256.IsHardwareAccelerated);
        if (Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0")
            Assert.False(Avx.IsSupported || Vector128.IsHardwareAccelerated);
        File.WriteAllText(Environment.GetEnvironmentVariable(OutputVariable)!, Digests());
    }

    static void Child(string variable, string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"*.{nameof(ReproducibilityTests)}.{nameof(Child_WritesDigests)}", "-explicit", "only", "-noColor"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[variable] = "0";
        start.Environment[OutputVariable] = file;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && new FileInfo(file).Length > 0, output);
    }
}
