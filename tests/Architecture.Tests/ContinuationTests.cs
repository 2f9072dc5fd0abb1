namespace Architecture.Tests;

/// <summary>The simulator runs the coordinator and its clients on one thread: what leaves that by itself makes their order a matter of luck.</summary>
public sealed class ContinuationTests
{
    [Theory]
    [InlineData("Server")]
    [InlineData("Client")]
    public void Awaits_OfWhatTheSimulatorRuns_ContinueWhereTheyWere(string folder) => Assert.Empty(
        from source in Repository.Files(folder, "*.cs")
        from line in File.ReadLines(source)
        where line.Contains("ConfigureAwait(", StringComparison.Ordinal) && !line.Contains("ContinueOnCapturedContext", StringComparison.Ordinal)
        select $"{source}: {line.Trim()}");
}
