using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>Which adapters a bundle of FedPEFT takes.</summary>
public sealed class FedPeftTests
{
    const int Width = 768, Blocks = 12, Classes = 100;

    static TensorGroup Group(SiteKind kind, Algebra algebra, string path, params (string Role, int[] Shape)[] tensors) => new(path, new Site(kind, path), algebra,
        [.. tensors.Select(t => new TensorSpec($"{path}.{t.Role}", t.Role, [.. t.Shape.Select(Axis.Of)]))]);

    static TensorGroup Head => Group(SiteKind.Head, Algebra.Affine, "head", ("weight", [Classes, Width]), ("bias", [Classes]));

    static TensorGroup[] Set(string name) => name switch
    {
        "fedpeft-head" => [Head],
        "fedpeft-bias" => [Head, Group(SiteKind.Linear, Algebra.Affine, "patches", ("bias", [Width])), Group(SiteKind.Norm, Algebra.Affine, "norm", ("bias", [Width])),
            .. Enumerable.Range(0, Blocks).SelectMany(b => new[]
            {
                Group(SiteKind.Norm, Algebra.Affine, $"{b}.norm1", ("bias", [Width])), Group(SiteKind.Linear, Algebra.Affine, $"{b}.qkv", ("bias", [3 * Width])),
                Group(SiteKind.Linear, Algebra.Affine, $"{b}.out", ("bias", [Width])), Group(SiteKind.Norm, Algebra.Affine, $"{b}.norm2", ("bias", [Width])),
                Group(SiteKind.Linear, Algebra.Affine, $"{b}.fc1", ("bias", [4 * Width])), Group(SiteKind.Linear, Algebra.Affine, $"{b}.fc2", ("bias", [Width])),
            })],
        "fedpeft-prompt" => [Head, .. Enumerable.Range(0, Blocks).Select(b => Group(SiteKind.InputTokens, Algebra.Affine, $"{b}.prompt", ("prompt", [10, Width])))],
        _ => [Head, .. Enumerable.Range(0, Blocks).Select(b => Group(SiteKind.BlockResidual, Algebra.Opaque, $"{b}.adapter",
            ("down", [8, Width]), ("down_bias", [8]), ("up", [Width, 8]), ("up_bias", [Width])))],
    };

    static AdapterSchema Schema(string name) => new(Schemas.BaseDigest, "vit", 1, Set(name));

    [Fact]
    public void Bundle_TakesItsOwnSetAndTheHeadAlone_RefusesEveryOther()
    {
        string[] names = ["fedpeft-head", "fedpeft-bias", "fedpeft-adapter", "fedpeft-prompt"];
        foreach (var bundle in names)
        {
            foreach (var set in names)
            {
                var refusals = StrategyCatalog.Default.Refusals(FoldSpec.Of(bundle), new FoldRequirements { LinearSum = true }, Schema(set));
                if (set == bundle || set == "fedpeft-head")
                    Assert.Empty(refusals);
                else
                    Assert.Contains($"Bundle '{bundle}' is for", Assert.Single(refusals));
            }
            Assert.Empty(StrategyCatalog.Default.Refusals(FoldSpec.Of("fedpeft-lora"), new FoldRequirements(), Schemas.Lora(4, 0, (3, 3))));
            Assert.Contains("group 'layer.0' (Product at Linear", Assert.Single(StrategyCatalog.Default.Refusals(FoldSpec.Of(bundle), new FoldRequirements(), Schemas.Lora(4, 0, (3, 3)))));
        }
    }
}
