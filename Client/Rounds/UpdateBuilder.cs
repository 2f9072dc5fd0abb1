using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Turns a trained adapter into the bytes that leave: delta = theta_k - theta_v, each trained tensor encoded on its own.</summary>
static class UpdateBuilder
{
    public static (byte[] Header, IEnumerable<ReadOnlyMemory<byte>> Tensors) Build(
        WorkAssignment work, string clientId, AdapterTensors start, AdapterTensors trained, long samples, double loss)
    {
        var encoding = work.Encoding!.Value;
        var envelope = new UpdateEnvelope
        {
            Work = work,
            ClientId = clientId,
            Header = UpdateHeader.Of(start.Layout, encoding),
            Samples = samples,
            LocalSteps = work.Train!.Steps,
            TrainingLoss = loss,
        };
        return (ProtoMapping.ToBytes(envelope), start.Layout.Tensors.Where(t => t.Trained).Select(t => Encode(encoding, t, start, trained)));
    }

    static ReadOnlyMemory<byte> Encode(TensorEncoding encoding, LayoutTensor tensor, AdapterTensors start, AdapterTensors trained)
    {
        var delta = new float[tensor.Elements];
        TensorPrimitives.Subtract(trained[tensor], start[tensor], delta);
        var bytes = new byte[DeltaCodec.EncodedBytes(encoding, tensor.Elements)];
        DeltaCodec.Encode(encoding, delta, bytes);
        return bytes;
    }
}
