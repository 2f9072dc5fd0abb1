using System.Buffers.Binary;
using System.Text;
using Federated.Aggregators.Adapters;
using Federated.Formats.Safetensors;

namespace Federated.Formats.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    static byte[] File(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    static SafetensorsFile Open(byte[] bytes) => new(new MemorySpanSource(bytes), "x.safetensors");

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "data_offsets [0, 8]; the file has 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data_offsets [8, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "data_offsets [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "does not have 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""", 0, "does not have 0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}""", 0, "an integer of 0 or more")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype F31")]
    [InlineData("""{"a":{"dtype":"1","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "inside the tensor before it")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[6,10]}}""", 10, "after a hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 9, "5 bytes after its last tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "occurs twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}}""", 4, "field 'x' is unknown")]
    [InlineData("""{"a":null}""", 0, "tensor 'a' is null")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "must be a string")]
    [InlineData("""[1]""", 0, "must be a JSON object")]
    [InlineData("""{} {}""", 0, "is no valid JSON")]
    [InlineData("""{"\ud800":1}""", 0, "no valid Unicode")]
    public void Open_HeaderThatDoesNotDescribeTheFile_IsRefused(string header, int data, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Open(File(header, data))).Message);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1000UL)]
    public void Open_HeaderLengthBeyondTheFile_IsRefused(ulong length)
    {
        var bytes = File("{}", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Contains($"declares a header of {length} bytes", Assert.Throws<FormatException>(() => Open(bytes)).Message);
    }

    [Fact]
    public void Open_EveryPrefixOfAFile_IsRefusedAsFormatException()
    {
        var bytes = Written();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => Open(bytes[..length]));
    }

    [Fact]
    public void Open_RandomDamage_NeverCrashes()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = Written();
            for (var d = 0; d < 3; d++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                using var file = Open(bytes);
                foreach (var tensor in file.Tensors.Where(t => t.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16))
                    Assert.Equal(tensor.Elements, file.ReadSingles(tensor).Length);
            }
            catch (FormatException)
            {
                // The one way to refuse.
            }
        }
    }

    [Fact]
    public void Write_AnyOrderOfTensors_GivesSameBytesWithDataOn64()
    {
        TensorContent[] tensors = [TensorContent.Singles("b", [2], [1, 2]), TensorContent.Singles("a", [1], [3])];
        var (one, two) = (new MemoryStream(), new MemoryStream());
        SafetensorsWriter.Write(one, tensors);
        SafetensorsWriter.Write(two, tensors.Reverse());
        Assert.Equal(one.ToArray(), two.ToArray());
        using var file = Open(one.ToArray());
        Assert.Equal(0, file.Find("a")!.Offset % 64);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([1f, 2], file.ReadSingles(file.Find("b")!));
    }

    static byte[] Written()
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [TensorContent.Singles("weight", [2, 3], [1, 2, 3, 4, 5, 6]), TensorContent.Singles("bias", [2], [7, 8])]);
        return stream.ToArray();
    }
}
