using System.Text.Json;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

public sealed class EventStreamTests : IAsyncLifetime
{
    readonly ManualClock _clock = new();
    RestKit _kit = null!;

    public async ValueTask InitializeAsync() => _kit = await RestKit.StartAsync(
        time: _clock, limits: new OperatorOptions { RequireKeys = false, LoopbackOnly = true, MaxEventStreams = 1 });

    [Fact]
    public async Task Stream_GoesOnAfterTheLastEventSeen_AndHearsWhatComes()
    {
        await _kit.CreateRunAsync("r");
        await _kit.CreateRunAsync("s");
        var all = (await _kit.GetAsync("events")).EnumerateArray().ToList();
        Assert.Equal(2, all.Count(e => e.GetProperty("kind").GetString() == "run-created"));
        var first = all[0].GetProperty("sequence").GetInt64();
        using var stream = await OpenAsync(lastEventId: first);

        foreach (var known in all.Skip(1))
            Assert.Equal(known.GetProperty("sequence").GetInt64(), (await stream.EventAsync()).GetProperty("sequence").GetInt64());
        (await _kit.Http.PostAsync("api/v1/runs/r/stop", null)).EnsureSuccessStatusCode();

        Assert.Equal("run-stopped", (await stream.EventAsync()).GetProperty("kind").GetString());
    }

    /// <summary>What a browser has seen of a coordinator that was restored from an older backup meanwhile.</summary>
    [Fact]
    public async Task Stream_AfterAnEventThatIsNotThere_HearsWhatComes()
    {
        await _kit.CreateRunAsync("r");
        using var stream = await OpenAsync(lastEventId: 1_000_000);
        (await _kit.Http.PostAsync("api/v1/runs/r/stop", null)).EnsureSuccessStatusCode();

        Assert.Equal("run-stopped", (await stream.EventAsync()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Stream_OfOneRun_HearsNothingOfAnother_AndBeginsNow()
    {
        await _kit.CreateRunAsync("one");
        await _kit.CreateRunAsync("two");
        using var stream = await OpenAsync("?run=two");
        (await _kit.Http.PostAsync("api/v1/runs/one/stop", null)).EnsureSuccessStatusCode();
        (await _kit.Http.PostAsync("api/v1/runs/two/stop", null)).EnsureSuccessStatusCode();

        var heard = await stream.EventAsync();

        Assert.Equal(("two", "run-stopped"), (heard.GetProperty("run").GetString(), heard.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Stream_WhenNothingHappens_ShowsThatItLives()
    {
        var armed = _clock.Armed;
        using var stream = await OpenAsync();
        while (_clock.Armed == armed)
            await Task.Yield();
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(": heartbeat", await stream.LineAsync());
    }

    [Fact]
    public async Task Stream_BeyondTheLimit_IsRefused_AndItsPlaceIsFreeAfterwards()
    {
        var stream = await OpenAsync();
        using var request = Request("");
        await RestKit.RefusedAsync("F378", await _kit.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        Assert.Equal(1, _kit.Get<EventStreams>().Open);
        stream.Dispose();
        while (_kit.Get<EventStreams>().Open > 0)
            await Task.Yield();
        (await OpenAsync()).Dispose();
    }

    [Fact]
    public async Task Stream_OfARevokedKey_Ends()
    {
        var key = await _kit.KeyAsync("viewer");
        var armed = _clock.Armed;
        using var stream = await OpenAsync(key: key);
        while (_clock.Armed == armed)
            await Task.Yield();
        await _kit.Get<ApiKeys>().RevokeAsync(key.Split('_')[1], CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(": heartbeat", await stream.LineAsync());
        Assert.Null(await stream.LineAsync());
    }

    [Fact]
    public async Task TheNewest_OfARun_AreItsOwn_HoweverMuchHappenedElsewhere()
    {
        await _kit.CreateRunAsync("quiet");
        await _kit.CreateRunAsync("busy");
        (await _kit.Http.PostAsync("api/v1/runs/quiet/pause", null)).EnsureSuccessStatusCode();
        foreach (var verb in new[] { "pause", "resume", "pause", "resume", "stop" })
            (await _kit.Http.PostAsync($"api/v1/runs/busy/{verb}", null)).EnsureSuccessStatusCode();

        Assert.Equal(["run-created", "run-paused"], await KindsAsync("events?after=-3&run=quiet"));
        Assert.Equal(["run-resumed", "run-stopped"], await KindsAsync("events?after=-2"));
        Assert.Equal(["run-stopped"], await KindsAsync("events?after=-2&limit=1"));
        Assert.Equal(8, (await KindsAsync($"events?after={long.MinValue}")).Length);

        async Task<string[]> KindsAsync(string path) => [.. (await _kit.GetAsync(path)).EnumerateArray().Select(e => e.GetProperty("kind").GetString()!)];
    }

    [Fact]
    public async Task Pages_FollowTheLinkToTheEnd()
    {
        await _kit.CreateRunAsync("r");
        var all = (await _kit.GetAsync("events")).EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()).ToList();
        var (paged, next) = (new List<long>(), (string?)"/api/v1/events?limit=1");
        while (next is not null)
        {
            using var answer = await _kit.Http.GetAsync(next);
            paged.AddRange((await RestKit.ReadAsync(answer)).EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()));
            next = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(all, paged);
    }

    [Fact]
    public async Task LastEventId_ThatIsNone_IsRefused()
    {
        using var request = Request("");
        request.Headers.Add("Last-Event-ID", "yesterday");
        await RestKit.RefusedAsync("F502", await _kit.Http.SendAsync(request));
    }

    static HttpRequestMessage Request(string query) => new(HttpMethod.Get, $"api/v1/events{query}") { Headers = { { "Accept", "text/event-stream" } } };

    async Task<Reader> OpenAsync(string query = "", long? lastEventId = null, string? key = null)
    {
        using var request = Request(query);
        if (lastEventId is { } id)
            request.Headers.Add("Last-Event-ID", $"{id}");
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        var answer = await _kit.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).DefaultTimeout();
        Assert.Equal("text/event-stream", answer.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        var reader = new Reader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
        Assert.StartsWith("retry: ", await reader.LineAsync(), StringComparison.Ordinal);
        return reader;
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    sealed class Reader(HttpResponseMessage answer, StreamReader lines) : IDisposable
    {
        /// <summary>The next line that is not empty; null at the end.</summary>
        public async Task<string?> LineAsync()
        {
            string? line;
            while ((line = await lines.ReadLineAsync().DefaultTimeout()) == "")
            {
            }
            return line;
        }

        public async Task<JsonElement> EventAsync()
        {
            var (id, kind, data) = (await LineAsync(), await LineAsync(), await LineAsync());
            var read = JsonDocument.Parse(data!["data: ".Length..]).RootElement;
            Assert.Equal(($"id: {read.GetProperty("sequence")}", $"event: {read.GetProperty("kind")}"), (id, kind));
            return read;
        }

        public void Dispose()
        {
            lines.Dispose();
            answer.Dispose();
        }
    }
}
