using System.Text.Json;
using Microsoft.Playwright;
using Server.Tests.Faults;

namespace Browser.Tests.Kit;

/// <summary>One person's visit: a page, what it said on its console, and the checks that every page must pass.</summary>
public sealed class Visit : IAsyncDisposable
{
    /// <summary>The machine may be busy; what takes longer than this hangs.</summary>
    public const float LimitMs = 60_000;

    static readonly Lazy<string> Axe = new(() => File.ReadAllText(Repository.PathOf("tests/Browser/node_modules/axe-core/axe.min.js")));

    readonly IBrowserContext _context;
    readonly List<string> _complaints = [];

    internal Visit(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.SetDefaultTimeout(LimitMs);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"uncaught: {error}");
    }

    public IPage Page { get; }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task SeeAsync(ILocator what) => Assertions.Expect(what).ToBeVisibleAsync(new() { Timeout = LimitMs });

    public Task SeeAsync(string text) => SeeAsync(Page.GetByText(text).First);

    public async Task GoAsync(string path, string heading)
    {
        await Page.GotoAsync(path);
        await SeeAsync(Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 }));
    }

    /// <summary>A broken Content-Security-Policy, a failed request and an uncaught exception all end up on the console.</summary>
    public void AssertQuiet() => Assert.Empty(_complaints);

    public async Task AssertNoOverflowAsync()
    {
        var (content, screen) = (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Page.ViewportSize!.Width);
        Assert.True(content <= screen, $"{Page.Url} is {content} px wide on a screen of {screen}.");
    }

    /// <summary>WCAG 2.1 A and AA, as far as axe can judge them.</summary>
    public async Task AssertAccessibleAsync()
    {
        await Page.EvaluateAsync(Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })).violations"
            + ".filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.id}: ${v.nodes.map(n => n.target).join('; ')}`)");
        Assert.Empty(found.EnumerateArray().Select(v => v.GetString()));
    }

    /// <summary>Kept as test output in artifacts/screenshots, for people to look at.</summary>
    public async Task PictureAsync(string name)
    {
        // What is still read is no picture of the page.
        await Assertions.Expect(Page.Locator(".loading")).ToHaveCountAsync(0, new() { Timeout = LimitMs });
        // On a screen as long as the page, what stays at the screen's edges is drawn at the page's.
        var screen = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(screen.Width, Math.Max(screen.Height, await Page.EvaluateAsync<int>("document.documentElement.scrollHeight")));
        await Page.ScreenshotAsync(new() { Path = Repository.PathOf($"artifacts/screenshots/{name}.png"), FullPage = true });
        await Page.SetViewportSizeAsync(screen.Width, screen.Height);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
