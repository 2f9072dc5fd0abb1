using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Host;

/// <summary>What most tests say about calls.</summary>
public static class Calls
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CallOptions Options => new(deadline: DateTime.UtcNow + Limit);

    public static TestService.TestServiceClient Client(this GrpcChannel channel) => new(channel);

    public static Payload Payload(int size, byte fill = 0)
    {
        var body = new byte[size];
        body.AsSpan().Fill(fill);
        return new Payload { Body = UnsafeByteOperations.UnsafeWrap(body) };
    }

    public static async Task<Status> StatusOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).Status;

    public static async Task<StatusCode> CodeOfAsync(Func<Task> call) => (await StatusOfAsync(call)).StatusCode;
}
