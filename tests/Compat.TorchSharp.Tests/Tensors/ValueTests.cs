using System.Runtime.InteropServices;
using TorchSharp.Tests.Lifetime;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public sealed class ValueTests : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Tensor_FromArray_HasItsValuesAndShape()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        var flat = tensor(values);
        var shaped = tensor(values, [2, 3], dtype: ScalarType.Float64);
        values[0] = 99;

        Assert.Equal([6], flat.shape);
        Assert.Equal(1, flat[0].ToSingle());
        Assert.Equal([2, 3], shaped.shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], shaped.data<double>().ToArray());
        Assert.Equal([4, 5], tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } })[1, ..2].data<float>().ToArray());
        Assert.Equal([2, 1], tensor(new List<long> { 7, 8 }, 2, 1).shape);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1, 2, 3, 4 }.AsMemory(), [2, 2]).dtype);
        Assert.Equal(ScalarType.Float16, tensor(new[] { (Half)1.5f }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(true).dtype);
        Assert.Equal(-3, tensor(-3L).item<long>());
    }

    [Fact]
    public void Tensor_TooFewValues_IsRefused() =>
        Assert.Contains("6 vs. 5", Assert.Throws<ArgumentException>(() => tensor(new float[5], [2, 3])).Message, StringComparison.Ordinal);

    /// <summary>1.5 is 0x3FC0 in bfloat16 (the upper half of its float) and 0x3E00 in IEEE half.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16, 0x3FC0, 0xC000, 0x7F80)]
    [InlineData(ScalarType.Float16, 0x3E00, 0xC000, 0x7C00)]
    public void Bytes_SixteenBits_ReadAndWriteTheBitPattern(ScalarType type, int one, int two, int three)
    {
        ReadOnlySpan<ushort> bits = [(ushort)one, (ushort)two, (ushort)three];
        var tensor = empty(3, type);
        tensor.bytes = MemoryMarshal.AsBytes(bits).ToArray();

        Assert.Equal([1.5f, -2f, float.PositiveInfinity], tensor.to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal(bits.ToArray(), MemoryMarshal.Cast<byte, ushort>(torch.tensor(new[] { 1.5f, -2f, float.PositiveInfinity }).to(type).bytes).ToArray());
    }

    [Fact]
    public void Bytes_WrongLengthOrStrides_AreRefused()
    {
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => zeros(3).bytes = new byte[8]).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => zeros(3, 4).t().bytes.Length);
    }

    [Fact]
    public void Accessor_Strides_AreFollowed()
    {
        var transposed = arange(6).view(2, 3).t();
        Assert.Equal([0, 3, 1, 4, 2, 5], transposed.data<long>().ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], transposed.data<long>());
        Assert.Equal(4, transposed.data<long>()[1, 1]);
        var accessor = transposed.data<long>();
        accessor.CopyFrom([10, 11, 12], tensorIndex: 1);
        Assert.Equal([0, 10, 11, 12, 2, 5], accessor.ToArray());
        Assert.Throws<IndexOutOfRangeException>(() => accessor[3, 0]);
        Assert.Throws<ArgumentException>(() => transposed.data<float>());
    }

    [Fact]
    public void Item_SeveralElements_IsRefused()
    {
        Assert.Equal(2.5f, full(1, 1, 2.5).item<float>());
        Assert.Throws<ArgumentException>(() => zeros(2).item<float>());
        Assert.Equal(2, (int)tensor(2.9f));
    }

    [Fact]
    public void Description_Tensor_NamesShapeTypeAndDevice()
    {
        var tensor = zeros(2, 3, ScalarType.Float64);
        Assert.Equal("[2x3], type = Float64, device = cpu", tensor.ToString());
        Assert.Equal((2, 6, 8), (tensor.ndim, tensor.numel(), tensor.element_size()));
        Assert.Equal([3, 1], tensor.stride());
        Assert.Equal(3, tensor.size(-1));
        Assert.True(tensor.is_contiguous() && tensor.is_floating_point() && tensor.is_cpu() && !tensor.is_cuda);
        Assert.Equal(2, arange(6)[2..].storage_offset());
        Assert.Throws<ExternalException>(() => tensor.size(2));
    }

    [Fact]
    public void To_DisposeAfter_LeavesOnlyTheResult()
    {
        var before = LiveTensors.Count();
        var source = zeros(3);
        using var result = source.to(ScalarType.Float64, disposeAfter: true);
        Assert.True(source.IsInvalid);
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    [Fact]
    public void Scalar_Integer_KeepsAnIntegerTensorOne()
    {
        Assert.Equal(ScalarType.Int64, (arange(3) + 1).dtype);
        Assert.Equal(ScalarType.Float32, (arange(3) * 0.5).dtype);
        Assert.Equal(ScalarType.Int64, full(2, 7).dtype);
        Assert.Equal(2.5, ((Scalar)2.5f).ToDouble());
        Assert.Equal(ScalarType.Bool, ((Scalar)true).Type);
    }

    [Fact]
    public void DefaultType_Changed_IsWhatCreationUses()
    {
        set_default_dtype(ScalarType.Float64);
        try
        {
            Assert.Equal(ScalarType.Float64, zeros(1).dtype);
            Assert.Equal(ScalarType.Float64, nn.Linear(1, 1).weight.dtype);
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
        Assert.Throws<ArgumentException>(() => set_default_dtype(ScalarType.Int64));
    }

    [Fact]
    public void NamedDimensions_Given_AreRefused() => Assert.Throws<NotSupportedException>(() => zeros(1, names: ["x"]));
}
