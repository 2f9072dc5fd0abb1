using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Federated.Formats.Digests;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

public sealed class RestTests : IAsyncLifetime
{
    static readonly TestAdapter Adapter = new();

    RestKit _server = null!;

    public async ValueTask InitializeAsync() => _server = await RestKit.StartAsync();

    [Fact]
    public async Task Rest_WalkThroughARunsLife()
    {
        await AssertProblemAsync(HttpStatusCode.NotFound, "F101", await _server.Http.GetAsync("api/v1/runs/absent"));
        await AssertProblemAsync(HttpStatusCode.NotFound, "F405", await PostAsync("runs", Adapter.Spec("r", 1, 1)));
        foreach (var blob in Adapter.Blobs)
            Assert.Equal(HttpStatusCode.Created, (await PutAsync(TreeDigest.Of(blob), blob)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(TreeDigest.Of(Adapter.PlanBytes), Adapter.PlanBytes)).StatusCode);
        Assert.Equal(Adapter.PlanBytes, await _server.Http.GetByteArrayAsync($"api/v1/blobs/{TreeDigest.Of(Adapter.PlanBytes)}"));

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("runs?validate=true", Adapter.Spec("r", 1, 1))).StatusCode);
        Assert.Empty((await _server.GetAsync("runs")).EnumerateArray());
        Assert.Equal(HttpStatusCode.Created, (await PostAsync("runs", Adapter.Spec("r", 1, 1))).StatusCode);
        await AssertProblemAsync(HttpStatusCode.Conflict, "F103", await PostAsync("runs", Adapter.Spec("r", 1, 1)));

        Assert.True((await ReadAsync(await PostAsync("runs/r/pause", []))).GetProperty("paused").GetBoolean());
        Assert.False((await ReadAsync(await PostAsync("runs/r/resume", []))).GetProperty("paused").GetBoolean());
        Assert.Equal("Stopped", (await ReadAsync(await PostAsync("runs/r/stop", []))).GetProperty("phase").GetString());
        await AssertProblemAsync(HttpStatusCode.Conflict, "F104", await PostAsync("runs/r/pause", []));
        await AssertProblemAsync(HttpStatusCode.NotFound, "F108", await _server.Http.GetAsync("api/v1/runs/r/versions/7"));
        var first = await _server.GetAsync("runs/r/versions/0");
        Assert.Equal(3, first.GetProperty("groups").GetArrayLength());
        Assert.True(File.Exists(Path.Combine(first.GetProperty("publishedFolder").GetString()!, "adapter_model.safetensors")));
        Assert.Empty((await _server.GetAsync("fleet")).EnumerateArray());
    }

    [Fact]
    public async Task Blobs_Wrong_AreRefusedAndNotKept()
    {
        var digest = TreeDigest.Of([1]);
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "F403", await PutAsync(digest, [2]));
        await AssertProblemAsync(HttpStatusCode.NotFound, "F405", await _server.Http.GetAsync($"api/v1/blobs/{digest}"));
        await AssertProblemAsync(HttpStatusCode.BadRequest, "F509", await PutAsync("..%2F..%2Fetc", [2]));
        using var large = new HttpRequestMessage(HttpMethod.Put, $"api/v1/blobs/{digest}") { Content = new ByteArrayContent([]) };
        large.Content.Headers.ContentLength = 0;
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "F403", await _server.Http.SendAsync(large));
    }

    [Theory]
    [InlineData("{", "F502")]
    [InlineData("{\"nmae\":\"x\"}", "F501")]
    [InlineData("{\"name\":\"x\"}", "F502")]
    public async Task Runs_MalformedSpec_IsRefused(string body, string code) =>
        await AssertProblemAsync(HttpStatusCode.BadRequest, code, await PostAsync("runs", System.Text.Encoding.UTF8.GetBytes(body)));

    Task<HttpResponseMessage> PutAsync(string digest, byte[] body) => _server.Http.PutAsync($"api/v1/blobs/{digest}", new ByteArrayContent(body));

    Task<HttpResponseMessage> PostAsync(string path, byte[] body) => _server.Http.PostAsync($"api/v1/{path}", new ByteArrayContent(body));

    static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();

    static async Task AssertProblemAsync(HttpStatusCode status, string code, HttpResponseMessage answer)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, code), (answer.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
