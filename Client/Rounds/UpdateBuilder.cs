using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Turns a trained adapter into the bytes that leave: delta = theta_k - theta_v, each trained tensor encoded on its own.</summary>
static class UpdateBuilder
{
    /// <returns>The header, the tensors that are sent, each valid until the next one, and what their encoding leaves out of them.</returns>
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
        var tensors = Encode(encoding, delta);
        if (!ErrorFeedback.Uses(encoding))
            return (ProtoMapping.ToBytes(envelope), tensors, null);
        List<ReadOnlyMemory<byte>> encoded = [.. tensors.Select(t => (ReadOnlyMemory<byte>)t.ToArray())];
        return (ProtoMapping.ToBytes(envelope), encoded, ErrorFeedback.LeftOut(work.Gauge, encoding, delta, encoded));
    }

    /// <summary>theta_k - theta_v, in the place of theta_k.</summary>
    public static AdapterTensors Delta(AdapterTensors start, AdapterTensors trained)
    {
        foreach (var tensor in start.Layout.Tensors)
            TensorPrimitives.Subtract(trained[tensor], start[tensor], trained[tensor]);
        return trained;
    }

    // All in one place, one after another: fresh memory would cost more than the encoding.
    static IEnumerable<ReadOnlyMemory<byte>> Encode(TensorEncoding encoding, AdapterTensors delta)
    {
        var trained = delta.Layout.Tensors.Where(t => t.Trained).ToList();
        var place = new byte[trained.Max(t => (int?)DeltaCodec.EncodedBytes(encoding, t.Elements)) ?? 0];
        foreach (var tensor in trained)
        {
            var bytes = place.AsMemory(0, DeltaCodec.EncodedBytes(encoding, tensor.Elements));
            DeltaCodec.Encode(encoding, delta[tensor], bytes.Span);
            yield return bytes;
        }
    }
}
