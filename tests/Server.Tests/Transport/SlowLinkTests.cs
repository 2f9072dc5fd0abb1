using Federated.Protos.V1;
using UploadOptions = Federated.Server.Transport.Uploads.UploadOptions;
using Server.Tests.Kit;
using UploadResult = Federated.Protos.V1.UploadResult;

namespace Server.Tests.Transport;

/// <summary>One budget of memory over all uploads, with room for a single frame: a link on which nothing comes must not keep it.</summary>
public sealed class SlowLinkTests
{
    static readonly TestAdapter Adapter = new();

    [Fact]
    public async Task Upload_OnASilentLink_GivesItsShareToOthersAndGoesOnLater()
    {
        var clock = new ManualClock();
        await using var server = new ServerKit(time: clock, uploads: new UploadOptions { BudgetBytes = 1, StallLimit = TimeSpan.FromDays(30) });
        await server.CreateAsync(Adapter, Adapter.Spec("slow", rounds: 1, cohort: 2, s => s["cohort"]!["deadlineSeconds"] = 0));
        var (slow, quick) = (new SyntheticClient("a", server.Wire, Adapter), new SyntheticClient("b", server.Wire, Adapter));
        var talks = new[] { await Conversation.OpenAsync(server, slow), await Conversation.OpenAsync(server, quick) };
        var work = await Task.WhenAll(talks[0].JoinAsync(slow), talks[1].JoinAsync(quick));
        var (open, bytes) = slow.Update(work[0]);
        var silent = server.Transport.Upload(slow.Token, out var complete, CancellationToken.None);
        await silent.WriteAsync(new UploadFrame { Open = open }, CancellationToken.None);
        Assert.NotNull((await silent.ReadAsync(CancellationToken.None).DefaultTimeout())!.Ready);

        var (other, otherBytes) = quick.Update(work[1]);
        var waiting = server.Wire.UploadAsync(quick.Token, other, otherBytes, CancellationToken.None);
        await Task.Run(async () =>
        {
            while (!waiting.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }
        }).DefaultTimeout();

        Assert.Equal(UploadResult.Accepted, (await waiting).Result);
        await silent.WriteAsync(new UploadFrame { Chunk = new UploadChunk { Offset = (ulong)open.Header.Length, Data = Google.Protobuf.ByteString.CopyFrom(bytes.AsSpan(open.Header.Length)) } }, CancellationToken.None);
        complete();
        Assert.Equal(UploadResult.Accepted, (await silent.ReadAsync(CancellationToken.None).DefaultTimeout())!.Outcome.Result);
    }
}
