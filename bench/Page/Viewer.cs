using System.Text.Json;
using Microsoft.Playwright;

namespace Federated.Bench.Page;

/// <summary>A person who looks at the dashboard with Debian's chromium, headless.</summary>
sealed class Viewer : IAsyncDisposable
{
    public const string Executable = "/usr/bin/chromium";

    const float LimitMs = 60_000;

    // Chromium's own services look for hosts outside of the machine; the page needs none of them.
    static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

    // The figure of the run's page, and when the browser had drawn each of its values.
    const string Watch = """
        () => {
          window.seen = {};
          const figure = () => [...document.querySelectorAll('.standing .figure')].find(f => f.querySelector('dt').textContent === 'Rounds published')?.querySelector('dd').firstChild?.textContent;
          const note = () => { const value = figure(); if (value && !(value in window.seen)) requestAnimationFrame(() => { window.seen[value] ??= Date.now(); }); };
          new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
        }
        """;

    readonly IPlaywright _playwright;
    readonly IBrowser _browser;
    IBrowserContext? _context;
    IPage? _page;

    Viewer(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Viewer> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Viewer(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Flags, Headless = true }));
    }

    /// <summary>Milliseconds from asking for a page, with nothing kept from an earlier visit, until what it is for can be seen.</summary>
    public async Task<double> OpenAsync(Uri server, string path, string content)
    {
        await LeaveAsync();
        _context = await _browser.NewContextAsync(new() { BaseURL = server.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        _page = await _context.NewPageAsync();
        _page.SetDefaultTimeout(LimitMs);
        var began = TimeProvider.System.GetTimestamp();
        await _page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
        await _page.WaitForSelectorAsync(content);
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    public Task WatchAsync() => _page!.EvaluateAsync(Watch);

    /// <summary>When the page had drawn that so many rounds were published, in Unix milliseconds by this machine's clock.</summary>
    public async Task<IReadOnlyDictionary<int, double>> SeenAsync() =>
        JsonDocument.Parse(await _page!.EvaluateAsync<string>("() => JSON.stringify(window.seen)")).RootElement.EnumerateObject()
            .ToDictionary(p => int.Parse(p.Name.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture), p => p.Value.GetDouble());

    public async Task LeaveAsync()
    {
        if (_context is not null)
            await _context.DisposeAsync();
        (_context, _page) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
