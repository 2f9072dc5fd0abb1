using Federation.Tests.Support;

namespace Federation.Tests;

public sealed class ReproducibilityTests(TinyBase tinyBase)
{
    [Fact]
    public async Task SameSeed_PublishesTheSameBytes_WithOneTwoAndSevenServerThreads()
    {
        var published = new List<byte[]>();
        foreach (var threads in (int[])[1, 2, 7])
        {
            await using var federation = await SmallFederation.StartAsync(tinyBase, threads);
            await federation.CreateRunAsync("same", rounds: 3);
            await federation.CompletedAsync("same");
            published.Add(await federation.PublishedBytesAsync("same"));
        }

        Assert.Equal(published[0], published[1]);
        Assert.Equal(published[0], published[2]);
    }
}
