using Federated.Client.Storage;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Protos.V1;
using Google.Protobuf;

namespace Federated.Client.Tests.Transport;

public sealed class ProtoMappingTests
{
    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 10, TieredBlobs.SmallBytes, 10 }, 3)]
    [InlineData(new[] { TieredBlobs.SmallBytes + 1, 10 }, 1)]
    [InlineData(new[] { TieredBlobs.SmallBytes, TieredBlobs.SmallBytes }, 2)]
    [InlineData(new[] { TieredBlobs.SmallBytes, TieredBlobs.SmallBytes, 1 }, 2)]
    public void Assignment_BlobsBeyondTheLimits_AreIgnored(int[] sizes, int taken)
    {
        var assignment = new Assignment { Blobs = { sizes.Select(s => ByteString.CopyFrom(new byte[s])) } };
        var read = (ServerEvent.Assigned)ProtoMapping.FromWire(new ServerMessage { Assignment = assignment })!;
        Assert.Equal(sizes.Where(s => s <= TieredBlobs.SmallBytes).Take(taken), read.Work.Blobs.Select(b => b.Length));
    }
}
