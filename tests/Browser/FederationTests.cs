using System.IO.Compression;
using Browser.Tests.Kit;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>What an operator does with a mouse and a keyboard, against the real server with sites at work.</summary>
public sealed class FederationTests(Chromium chromium, LiveFederation federation) : IClassFixture<Chromium>, IClassFixture<LiveFederation>
{
    [Fact]
    public async Task NewRun_FilledIn_IsCreatedAndWatchedToItsEnd()
    {
        await using var visit = await chromium.OpenAsync(federation.Address);
        var page = visit.Page;
        await visit.GoAsync("/new", "New run");

        await visit.Button("Create run").ClickAsync();
        await visit.SeeAsync("A run needs a name.");
        await page.GetByLabel("Files of the adapter").SetInputFilesAsync(federation.WriteBundle());
        await page.GetByLabel("Name").FillAsync("by-hand");
        await page.GetByLabel("Rounds").FillAsync("4");
        await page.GetByLabel("Clients per round").FillAsync($"{LiveFederation.Sites.Count}");
        await visit.Button("Check only").ClickAsync();
        await visit.SeeAsync("The coordinator would accept this run.");
        await visit.Button("Create run").ClickAsync();

        await visit.SeeAsync(page.GetByRole(AriaRole.Heading, new() { Name = "by-hand", Level = 1 }));
        // Nothing is reloaded by hand from here on: the page follows by itself.
        await visit.SeeAsync("All rounds are published.");
        var accuracy = page.Locator(".chart", new() { HasText = "Held-out accuracy" });
        await accuracy.Locator("summary").ClickAsync();
        // Read piece by piece while it grew: every round once.
        await Assertions.Expect(accuracy.Locator("tbody th")).ToHaveTextAsync(["0", "1", "2", "3", "4"], new() { Timeout = Visit.LimitMs });
        visit.AssertQuiet();
    }

    [Fact]
    public async Task NewRun_RefusedByTheServer_SaysWhyAndCreatesNothing()
    {
        await using var visit = await chromium.OpenAsync(federation.Address);
        var page = visit.Page;
        await visit.GoAsync("/new", "New run");
        var files = federation.WriteBundle();
        // The plan where the schema belongs: only the server can know.
        await page.GetByLabel("Files of the adapter").SetInputFilesAsync(
        [
            Payload(files[0], "init.json"), Payload(files[2], "schema.json"), Payload(files[1], "plan.json"), Payload(files[3], "version0.safetensors"),
        ]);
        await page.GetByLabel("Name").FillAsync("mixed-up");
        await page.GetByLabel("Clients per round").FillAsync("2");

        await visit.Button("Create run").ClickAsync();

        await visit.SeeAsync("Nothing was created.");
        Assert.DoesNotContain("mixed-up", await federation.Server.Http.GetStringAsync("api/v1/runs"));
    }

    /// <summary>What only the coordinator knows to be wrong is said at the field, in a part of the form that was folded.</summary>
    [Fact]
    public async Task NewRun_Private_IsRefusedAtTheFieldThatIsWrong_AndThenAccepted()
    {
        await using var visit = await chromium.OpenAsync(federation.Address);
        var page = visit.Page;
        await visit.GoAsync("/new", "New run");
        await page.GetByLabel("Files of the adapter").SetInputFilesAsync(federation.WriteBundle());
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("private-by-hand");
        await page.GetByLabel("Clients per round").FillAsync("6");
        await page.GetByLabel("Noise", new() { Exact = true }).SelectOptionAsync("server");
        await page.GetByLabel("Budget ε").FillAsync("50");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Late work" }).ClickAsync();
        await page.GetByLabel("Stragglers").SelectOptionAsync("semi-synchronous");

        await visit.Button("Check only").ClickAsync();
        await visit.SeeAsync(FieldError(page, "Strategy", "needs all clients to start from one version"));
        await page.GetByLabel("Stragglers").SelectOptionAsync("");
        await visit.Button("Check only").ClickAsync();
        await visit.SeeAsync(FieldError(page, "Weights", "every client weighs the same"));
        await Assertions.Expect(page.GetByLabel("Weights")).ToBeFocusedAsync(new() { Timeout = Visit.LimitMs });
        await page.GetByLabel("Weights").FillAsync("uniform");
        await visit.Button("Create run").ClickAsync();

        await visit.SeeAsync(page.GetByRole(AriaRole.Heading, new() { Name = "private-by-hand", Level = 1 }));
        var spec = (await federation.Server.GetAsync("runs/private-by-hand")).GetProperty("spec");
        Assert.Equal(("server", 50), (spec.GetProperty("privacy").GetProperty("at").GetString(), spec.GetProperty("privacy").GetProperty("epsilon").GetDouble()));
        Assert.False(spec.TryGetProperty("asynchrony", out _));
    }

    static ILocator FieldError(IPage page, string label, string text) =>
        page.Locator(".field", new() { Has = page.GetByText(label, new() { Exact = true }) }).Locator(".field-error", new() { HasText = text });

