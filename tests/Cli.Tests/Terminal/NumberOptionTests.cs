using System.CommandLine;
using Federated.Cli.Terminal;

namespace Federated.Cli.Tests.Terminal;

public class NumberOptionTests
{
    static readonly Option<int> Samples = NumberOption.Of("--samples", "Samples of each measurement.", 5, 1, 99);

    [Theory]
    [InlineData("", 5)]
    [InlineData("--samples 1", 1)]
    [InlineData("--samples 99", 99)]
    public void InRange_IsTaken(string line, int value)
    {
        var parsed = new RootCommand { Samples }.Parse(line);
        Assert.Empty(parsed.Errors);
        Assert.Equal(value, parsed.GetValue(Samples));
    }

    [Theory]
    [InlineData("--samples 0", "--samples is 0; 1 to 99 is allowed.")]
    [InlineData("--samples 100", "--samples is 100; 1 to 99 is allowed.")]
    public void OutOfRange_IsRefusedWithTheLimit(string line, string message) =>
        Assert.Equal(message, Assert.Single(new RootCommand { Samples }.Parse(line).Errors).Message);
}
