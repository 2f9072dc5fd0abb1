using System.CommandLine;
using Federated.Cli.Commands;

namespace Cli.Tests.Aggregation;

/// <summary>Runs the command in this process; what it throws is what the program turns into a line.</summary>
static class AggregateWords
{
    public static string Run(string words)
    {
        var output = new StringWriter();
        var parsed = new RootCommand { AggregateCommand.Create() }.Parse(["aggregate", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output }, TestContext.Current.CancellationToken).GetAwaiter().GetResult());
        return output.ToString();
    }
}
