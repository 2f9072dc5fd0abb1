using Server.Tests.Kit;

namespace Server.Tests.Dashboard;

/// <summary>What holds for the page's addresses whether it was built with the server or not.</summary>
public sealed class DashboardFilesTests : IDisposable
{
    readonly TemporaryFolder _data = new();

    [Fact]
    public async Task AddressesOfThePage_Whatever_AllowFilesOfThisOriginAndNothingInline()
    {
        using var server = await ServerProcess.StartAsync(_data.Path);

        foreach (var address in (string[])["", "runs/a/rounds/3", "fleet", "adapters/a", "new", "events", "assets/none.js"])
        {
            using var answer = await server.Http.GetAsync(address);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self';", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task Page_OfAServerBuiltWithoutIt_SaysHowToBuildIt()
    {
        using var server = await ServerProcess.StartAsync(_data.Path);

        using var answer = await server.Http.GetAsync("runs/a");
        var text = await answer.Content.ReadAsStringAsync();

        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")))
            Assert.StartsWith("<!doctype html>", text);
        else
            Assert.Contains("F390", text);
    }

    public void Dispose() => _data.Dispose();
}
