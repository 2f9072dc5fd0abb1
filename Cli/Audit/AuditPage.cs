using System.Globalization;
using System.Net;
using System.Text;

namespace Federated.Cli.Audit;

/// <summary>An audit as one self-contained HTML page: bars first, then the numbers behind them.</summary>
static class AuditPage
{
    public static string Write(AuditResult result) => $$"""
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Federated audit</title>
        <style>
          :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
          body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
          svg { width: 100%; height: auto } svg text { fill: currentColor; font-size: 12px } svg .title { font-size: 15px; font-weight: 600 }
          svg .grid { stroke: currentColor; opacity: .2 } svg .bar { fill: #0072b2 } svg .whisker { stroke: currentColor }
          .wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884 }
          th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left }
        </style>
        <h1>What an update tells</h1>
        <p>{{Text(Settings(result.Settings))}} Base {{Text(result.Model)}}.</p>
        <p>AUC: the chance that a token of the texts lies nearer to the update than a token of the same frequency that is not in them; 0.5 is a coin. An update whose exact
        hits are 0 is not safe for that. Epsilon is one release's, for the client, at delta 1e-5; defences without one guarantee nothing. The span attack reads tokens out of
        the update itself; where a method gives it nothing to read, the likelihood attack looks at what the update makes the model say, and finds less for that reason alone.</p>
        {{Bars("AUC by method and defence, with 95 % interval", result.Rows, r => r.Auc, r => 1.96 * r.AucError)}}
        {{Bars("Share of tokens recovered", result.Rows, r => r.TokenRecall, _ => 0)}}
        {{Bars("ROUGE-L of the reconstructed texts", result.Rows, r => r.RougeL, _ => 0)}}
        {{Table(result.Rows)}}
        </html>
        """;

    static string Settings(AuditSettings s) => string.Create(CultureInfo.InvariantCulture,
        $"Rank {s.Rank}, B's scale {s.BScale}, {s.Batches} batches of {s.BatchSize} texts of {s.Length} tokens, {s.Steps} plain steps at rate {s.Rate}, {s.NoteSteps} steps of malicious fine-tuning, seed {s.Seed}.");

    static string Bars(string title, IReadOnlyList<AuditRow> rows, Func<AuditRow, double> value, Func<AuditRow, double> spread)
    {
        const int Left = 190, Width = 560, Line = 20, Top = 34;
        var svg = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 820 {Top + Line * rows.Count + 24}\" role=\"img\" aria-label=\"{Text(title)}\"><text x=\"8\" y=\"18\" class=\"title\">{Text(title)}</text>"));
        foreach (var x in new[] { 0, 0.25, 0.5, 0.75, 1 })
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left + x * Width:F1}\" x2=\"{Left + x * Width:F1}\" y1=\"{Top}\" y2=\"{Top + Line * rows.Count}\"/><text x=\"{Left + x * Width:F1}\" y=\"{Top + Line * rows.Count + 16}\" text-anchor=\"middle\">{x}</text>");
        for (var i = 0; i < rows.Count; i++)
        {
            var (y, v, d) = (Top + Line * i, Math.Clamp(value(rows[i]), 0, 1), spread(rows[i]));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 14}\" text-anchor=\"end\">{Text(rows[i].Method)}, {Text(rows[i].Defence)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{Left}\" y=\"{y + 3}\" width=\"{v * Width:F1}\" height=\"{Line - 6}\"/>");
            if (d > 0)
                svg.Append(CultureInfo.InvariantCulture, $"<line class=\"whisker\" x1=\"{Left + Math.Clamp(v - d, 0, 1) * Width:F1}\" x2=\"{Left + Math.Clamp(v + d, 0, 1) * Width:F1}\" y1=\"{y + Line / 2}\" y2=\"{y + Line / 2}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + Width + 10}\" y=\"{y + 14}\">{v:F3}</text>");
        }
        return svg.Append("</svg>").ToString();
    }

    static string Table(IReadOnlyList<AuditRow> rows)
    {
        var html = new StringBuilder("<div class=\"wide\"><table><tr><th>method<th>defence<th>attack<th>epsilon<th>AUC<th>± over batches<th>recall at T<th>advantage<th>at least<th>exact hits<th>tokens<th>ROUGE-L<th>numbers read<th>numbers told<th>loss gained<th>gain lost</tr>");
        foreach (var r in rows)
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(r.Method)}<td>{Text(r.Defence)}<td>{Text(r.Attack)}<td>{r.Epsilon:0.##}<td>{r.Auc:F3}<td>{r.AucSpread:F3}<td>{r.RecallAtT:F3}<td>{r.Advantage:F3}<td>{r.AdvantageFloor:F3}<td>{r.ExactHits:F3}<td>{r.TokenRecall:F3}<td>{r.RougeL:F3}<td>{r.SecretsRead:F2}<td>{r.SecretsTold:F2}<td>{r.LossGain:F4}<td>{r.GainLost:F4}</tr>");
        return html.Append("</table></div>").ToString();
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
