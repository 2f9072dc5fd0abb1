using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Rest;
using Spectre.Console;

namespace Federated.Cli.Operating;

/// <summary>Prints what REST answered: for people as a table, for programs as the JSON itself.</summary>
sealed class Printer(TextWriter output, bool json)
{
    static readonly JsonSerializerOptions Indented = new(CoordinatorRest.Json) { WriteIndented = true };

    const int Unlimited = 10_000;

    readonly IAnsiConsole _console = Open(output);

    public void Print(JsonNode answer, IReadOnlyList<Column> columns)
    {
        if (json)
            output.WriteLine(answer.ToJsonString(Indented));
        else if (answer is JsonArray { Count: 0 })
            output.WriteLine("none");
        else
            _console.Write(Table(answer, columns));
    }

    public void Print(Told told)
    {
        if (json)
        {
            Print(told.Answer, []);
            return;
        }
        output.WriteLine(told.Sentence);
        if (told.Table is { } table) Print(table.Rows, table.Columns);
    }

    /// <summary>Over what was printed before, where the output is a terminal.</summary>
    public void PrintAgain(JsonNode answer, IReadOnlyList<Column> columns)
    {
        if (!json && _console.Profile.Capabilities.Ansi) _console.Clear();
        Print(answer, columns);
    }

    // A person's terminal has a width and can be cleared; a file or another program reads whole lines of text alone.
    static IAnsiConsole Open(TextWriter output)
    {
        var isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        if (!isTerminal) console.Profile.Width = Unlimited;
        return console;
    }

    // What others chose (ids, labels, messages) is text and never markup or a control sequence.
    static Table Table(JsonNode answer, IReadOnlyList<Column> columns)
    {
        var table = new Table().AddColumns([.. columns.Select(c => c.Header)]);
        foreach (var item in answer is JsonArray list ? list.Where(i => i is not null).Select(i => i!) : [answer])
            table.AddRow([.. columns.Select(c => Markup.Escape(Clean(c.Text(item))))]);
        return table;
    }

    static string Clean(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
