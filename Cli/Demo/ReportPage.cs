using System.Globalization;
using System.Net;
using System.Text;

namespace Federated.Cli.Demo;

/// <summary>The demo's result as one self-contained HTML page: plots first, then the numbers behind them.</summary>
static class ReportPage
{
    public static string Write(DemoResult result)
    {
        var federated = result.Rows.Where(row => row.Kind == RowKind.Federated).ToList();
        var accuracy = new Plot("Accuracy over all six domains, by round", "accuracy, %", percent: true);
        foreach (var row in federated) accuracy.Line(row.Name, row.Rounds.Select(point => ((double)point.Round, point.Accuracy)));
        accuracy.Level("untouched base", result.Rows.First(row => row.Kind == RowKind.Base).Average);
        if (result.Rows.Where(row => row.Kind == RowKind.Alone).ToList() is { Count: > 0 } alone) accuracy.Level("sites alone, mean", alone.Average(row => row.Average));
        if (result.Rows.FirstOrDefault(row => row.Kind == RowKind.Central) is { } central) accuracy.Level("central", central.Average);

        var bias = new Plot("Aggregation bias of plain averaging, ||M - BA|| / ||M||", "bias ratio", percent: false);
        var error = new Plot("Product error after the rule, ||M - B'A|| / ||M||", "error", percent: false);
        foreach (var row in federated)
        {
            bias.Line(row.Name, Points(row, point => point.BiasRatio));
            error.Line(row.Name, Points(row, point => point.ProductErrorAfter));
        }

        return $$"""
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Federated demo</title>
            <style>
              :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
              body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
              svg { width: 100%; height: auto } svg text { fill: currentColor; font-size: 12px } svg .title { font-size: 15px; font-weight: 600 }
              svg .grid { stroke: currentColor; opacity: .15 } svg .label { font-weight: 600 }
              .wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 } caption { text-align: left; font-weight: 600 }
              th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884 } th:first-child, td:first-child { text-align: left } .own { font-weight: 700; text-decoration: underline }
              code { overflow-wrap: anywhere }
            </style>
            <h1>A federation of {{result.Domains.Count}} sites</h1>
            <p>{{Settings(result)}}</p>
            {{accuracy.ToSvg()}}
            {{AccuracyTable(result)}}
            {{FederatedTable(federated)}}
            {{bias.ToSvg()}}
            {{error.ToSvg()}}
            <h2>Where the time went</h2>
            {{StageTable(result)}}
            <p>{{Text(result.Machine)}}, commit {{Text(result.Commit)}}.</p>
            </html>
            """;
    }

    static IEnumerable<(double, double)> Points(Row row, Func<RoundPoint, double?> value) =>
        row.Rounds.Where(point => value(point) is not null).Select(point => ((double)point.Round, value(point)!.Value));

    static string Settings(DemoResult result) => Text(string.Create(CultureInfo.InvariantCulture,
        $"{result.Settings.Domains} domains, labels {result.Settings.Labels}, {result.Settings.ImagesPerSite} training images a site, rank {result.Settings.Rank}, alpha {result.Settings.Alpha}, {result.Settings.Rounds} rounds of {result.Settings.Steps} AdamW steps of {result.Settings.BatchSize} images, learning rate {result.Settings.LearningRate}, seed {result.Settings.Seed}. Every row takes the same number of optimiser steps in total. A site alone is meant to serve its own domain: that number is underlined."));

    static string AccuracyTable(DemoResult result)
    {
        var html = new StringBuilder("<div class=\"wide\"><table><caption>Accuracy on the test images, %</caption><tr><th>row<th>six domains");
        foreach (var domain in result.Domains) html.Append("<th>").Append(Text(domain));
        html.Append("<th>steps");
        foreach (var row in result.Rows)
        {
            html.Append("<tr><td>").Append(Text(row.Name)).Append("<td>").Append(Percent(row.Average));
            foreach (var domain in result.Domains)
                html.Append(domain == row.OwnDomain ? "<td class=\"own\">" : "<td>").Append(Percent(row.ByDomain[domain]));
            html.Append("<td>").Append(row.Steps);
        }
        return html.Append("</table></div>").ToString();
    }

    static string FederatedTable(IReadOnlyList<Row> rows)
    {
        var html = new StringBuilder("<div class=\"wide\"><table><caption>The federated rows</caption><tr><th>row<th>after 5 rounds, %<th>KiB up / client, round<th>KiB down<th>median s / round<th>bias first → last<th>published adapter");
        foreach (var row in rows)
        {
            var trained = row.Rounds.Where(point => point.Round > 0).ToList();
            html.Append("<tr><td>").Append(Text(row.Name))
                .Append("<td>").Append(row.AccuracyAfter(5) is { } five ? Percent(five) : "–")
                .Append("<td>").Append(Number(trained.Average(point => point.BytesUp) / 1024, "0.0"))
                .Append("<td>").Append(Number(trained.Average(point => point.BytesDown) / 1024, "0.0"))
                .Append("<td>").Append(Number(row.SecondsPerRound!.Value, "0.00"))
                .Append("<td>").Append(Number(trained[0].BiasRatio ?? double.NaN, "0.000")).Append(" → ").Append(Number(trained[^1].BiasRatio ?? double.NaN, "0.000"))
                .Append("<td><code>").Append(Text(row.Adapter ?? "–")).Append("</code>");
        }
        return html.Append("</table></div>").ToString();
    }

    static string StageTable(DemoResult result)
    {
        var html = new StringBuilder("<table><tr><th>stage<th>seconds");
        foreach (var stage in result.Stages) html.Append("<tr><td>").Append(Text(stage.Name)).Append("<td>").Append(Number(stage.Seconds, "0.0"));
        return html.Append("</table>").ToString();
    }

    static string Percent(double share) => Number(100 * share, "0.0");
    static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";
    static string Text(string text) => WebUtility.HtmlEncode(text);
}
