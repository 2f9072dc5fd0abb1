using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Devices;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Tests.Adapters;
using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Client.Transport.Grpc;
using Federated.Client.Transport.Messages;
using Federated.Protos.V1;
using AdapterTensorEncoding = Federated.Aggregators.Adapters.TensorEncoding;
using TrainSettings = Federated.Client.Training.TrainSettings;

namespace Federated.Client.Tests.Transport;

/// <summary>What an upload of each FedPEFT set weighs on a real connection, header and framing included.</summary>
public sealed class WireBytesTests(FedPeftTests.VitBase model) : IClassFixture<FedPeftTests.VitBase>
{
    [Theory]
    [InlineData("fedpeft-head")]
    [InlineData("fedpeft-bias")]
    [InlineData("fedpeft-adapter")]
    [InlineData("fedpeft-prompt")]
    [InlineData("fedpeft-lora")]
    public async Task Upload_OfASetOfVitBase_IsAtMostHalfAPercentOverTheFormula(string set)
    {
        using var folder = new TestFolder();
        var coordinator = new TestCoordinator();
        await using var server = await GrpcTransportTests.StartAsync(coordinator);
        await using var relay = CountingRelay.To(GrpcTransportTests.AddressOf(server));
        await using var transport = new GrpcTransport(relay.Address, "secret");
        var (schema, plan) = AdapterInitializer.Describe(model.Model, new AdapterRequest { Method = set });
        var layout = AdapterLayout.Of(schema, plan);
        var outbox = Outbox.Open(new OutboxFolder(folder["outbox"]));
        var entry = Write(layout, outbox);

        var sending = new UpdateUploads(transport, outbox, new LinkMeter(), TimeProvider.System).SendAsync(entry, CancellationToken.None);
        var peer = await coordinator.UploadAsync();
        var open = (await peer.ReceiveAsync())!.Open;
        await peer.SendAsync(new() { Ready = new() { Offset = (ulong)open.Header.Length } });
        var received = await ClientFixture.ReadChunksAsync(peer, open.Header.Length);
        await peer.SendAsync(new() { Outcome = new() { Result = Protos.V1.UploadResult.Accepted, Receipt = open.Digest } });
        peer.Close();
        await sending.WaitAsync(Peer.Limit);

        var formula = ByteAccount.Of(layout).Bytes;
        Assert.Equal(formula, received.Length);
        Assert.InRange(relay.Sent, formula + 1, formula * 1.005);
    }

    static OutboxEntry Write(AdapterLayout layout, Outbox outbox)
    {
        var digest = new string('a', 64);
        var work = new WorkAssignment
        {
            Id = "fashion-fair:12:1:t:hospital-north", RunId = "fashion-fair", Round = 12, ManifestDigest = digest, SchemaDigest = layout.Schema.Digest, PlanDigest = digest, PlanVersion = 0,
            Train = new TrainSettings { Steps = 20 }, Encoding = AdapterTensorEncoding.F32,
        };
        var (header, tensors, _) = UpdateBuilder.Build(work, "hospital-north", new AdapterTensors(layout), 1200, 0.5);
        return outbox.Add(work.Id, work.RunId, header, tensors);
    }
}
