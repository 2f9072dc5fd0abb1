using Browser.Tests.Kit;

namespace Browser.Tests;

/// <summary>Every page with a federation behind it: nothing on the console, no serious finding of axe, no overflow; and a picture to look at.</summary>
public sealed class ScreenshotTests(Chromium chromium, LiveFederation federation) : IClassFixture<Chromium>, IClassFixture<LiveFederation>
{
    static readonly (string Name, string Path, string Heading)[] Pages =
    [
        ("overview", "/", "Overview"), ("runs", "/runs", "Runs"), ("run", "/runs/gallery", "gallery"), ("rounds", "/runs/gallery/rounds", "gallery"),
        ("layers", "/runs/gallery/layers", "gallery"), ("privacy", "/runs/shielded/privacy", "shielded"), ("privacy-none", "/runs/gallery/privacy", "gallery"), ("run-events", "/runs/gallery/events", "gallery"),
        ("settings", "/runs/gallery/settings", "gallery"), ("fleet", "/fleet", "Fleet"), ("adapters", "/adapters", "Adapters"),
        ("adapter", "/adapters/gallery", "Adapters of gallery"), ("create", "/new", "New run"), ("events", "/events", "Events"), ("missing", "/runs/gallery/nothing", "There is no page here"),
    ];

    [Theory]
    [InlineData("light", 1440)]
    [InlineData("dark", 1440)]
    [InlineData("light", 360)]
    [InlineData("dark", 360)]
    public async Task EveryPage_OnThisScreen_IsQuietAccessibleAndFits(string colours, int width)
    {
        await federation.GalleryAsync();
        await using var visit = await chromium.OpenAsync(federation.Address, width, colours);
        foreach (var (name, path, heading) in Pages)
        {
            await visit.GoAsync(path, heading);
            if (name == "create")
                await OpenEverythingAsync(visit.Page);
            await visit.PictureAsync($"{name}-{width}-{colours}");
            await visit.AssertNoOverflowAsync();
            await visit.AssertAccessibleAsync();
        }
        visit.AssertQuiet();
    }

    // The whole form: every part unfolded, every setting that depends on another one there.
    static async Task OpenEverythingAsync(Microsoft.Playwright.IPage page)
    {
        foreach (var part in await page.Locator("details.folded > summary").AllAsync())
            await part.ClickAsync();
        foreach (var (label, value) in ((string, string)[])[("Noise", "server"), ("Bound follows the norms", "yes"), ("Stragglers", "asynchronous"), ("Choice", "oort"), ("Optimiser", "sgd"), ("Early end", "yes")])
            await page.GetByLabel(label, new() { Exact = true }).SelectOptionAsync(value);
    }
}
