using Federated.Aggregators.Adapters;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Adapters;

public sealed class UpdateValidatorTests
{
    static readonly AdapterSchema Schema = Schemas.Lora(8, 10, (6, 5), (4, 3));
    static readonly AdapterLayout Layout = AdapterLayout.Of(Schema, AdapterPlan.Uniform(Schema, 2, version: 7));
    static readonly UpdateHeader Good = UpdateHeader.Of(Layout, TensorEncoding.F16);
    static readonly UpdateValidator Validator = new(Layout, TensorEncoding.F16, normCap: 100);

    static UpdateHeader With(int at, Func<TensorHeader, TensorHeader> change) =>
        Good with { Tensors = [.. Good.Tensors.Select((t, i) => i == at ? change(t) : t)] };

    public static TheoryData<UpdateFault, UpdateHeader> Broken => new()
    {
        { UpdateFault.WrongSchema, Good with { SchemaDigest = "x" } },
        { UpdateFault.WrongBase, Good with { BaseDigest = new string('b', 64) } },
        { UpdateFault.WrongPlan, Good with { PlanVersion = 6 } },
        { UpdateFault.UnknownTensor, With(1, t => t with { Name = "other" }) },
        { UpdateFault.DuplicateTensor, With(1, _ => Good.Tensors[0]) },
        { UpdateFault.MissingTensor, Good with { Tensors = [.. Good.Tensors.Skip(1)] } },
        { UpdateFault.WrongOrder, Good with { Tensors = [.. Good.Tensors.Reverse()] } },
        { UpdateFault.WrongShape, With(2, t => t with { Shape = [3, 2] }) },
        { UpdateFault.WrongEncoding, With(2, t => t with { Encoding = TensorEncoding.F32 }) },
        { UpdateFault.WrongSize, With(2, t => t with { Bytes = t.Bytes + 1 }) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void CheckHeader_OneThingWrong_NamesIt(UpdateFault fault, UpdateHeader header) =>
        Assert.Equal(fault, Validator.CheckHeader(header)?.Fault);

    [Fact]
    public void CheckHeader_AsPlanned_IsAccepted() => Assert.Null(Validator.CheckHeader(Good));

    [Fact]
    public void CheckHeader_TensorsWithoutNames_StandForTheirPlaces()
    {
        var nameless = Good with { Tensors = [.. Good.Tensors.Select(t => t with { Name = "" })] };
        Assert.Null(Validator.CheckHeader(nameless));
        Assert.Null(Validator.CheckHeader(With(1, t => t with { Name = "" })));
        Assert.Equal(UpdateFault.WrongShape, Validator.CheckHeader(nameless with { Tensors = [.. nameless.Tensors.Reverse()] })?.Fault);
        Assert.Equal(UpdateFault.MissingTensor, Validator.CheckHeader(nameless with { Tensors = [.. nameless.Tensors.Skip(1)] })?.Fault);
        Assert.Equal(UpdateFault.UnknownTensor, Validator.CheckHeader(nameless with { Tensors = [.. nameless.Tensors, nameless.Tensors[0]] })?.Fault);
    }

    static byte[] Encoded(AdapterTensors values, TensorEncoding encoding)
    {
        var bytes = new byte[values.Layout.EncodedBytes(encoding)];
        var at = 0;
        foreach (var tensor in values.Layout.Tensors)
        {
            var length = DeltaCodec.EncodedBytes(encoding, tensor.Elements);
            DeltaCodec.Encode(encoding, values[tensor], bytes.AsSpan(at, length));
            at += length;
        }
        return bytes;
    }

    [Fact]
    public void CheckBytes_EncodedUpdate_IsAcceptedAndReadBack()
    {
        var values = Noise.Tensors(new Random(1), Layout);
        var bytes = Encoded(values, TensorEncoding.F32);
        Assert.Null(new UpdateValidator(Layout, TensorEncoding.F32).CheckBytes(new MemorySpanSource(bytes)));
        var read = new float[3];
        new EncodedDelta(Layout, TensorEncoding.F32, new MemorySpanSource(bytes)).Read(1, 4, read);
        Assert.Equal(values[1].Slice(4, 3).ToArray(), read);
    }

    [Fact]
    public void CheckBytes_HostileValues_AreRefusedWithTensorAndElement()
    {
        var values = Noise.Tensors(new Random(1), Layout);
        var f32 = new UpdateValidator(Layout, TensorEncoding.F32, normCap: 100);
        var bytes = Encoded(values, TensorEncoding.F32);
        BitConverter.TryWriteBytes(bytes.AsSpan(4 * 12), float.NegativeInfinity);
        var rejection = f32.CheckBytes(new MemorySpanSource(bytes));
        Assert.Equal(UpdateFault.NotFinite, rejection?.Fault);
        Assert.Contains("lora_B.weight' has value -Infinity at element 2", rejection?.Message);

        values[0][0] = 3e38f;
        rejection = f32.CheckBytes(new MemorySpanSource(Encoded(values, TensorEncoding.F32)));
        Assert.Equal(UpdateFault.NormTooLarge, rejection?.Fault);
        Assert.Equal(UpdateFault.WrongSize, f32.CheckBytes(new MemorySpanSource(bytes.AsMemory(1)))?.Fault);

        var f16 = Encoded(new AdapterTensors(Layout), TensorEncoding.F16);
        f16[1] = 0x7F;
        Assert.Equal(UpdateFault.Malformed, Validator.CheckBytes(new MemorySpanSource(f16))?.Fault);
    }
}