    [Fact]
    public async Task Round_ShowsWhatEachClientDid()
    {
        await federation.GalleryAsync();
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/runs/gallery/rounds/12", "gallery");
        foreach (var phase in (string[])["Download", "Training", "Encoding", "Upload", "Collecting", "Aggregating"])
            await visit.SeeAsync(visit.Page.Locator(".timeline .legend li", new() { HasText = phase }));
        Assert.Equal(LiveFederation.Sites.Count + 1, await visit.Page.Locator(".timeline .lanes > li").CountAsync());
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Run_PausedAndResumed_StandsStillInBetween()
    {
        await federation.CreateAsync("held", rounds: 1_000_000);
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/runs/held", "held");

        await visit.Button("Pause").ClickAsync();
        await visit.SeeAsync("Paused between rounds; resume it to go on.");
        var held = await federation.RoundOfAsync("held");
        await visit.Button("Resume").ClickAsync();
        await federation.UntilAsync("held", run => run.GetProperty("round").GetInt32() > held + 1);
        await visit.SeeAsync(visit.Button("Pause"));

        await visit.Button("Stop").ClickAsync();
        await visit.Button("Stop the run").ClickAsync();
        await visit.SeeAsync("The run was ended before its last round.");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Client_DrainedAndBack_IsShownAsDecided()
    {
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/fleet", "Fleet");

        await visit.Button("Drain cork").ClickAsync();
        await visit.SeeAsync(visit.Button("Undrain cork"));
        Assert.True((await federation.Server.GetAsync("fleet/cork")).GetProperty("draining").GetBoolean());
        await visit.Button("Undrain cork").ClickAsync();
        await visit.SeeAsync(visit.Button("Drain cork"));

        await visit.Button("Labels of cork").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Textbox).FillAsync("country=ie\nno label");
        await visit.SeeAsync("“no label” is no label");
        await visit.Page.GetByRole(AriaRole.Textbox).FillAsync("country=ie");
        await visit.Button("Set labels").ClickAsync();
        await visit.SeeAsync(visit.Page.GetByRole(AriaRole.Cell, new() { Name = "country=ie" }));
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Adapter_Downloaded_IsAPeftFolder()
    {
        await federation.GalleryAsync();
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/adapters/gallery", "Adapters of gallery");

        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Download version 12").First.ClickAsync());

        Assert.Equal("gallery-v12.zip", download.SuggestedFilename);
        using var archive = ZipFile.OpenRead(await download.PathAsync());
        Assert.Superset(new HashSet<string> { "adapter_config.json", "adapter_model.safetensors" }, archive.Entries.Select(e => e.Name).ToHashSet());
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Events_OfBeforeThePageWasOpened_AreThere()
    {
        await federation.GalleryAsync();
        await using var visit = await chromium.OpenAsync(federation.Address);
        foreach (var (path, heading) in new[] { ("/", "Overview"), ("/events", "Events"), ("/runs/gallery/events", "gallery") })
        {
            await visit.GoAsync(path, heading);
            await visit.SeeAsync(visit.Page.Locator(".event-list li").First);
        }
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Adapters_OfARunThatGoesOn_AreItsWholeLine()
    {
        await federation.CreateAsync("growing", rounds: 8);
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/adapters/growing", "Adapters of growing");

        await visit.SeeAsync(visit.Button("Download version 8").First);

        await Assertions.Expect(visit.Page.Locator(".lineage b")).ToHaveTextAsync([.. Enumerable.Range(0, 9).Reverse().Select(v => $"Version {v}")], new() { Timeout = Visit.LimitMs });
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Keyboard_AloneFromTheTop_ReachesThePagesAndTheirContent()
    {
        await using var visit = await chromium.OpenAsync(federation.Address);
        await visit.GoAsync("/", "Overview");
        var page = visit.Page;

        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync(new() { Timeout = Visit.LimitMs });
        for (var i = 0; i < 4; i++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        await visit.SeeAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Fleet", Level = 1 }));
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToBeFocusedAsync(new() { Timeout = Visit.LimitMs });
    }

    [Fact]
    public async Task Page_FromTheServer_AllowsOwnFilesAloneAndKeepsOnlyWhatIsNamedByDigest()
    {
        var http = federation.Server.Http;
        using var page = await http.GetAsync("runs/gallery/rounds/1");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        var script = (await page.Content.ReadAsStringAsync()).Split('"').Single(part => part.StartsWith("/assets/", StringComparison.Ordinal) && part.EndsWith(".js", StringComparison.Ordinal));
        using var asset = await http.GetAsync(script);

        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        Assert.Contains("immutable", asset.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", Assert.Single(asset.Headers.GetValues("X-Content-Type-Options")));
        using var missing = await http.GetAsync("assets/nothing.js");
        Assert.Equal(404, (int)missing.StatusCode);
    }

    static FilePayload Payload(string file, string name) => new() { Name = name, MimeType = "application/octet-stream", Buffer = File.ReadAllBytes(file) };
}
