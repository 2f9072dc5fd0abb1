using System.Globalization;
using System.Net;
using System.Text;

namespace Federated.Cli.Demo;

/// <summary>A line chart as inline SVG: no script, no font and no network needed to look at it.</summary>
sealed class Plot(string title, string yLabel, bool percent)
{
    const int Width = 720, Height = 380, Left = 64, Right = 190, Top = 40, Bottom = 44;
    static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999"];

    readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points, bool Level)> _series = [];

    public bool IsEmpty => _series.Count == 0;

    public Plot Line(string name, IEnumerable<(double X, double Y)> points)
    {
        var kept = points.Where(point => double.IsFinite(point.Y)).ToList();
        if (kept.Count > 0) _series.Add((name, kept, false));
        return this;
    }

    /// <summary>A dashed level over the whole width: a row that has no rounds.</summary>
    public Plot Level(string name, double y)
    {
        _series.Add((name, [(0, y)], true));
        return this;
    }

    public string ToSvg()
    {
        var xMax = Math.Max(1, _series.SelectMany(series => series.Points).Max(point => point.X));
        var (yMin, yMax, step) = Scale(_series.SelectMany(series => series.Points).Select(point => point.Y));
        double X(double x) => Left + x / xMax * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - yMin) / (yMax - yMin) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" class=\"title\">{Text(title)}</text>");
        for (var y = yMin; y <= yMax + step / 2; y += step)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):F1}\" y2=\"{Y(y):F1}\" class=\"grid\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(y) + 4:F1}\" text-anchor=\"end\">{Label(y)}</text>");
        }
        var xStep = Math.Max(1, (int)Math.Ceiling(xMax / 10));
        for (var x = 0; x <= xMax; x += xStep)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{x}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(xMax / 2):F1}\" y=\"{Height - 6}\" text-anchor=\"middle\">round</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"rotate(-90)\" x=\"{-(Top + Height - Bottom) / 2}\" y=\"16\" text-anchor=\"middle\">{Text(yLabel)}</text>");
        Series(svg, X, Y, xMax);
        return svg.Append("</svg>").ToString();
    }

    void Series(StringBuilder svg, Func<double, double> x, Func<double, double> y, double xMax)
    {
        var labels = Spread(_series.Select(series => y(series.Points[^1].Y)).ToArray());
        for (var i = 0; i < _series.Count; i++)
        {
            var (name, points, level) = _series[i];
            var colour = Colours[i % Colours.Length];
            var drawn = level ? [(0, points[0].Y), (xMax, points[0].Y)] : points;
            var path = string.Join(' ', drawn.Select(point => string.Create(CultureInfo.InvariantCulture, $"{x(point.X):F1},{y(point.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{(level ? " stroke-dasharray=\"5 4\"" : "")}/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 8}\" y=\"{labels[i] + 4:F1}\" fill=\"{colour}\" class=\"label\">{Text(name)} {Label(points[^1].Y)}</text>");
        }
    }

    /// <summary>Moves labels apart to at least 15 px, keeping their order.</summary>
    static double[] Spread(double[] wanted)
    {
        const double Gap = 15;
        var order = Enumerable.Range(0, wanted.Length).OrderBy(i => wanted[i]).ToArray();
        var placed = (double[])wanted.Clone();
        for (var i = 1; i < order.Length; i++) placed[order[i]] = Math.Max(placed[order[i]], placed[order[i - 1]] + Gap);
        var overflow = order.Length == 0 ? 0 : Math.Max(0, placed[order[^1]] - (Height - Bottom));
        return placed.Select(y => y - overflow).ToArray();
    }

    static (double Min, double Max, double Step) Scale(IEnumerable<double> values)
    {
        var (low, high) = (values.Min(), values.Max());
        if (high - low < 1e-6) (low, high) = (low - 0.05, high + 0.05);
        var span = high - low;
        var power = Math.Pow(10, Math.Floor(Math.Log10(span / 4)));
        var step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(size => span / size <= 6);
        return (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }

    string Label(double value) => (percent ? 100 * value : value).ToString(percent ? "0.0" : "0.###", CultureInfo.InvariantCulture);

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
