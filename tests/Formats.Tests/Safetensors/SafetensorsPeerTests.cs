using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Federated.Formats.Safetensors;
using Federated.Formats.Tests.Shared;

namespace Federated.Formats.Tests.Safetensors;

public sealed class SafetensorsPeerTests
{
    static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Safetensors", "safetensors_peer.py");

    internal static Dictionary<string, (long[] Shape, double[] Values)> Shown(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToDictionary(
            e => e.GetProperty("name").GetString()!,
            e => (e.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ToArray(), e.GetProperty("values").EnumerateArray().Select(v => Hex(v.GetString()!)).ToArray()));

    // Python's float.hex: [-]0x1.ffffp+e
    static double Hex(string text)
    {
        var negative = text.StartsWith('-');
        var parts = text.TrimStart('-')[2..].Split('.', 'p');
        var fraction = parts.Length == 3 ? parts[1] : "";
        var mantissa = (double)ulong.Parse(parts[0] + fraction, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var value = Math.ScaleB(mantissa, int.Parse(parts[^1], CultureInfo.InvariantCulture) - 4 * fraction.Length);
        return negative ? -value : value;
    }

    [Fact]
    public void ReadSingles_FileThatTorchWrote_GivesTorchsValues()
    {
        Assert.SkipUnless(Python.HasTorch, "python3-torch is not installed.");
        using var folder = new TemporaryFolder();
        Python.Output(Script, "write", folder.File("t.safetensors"));
        var expected = Shown(Python.Output(Script, "read", folder.File("t.safetensors")));
        using var file = SafetensorsFile.Open(folder.File("t.safetensors"));
        Assert.Equal(expected.Keys, file.Tensors.Select(t => t.Name));
        foreach (var tensor in file.Tensors)
        {
            Assert.Equal(expected[tensor.Name].Shape, tensor.Shape);
            if (tensor.Type is TensorType.I64 or TensorType.I32)
                Assert.Throws<FormatException>(() => file.ReadSingles(tensor));
            else
                Assert.Equal(expected[tensor.Name].Values.Select(v => (float)v), file.ReadSingles(tensor));
        }
        Assert.Equal([1, -2, 3, 1L << 40], MemoryMarshal.Cast<byte, long>(file.Bytes(file.Find("whole.I64")!)).ToArray());
    }

    [Fact]
    public void Write_ReadByTorch_GivesSameValues()
    {
        Assert.SkipUnless(Python.HasTorch, "python3-torch is not installed.");
        using var folder = new TemporaryFolder();
        float[] values = [1, -2.5f, float.Epsilon, 3e38f, 0, 1 / 3f];
        using (var stream = File.Create(folder.File("t.safetensors")))
            SafetensorsWriter.Write(stream, [TensorContent.Singles("b", [2, 3], values), TensorContent.Singles("a", [], [7])]);
        var read = Shown(Python.Output(Script, "read", folder.File("t.safetensors")));
        Assert.Equal(["a", "b"], read.Keys);
        Assert.Equal([2L, 3], read["b"].Shape);
        Assert.Equal(values.Select(v => (double)v), read["b"].Values);
    }
}
