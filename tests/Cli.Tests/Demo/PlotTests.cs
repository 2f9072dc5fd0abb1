using System.Globalization;
using System.Xml.Linq;
using Federated.Cli.Demo;

namespace Cli.Tests.Demo;

public sealed class PlotTests
{
    [Fact]
    public void ToSvg_IsWellFormed_AndKeepsEveryPointInsideThePicture()
    {
        var svg = XElement.Parse(new Plot("a < b & c", "accuracy", percent: true)
            .Line("first", [(0, 0.4), (1, 0.5), (20, 0.7)])
            .Line("second", [(0, 0.4), (10, 0.65)])
            .Level("level", 0.55)
            .ToSvg());

        Assert.Equal("a < b & c", svg.Attribute("aria-label")!.Value);
        var lines = svg.Elements("polyline").ToList();
        Assert.Equal(3, lines.Count);
        foreach (var point in lines.SelectMany(line => line.Attribute("points")!.Value.Split(' ')))
        {
            var xy = point.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            Assert.InRange(xy[0], 0, 720);
            Assert.InRange(xy[1], 0, 380);
        }
    }

    [Fact]
    public void ToSvg_HigherValue_IsDrawnHigher()
    {
        var svg = XElement.Parse(new Plot("t", "y", percent: false).Line("up", [(0, 1), (1, 2)]).ToSvg());

        var y = svg.Elements("polyline").Single().Attribute("points")!.Value.Split(' ').Select(point => double.Parse(point.Split(',')[1], CultureInfo.InvariantCulture)).ToArray();
        Assert.True(y[1] < y[0]);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 0)]
    public void ToSvg_FlatLine_HasFiniteCoordinates(double first, double second) =>
        Assert.DoesNotContain("NaN", new Plot("t", "y", percent: false).Line("flat", [(0, first), (1, second)]).ToSvg());
}
