namespace Federated.Aggregators.Tests.Shared;

/// <summary>Counts of data-driven cases: in the test's own output, and in the folder that <c>./federated test</c> names, which it prints at the end.</summary>
static class Tally
{
    public static void Of(ITestOutputHelper output, string name, string counted)
    {
        output.WriteLine(counted);
        if (Environment.GetEnvironmentVariable("FEDERATED_TEST_COUNTS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, name), counted + "\n");
    }
}
