using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Client.Transport.Grpc;
using Federated.Protos.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federated.Client.Tests.Transport;

/// <summary>The daemon over real HTTP/2 on loopback, the test playing the coordinator behind it.</summary>
public sealed class GrpcTransportTests
{
    [Fact]
    public async Task Train_OverGrpc_JoinsTrainsAndUploadsWithItsToken()
    {
        using var fixture = new ClientFixture();
        await using var server = await StartAsync(fixture.Coordinator);
        using var stop = new CancellationTokenSource();
        var running = fixture.RunDaemonAsync(stop.Token, transport: new GrpcTransport(AddressOf(server), "secret"));
        var (_, peer) = await fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = fixture.Train("a") });
        var (header, _) = await fixture.TakeUpdateAsync();
        Assert.Equal("a", header.AssignmentId);
        await stop.CancelAsync();
        await running.WaitAsync(Peer.Limit);
        Assert.Equal("Bearer secret", server.Services.GetRequiredService<SeenToken>().Value);
    }

    [Fact]
    public async Task Connect_NobodyListens_IsUnavailable()
    {
        await using var transport = new GrpcTransport(new Uri("http://127.0.0.1:1"), "t");
        await using var stream = transport.Connect(CancellationToken.None);
        var failure = await Assert.ThrowsAsync<LinkException>(() => stream.ReceiveAsync(CancellationToken.None).WaitAsync(Peer.Limit));
        Assert.Equal(LinkFailure.Unavailable, failure.Failure);
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated, LinkFailure.Refused)]
    [InlineData(StatusCode.Internal, LinkFailure.Unavailable)]
    public async Task Connect_ServerRefuses_TranslatesTheStatus(StatusCode status, LinkFailure expected)
    {
        var coordinator = new TestCoordinator();
        await using var server = await StartAsync(coordinator);
        await using var transport = new GrpcTransport(AddressOf(server), "t");
        await using var stream = transport.Connect(CancellationToken.None);
        var receiving = stream.ReceiveAsync(CancellationToken.None);
        (await coordinator.ConnectionAsync()).Fail(status == StatusCode.Unauthenticated ? LinkFailure.Refused : LinkFailure.Unavailable, "F301: no.");
        var failure = await Assert.ThrowsAsync<LinkException>(() => receiving.WaitAsync(Peer.Limit));
        Assert.Equal((expected, "F301: no."), (failure.Failure, failure.Message));
    }

    internal static async Task<WebApplication> StartAsync(TestCoordinator coordinator)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(coordinator).AddSingleton<SeenToken>();
        var server = builder.Build();
        server.MapGrpcService<CoordinationService>();
        server.MapGrpcService<TransferService>();
        await server.StartAsync();
        return server;
    }

    internal static Uri AddressOf(WebApplication server) =>
        new(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    sealed class SeenToken
    {
        public string? Value { get; set; }
    }

    sealed class CoordinationService(TestCoordinator coordinator, SeenToken seen) : Coordination.CoordinationBase
    {
        public override Task Connect(IAsyncStreamReader<ClientMessage> requests, IServerStreamWriter<ServerMessage> replies, ServerCallContext context)
        {
            seen.Value = context.RequestHeaders.GetValue("authorization");
            return Statuses(() => coordinator.Handlers.Connect(new ServerStream<ServerMessage, ClientMessage>(requests, replies), context.CancellationToken));
        }
    }

    sealed class TransferService(TestCoordinator coordinator) : AdapterTransfer.AdapterTransferBase
    {
        public override Task Upload(IAsyncStreamReader<UploadFrame> requests, IServerStreamWriter<UploadReply> replies, ServerCallContext context) =>
            Statuses(() => coordinator.Handlers.Upload(new ServerStream<UploadReply, UploadFrame>(requests, replies), context.CancellationToken));

        public override Task Download(DownloadRequest request, IServerStreamWriter<BlobChunk> replies, ServerCallContext context) => Statuses(async () =>
        {
            await foreach (var chunk in coordinator.Download(request, context.CancellationToken))
                await replies.WriteAsync(chunk, context.CancellationToken);
        });
    }

    static async Task Statuses(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (LinkException e)
        {
            throw new RpcException(new Status(e.Failure switch
            {
                LinkFailure.Refused => StatusCode.Unauthenticated,
                LinkFailure.NotFound => StatusCode.NotFound,
                _ => StatusCode.Unavailable,
            }, e.Message));
        }
    }

    sealed class ServerStream<TSend, TReceive>(IAsyncStreamReader<TReceive> reader, IServerStreamWriter<TSend> writer) : IMessageStream<TSend, TReceive>
        where TReceive : class
    {
        public Task SendAsync(TSend message, CancellationToken cancellation) => writer.WriteAsync(message, cancellation);

        public Task CompleteAsync() => Task.CompletedTask;

        public async Task<TReceive?> ReceiveAsync(CancellationToken cancellation) => await reader.MoveNext(cancellation) ? reader.Current : null;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
