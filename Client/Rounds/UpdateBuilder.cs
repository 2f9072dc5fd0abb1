using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Turns a trained adapter into the bytes that leave: delta = theta_k - theta_v, each trained tensor encoded on its own.</summary>
static class UpdateBuilder
{
    /// <returns>The header and the tensors that are sent, and what their encoding leaves out of them.</returns>
    public static (byte[] Header, IEnumerable<ReadOnlyMemory<byte>> Tensors, byte[]? LeftOut) Build(
        WorkAssignment work, string clientId, AdapterTensors delta, long samples, double loss, TrainCost? cost = null, DeviceMeasurement? measurement = null)
    {
        var encoding = work.Encoding!.Value;
        var envelope = new UpdateEnvelope
        {
            Work = work,
            ClientId = clientId,
            Header = UpdateHeader.Of(delta.Layout, encoding),
            Samples = samples,
            LocalSteps = work.Train!.Steps,
            TrainingLoss = loss,
            Cost = cost,
            Measurement = measurement,
        };
        var tensors = delta.Layout.Tensors.Where(t => t.Trained).Select(t => Encode(encoding, t, delta));
        if (!ErrorFeedback.Uses(encoding))
            return (ProtoMapping.ToBytes(envelope), tensors, null);
        List<ReadOnlyMemory<byte>> encoded = [.. tensors];
        return (ProtoMapping.ToBytes(envelope), encoded, ErrorFeedback.LeftOut(work.Gauge, encoding, delta, encoded));
    }

    /// <summary>theta_k - theta_v.</summary>
    public static AdapterTensors Delta(AdapterTensors start, AdapterTensors trained)
    {
        var delta = new AdapterTensors(start.Layout);
        foreach (var tensor in start.Layout.Tensors)
            TensorPrimitives.Subtract(trained[tensor], start[tensor], delta[tensor]);
        return delta;
    }

    static ReadOnlyMemory<byte> Encode(TensorEncoding encoding, LayoutTensor tensor, AdapterTensors delta)
    {
        var bytes = new byte[DeltaCodec.EncodedBytes(encoding, tensor.Elements)];
        DeltaCodec.Encode(encoding, delta[tensor], bytes);
        return bytes;
    }
}
