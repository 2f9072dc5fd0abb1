using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Faults;

namespace Federated.Client.Tests.Data;

public sealed class DomainTests
{
    static readonly ImageShape Shape = new(28, 28);

    public static TheoryData<string> All => [.. DomainCatalog.Names.Union(DomainCatalog.Harsh)];

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_SameImageAndIndex_SameBytesAndTheSourceIsKept(string name)
    {
        var source = Image();
        var domain = DomainCatalog.Parse(name);
        Assert.Equal(Apply(domain, source, 5), Apply(DomainCatalog.Parse(name), source, 5));
        Assert.Equal(Image(), source);
    }

    [Theory]
    [InlineData("clean+clean", "clean")]
    [InlineData("rot90+rot90+rot90+rot90", "clean")]
    [InlineData("invert+invert", "clean")]
    [InlineData("flip+flip", "clean")]
    [InlineData("rotate:90", "rot90")]
    [InlineData("rotate:0", "clean")]
    [InlineData("zoom:1", "clean")]
    [InlineData("contrast:1", "clean")]
    [InlineData("gamma:1", "clean")]
    [InlineData("noise:0", "clean")]
    [InlineData("roll:14+roll:14", "clean")]
    [InlineData("scramble", "roll:14+fold")]
    public void Apply_EquivalentNames_SameBytes(string one, string other) =>
        Assert.Equal(Apply(DomainCatalog.Parse(other), Image(), 0), Apply(DomainCatalog.Parse(one), Image(), 0));

    [Fact]
    public void Rotate_QuarterTurn_MovesTheTopRightCornerToTheTopLeft()
    {
        var image = new byte[784];
        image[27] = 200;
        Assert.Equal(200, Apply(DomainCatalog.Parse("rot90"), image, 0)[0]);
    }

    [Fact]
    public void Blur_ConstantImage_IsUnchanged()
    {
        var image = Enumerable.Repeat((byte)137, 784).ToArray();
        Assert.Equal(image, Apply(DomainCatalog.Parse("blur:2"), image, 0));
    }

    [Fact]
    public void Blur_Point_SpreadsAsTheGaussian()
    {
        var image = new byte[784];
        image[14 * 28 + 14] = 255;
        var blurred = Apply(DomainCatalog.Parse("blur:1"), image, 0);
        Assert.InRange(blurred[14 * 28 + 14], 255 / (2 * Math.PI) - 1, 255 / (2 * Math.PI) + 1);
        Assert.InRange(blurred[14 * 28 + 15] / (double)blurred[14 * 28 + 14], Math.Exp(-0.5) - 0.03, Math.Exp(-0.5) + 0.03);
    }

    [Fact]
    public void Noise_GreyImage_HasTheDeviationAskedForAndDiffersByIndex()
    {
        var image = Enumerable.Repeat((byte)128, 784).ToArray();
        var domain = DomainCatalog.Parse("noise:20");
        var values = Enumerable.Range(0, 40).SelectMany(i => Apply(domain, image, i)).Select(v => (double)v).ToArray();
        var mean = values.Average();
        Assert.InRange(mean, 127.5, 128.5);
        Assert.InRange(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), 19.5, 20.5);
        Assert.NotEqual(Apply(domain, image, 0), Apply(domain, image, 1));
    }

    [Fact]
    public void Sobel_VerticalEdge_LightsUpTheEdgeAlone()
    {
        var image = Enumerable.Range(0, 784).Select(i => (byte)(i % 28 < 14 ? 0 : 40)).ToArray();
        var edges = Apply(DomainCatalog.Parse("sobel"), image, 0);
        Assert.All(Enumerable.Range(0, 784), i => Assert.Equal(i % 28 is 13 or 14 ? 160 : 0, edges[i]));
    }

    [Theory]
    [InlineData("blurr", "Known: ")]
    [InlineData("", "Known: ")]
    [InlineData("rot90:3", "takes no value")]
    [InlineData("rotate:999", "-180 to 180")]
    [InlineData("noise:nan", "0 to 255")]
    [InlineData("clean+clean+clean+clean+clean+clean+clean+clean+clean", "9 steps; at most 8")]
    public void Parse_WrongName_RefusesNamingTheLimit(string name, string expected)
    {
        var fault = Assert.Throws<ClientFault>(() => DomainCatalog.Parse(name));
        Assert.Equal("F512", fault.Code);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    static byte[] Image() => [.. Enumerable.Range(0, 784).Select(i => (byte)(i * 37 % 256))];

    static byte[] Apply(VisualDomain domain, byte[] image, int index)
    {
        var target = new byte[image.Length];
        domain.Apply(image, target, Shape, index);
        return target;
    }
}
