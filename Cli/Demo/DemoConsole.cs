using System.Globalization;
using Spectre.Console;

namespace Federated.Cli.Demo;

/// <summary>What a person sees: a bar while something long runs, then tables. Without a terminal, a line per step.</summary>
sealed class DemoConsole(IAnsiConsole console)
{
    readonly bool _live = console.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

    /// <summary>Standard output: colours and bars on a terminal, plain lines of any length elsewhere.</summary>
    public static DemoConsole Standard()
    {
        var redirected = Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect, ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect });
        if (redirected) console.Profile.Width = 160;
        return new DemoConsole(console);
    }

    public void Write(Table table) => console.Write(table);

    public void Say(string text) => console.MarkupLineInterpolated($"{text}");

    /// <summary>Runs work that reports done / total and a note.</summary>
    public async Task<T> ProgressAsync<T>(string title, int total, Func<Action<int, string>, Task<T>> work)
    {
        if (!_live) return await PlainAsync(title, total, work);
        return await console.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
        {
            var task = progress.AddTask(Markup.Escape(title), maxValue: total);
            return await work((done, note) =>
            {
                task.Value = done;
                task.Description = Markup.Escape($"{title}  {note}");
            });
        });
    }

    async Task<T> PlainAsync<T>(string title, int total, Func<Action<int, string>, Task<T>> work)
    {
        Say($"{title} ...");
        var last = -1;
        return await work((done, note) =>
        {
            var tenth = total == 0 ? 0 : 10 * done / total;
            if (tenth == last) return;
            last = tenth;
            Say($"  {title}: {done}/{total}  {note}");
        });
    }

    public void Print(DemoResult result)
    {
        Accuracy(result);
        Federated(result.Rows.Where(row => row.Kind == RowKind.Federated).ToList());
    }

    void Accuracy(DemoResult result)
    {
        var table = new Table { Title = new("Accuracy on the test images, %"), Caption = new("a site alone is meant to serve its own domain: [underline]that number[/]") };
        table.AddColumn("row").AddColumn(new TableColumn("six domains").RightAligned());
        foreach (var domain in result.Domains) table.AddColumn(new TableColumn(Markup.Escape(domain)).RightAligned());
        foreach (var row in result.Rows)
            table.AddRow([Markup.Escape(row.Name), $"[bold]{Percent(row.Average)}[/]", .. result.Domains.Select(domain => Cell(row, domain))]);
        console.Write(table);
    }

    static string Cell(Row row, string domain) =>
        domain == row.OwnDomain ? $"[underline]{Percent(row.ByDomain[domain])}[/]" : Percent(row.ByDomain[domain]);

    void Federated(IReadOnlyList<Row> rows)
    {
        var table = new Table { Title = new("The federated rows") };
        table.AddColumns("row", "after 5 rounds, %", "KiB up", "KiB down", "median s / round", "bias, first to last round", "product error after the rule");
        foreach (var row in rows)
        {
            var trained = row.Rounds.Where(point => point.Round > 0).ToList();
            table.AddRow(
                Markup.Escape(row.Name),
                row.AccuracyAfter(5) is { } five ? Percent(five) : "-",
                Number(trained.Average(point => point.BytesUp) / 1024, "0.0"),
                Number(trained.Average(point => point.BytesDown) / 1024, "0.0"),
                Number(row.SecondsPerRound!.Value, "0.00"),
                $"{Number(trained[0].BiasRatio, "0.000")} to {Number(trained[^1].BiasRatio, "0.000")}",
                $"{Number(trained[0].ProductErrorAfter, "0.000")} to {Number(trained[^1].ProductErrorAfter, "0.000")}");
        }
        console.Write(table);
        foreach (var row in rows.Where(row => row.Adapter is not null)) Say($"{row.Name}: {row.Adapter}");
    }

    static string Percent(double share) => Number(100 * share, "0.0");
    static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "-";
}
