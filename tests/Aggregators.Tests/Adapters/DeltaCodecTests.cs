using System.Buffers.Binary;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Adapters;

public sealed class DeltaCodecTests
{
    public static TheoryData<TensorEncoding> All => [.. Enum.GetValues<TensorEncoding>()];

    static byte[] Encode(TensorEncoding encoding, float[] values)
    {
        var bytes = new byte[DeltaCodec.EncodedBytes(encoding, values.Length)];
        DeltaCodec.Encode(encoding, values, bytes);
        Assert.Null(DeltaCodec.Problem(encoding, bytes, values.Length));
        return bytes;
    }

    static float[] Decode(TensorEncoding encoding, byte[] bytes, int elements)
    {
        var values = new float[elements];
        DeltaCodec.Decode(encoding, bytes, elements, 0, values);
        return values;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_AnyWindow_EqualsThatPartOfTheWhole(TensorEncoding encoding)
    {
        foreach (var n in new[] { 1, 2, 63, 64, 65, 255, 256, 257, 1000 })
        {
            var bytes = Encode(encoding, Noise.Normal(new Random(n), n, 1e-3));
            var whole = Decode(encoding, bytes, n);
            for (var offset = 0; offset < n; offset += 1 + n / 7)
            {
                var part = new float[Math.Min(n - offset, 1 + n / 3)];
                DeltaCodec.Decode(encoding, bytes, n, offset, part);
                Assert.Equal(whole[offset..(offset + part.Length)], part);
            }
        }
    }

    [Theory]
    [InlineData(TensorEncoding.F32, 0)]
    [InlineData(TensorEncoding.F16, 1.0 / 2048)]
    [InlineData(TensorEncoding.BF16, 1.0 / 256)]
    public void Encode_NormalRange_IsWithinHalfAUnitInTheLastPlace(TensorEncoding encoding, double relative)
    {
        foreach (var scale in new[] { 1e-30, 1e-6, 1.0, 1e20 })
        {
            var values = Noise.Normal(new Random(5), 5000, scale).Where(v => Math.Abs(v) > 0.01 * scale).ToArray();
            var decoded = Decode(encoding, Encode(encoding, values), values.Length);
            for (var i = 0; i < values.Length; i++)
                Assert.True(Math.Abs(decoded[i] - values[i]) <= relative * Math.Abs(values[i]), $"{values[i]:r} became {decoded[i]:r}");
        }
    }

    [Fact]
    public void Encode_F16_RoundsOnceToNearestEven()
    {
        // The largest magnitude 16384 fixes the exponent 0; 2049 lies half way between 2048 and 2050, 2051 between 2050 and 2052.
        Assert.Equal([16384f, 2048f, 2052f, 2050f], Decode(TensorEncoding.F16, Encode(TensorEncoding.F16, [16384f, 2049f, 2051f, 2049.0002f]), 4));
    }

    [Fact]
    public void Encode_F16_EqualsScaledHalfConversion()
    {
        foreach (var scale in new[] { 1e-44, 1e-38, 1e-20, 1.0, 3e37 })
        {
            var values = Noise.Normal(new Random(6), 999, scale);
            var bytes = Encode(TensorEncoding.F16, values);
            var e = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var decoded = Decode(TensorEncoding.F16, bytes, values.Length);
            for (var i = 0; i < values.Length; i++)
                Assert.Equal((float)((double)(Half)(values[i] * Math.Pow(2, e)) * Math.Pow(2, -e)), decoded[i]);
        }
    }

    [Fact]
    public void Encode_BF16_RoundsToNearestEven() =>
        Assert.Equal([256f, 260f, 258f], Decode(TensorEncoding.BF16, Encode(TensorEncoding.BF16, [257f, 259f, 257.01f]), 3));

    [Fact]
    public void Encode_Blocks_StayWithinTheirAnalyticBounds()
    {
        var values = Noise.Normal(new Random(7), 1000, 1e-4);
        var i8 = Decode(TensorEncoding.I8Block, Encode(TensorEncoding.I8Block, values), 1000);
        var nf4 = Decode(TensorEncoding.NF4, Encode(TensorEncoding.NF4, values), 1000);
        for (var i = 0; i < 1000; i++)
        {
            var largest8 = values[(i / 256 * 256)..Math.Min(1000, (i / 256 + 1) * 256)].Max(Math.Abs);
            Assert.True(Math.Abs(i8[i] - values[i]) <= largest8 / 127 * 0.5001);
            var largest4 = values[(i / 64 * 64)..Math.Min(1000, (i / 64 + 1) * 64)].Max(Math.Abs);
            // The widest gap between levels is the first one: 1 - 0.6962.
            Assert.True(Math.Abs(nf4[i] - values[i]) <= largest4 * (1 - 0.6961928) / 2 * 1.0001);
        }
    }

    [Fact]
    public void Encode_TopK_KeepsTheLargestAndLowerIndexOnATie()
    {
        var values = new float[32];
        (values[3], values[9], values[30], values[5]) = (-2, 2, 5, 1);
        var expected = new float[32];
        (expected[3], expected[30]) = (-2, 5);
        Assert.Equal(expected, Decode(TensorEncoding.TopK, Encode(TensorEncoding.TopK, values), 32));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Encode_Extremes_NeverDecodesToNonFinite(TensorEncoding encoding)
    {
        float[][] cases = [[0, -0f], [float.Epsilon, 0], [float.Epsilon, -float.Epsilon, 1e-42f], [float.MaxValue, 1, 0]];
        foreach (var values in cases.Where(v => encoding is not (TensorEncoding.BF16 or TensorEncoding.F16) || v[0] < float.MaxValue))
            Assert.All(Decode(encoding, Encode(encoding, values), values.Length), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Encode_WhatDoesNotFit_IsRefusedWithItsValue()
    {
        Assert.Contains("Element 1 is NaN", Assert.Throws<ArgumentException>(() => DeltaCodec.Encode(TensorEncoding.F32, [1, float.NaN], new byte[8])).Message);
        Assert.Contains("rounds to infinity", Assert.Throws<ArgumentException>(() => DeltaCodec.Encode(TensorEncoding.BF16, [float.MaxValue], new byte[2])).Message);
        Assert.Contains("rounds to infinity", Assert.Throws<ArgumentException>(() => DeltaCodec.Encode(TensorEncoding.F16, [float.MaxValue], new byte[6])).Message);
    }
}
