namespace Compat.Grpc.Tests.Interop;

/// <summary>One row per case; the four classes are peer by direction.</summary>
public sealed class OurClientGrpcioServerTests(GrpcioServer server) : IClassFixture<GrpcioServer>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case(string name) => InteropCases.All[name](server.Target);
}

public sealed class OurClientGrpcJsServerTests(GrpcJsServer server) : IClassFixture<GrpcJsServer>
{
    // The one cell that the peer lacks: the server of grpc-js does not compress responses.
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys.Except(["server_compressed_unary"])];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Case(string name) => InteropCases.All[name](server.Target);
}

public sealed class GrpcioClientOurServerTests(GrpcioClient client) : IClassFixture<GrpcioClient>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case(string name) => Assert.Equal("ok", await client.RunAsync(name));
}

public sealed class GrpcJsClientOurServerTests(GrpcJsClient client) : IClassFixture<GrpcJsClient>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case(string name) => Assert.Equal("ok", await client.RunAsync(name));
}
