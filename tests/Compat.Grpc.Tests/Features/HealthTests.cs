using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Compat.Grpc.Tests.Host.Calls;
using Health = Grpc.Health.V1.Health;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Compat.Grpc.Tests.Features;

public sealed class HealthTests : IAsyncLifetime
{
    bool _databaseIsUp = true;
    GrpcHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GrpcHost.StartAsync(
        app => app.MapGrpcHealthChecksService(),
        services: services => services
            .AddGrpcHealthChecks(options =>
            {
                options.Services.Map("rounds", check => check.Tags.Contains("rounds"));
                options.Services.Map("blobs", check => check.Name == "blobs");
            })
            .AddCheck("database", () => _databaseIsUp ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(), ["rounds"])
            .AddCheck("blobs", () => HealthCheckResult.Degraded()));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("", true, ServingStatus.Serving)]
    [InlineData("", false, ServingStatus.NotServing)]
    [InlineData("rounds", false, ServingStatus.NotServing)]
    [InlineData("blobs", false, ServingStatus.Serving)]
    public async Task Check_ByService_RunsItsChecks(string service, bool databaseIsUp, ServingStatus expected)
    {
        _databaseIsUp = databaseIsUp;
        using var channel = _host.Channel();
        var response = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = service }, Options);
        Assert.Equal(expected, response.Status);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        using var channel = _host.Channel();
        var call = new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = "nothing" }, Options);
        Assert.Equal(StatusCode.NotFound, await CodeOfAsync(() => call.ResponseAsync));
    }

    [Fact]
    public async Task Watch_StatusChanges_AreSentAsTheyHappen()
    {
        var published = _host.Services.GetRequiredService<HealthServiceImpl>();
        published.SetStatus("rounds", ServingStatus.Serving);
        using var channel = _host.Channel();
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = "rounds" }, Options);
        var seen = new List<ServingStatus>();
        foreach (var next in new[] { ServingStatus.NotServing, ServingStatus.Serving, ServingStatus.ServiceUnknown })
        {
            Assert.True(await watch.ResponseStream.MoveNext());
            seen.Add(watch.ResponseStream.Current.Status);
            if (next == ServingStatus.ServiceUnknown)
                published.ClearStatus("rounds");
            else
                published.SetStatus("rounds", next);
        }
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal([ServingStatus.Serving, ServingStatus.NotServing, ServingStatus.Serving], seen);
        Assert.Equal(ServingStatus.ServiceUnknown, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Watch_UnknownService_SaysSoAndStays()
    {
        using var channel = _host.Channel();
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = "nothing" }, Options);
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.ServiceUnknown, watch.ResponseStream.Current.Status);
    }
}
