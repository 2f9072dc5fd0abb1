using System.Text;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Adapters;

public sealed class AdapterSchemaTests
{
    [Fact]
    public void Parse_OwnJson_GivesSameBytesAndDigest()
    {
        var schema = Schemas.Lora(16, 10, (32, 24), (8, 8));
        var read = AdapterSchema.Parse(schema.ToJson());
        Assert.Equal(schema.ToJson(), read.ToJson());
        Assert.Equal(schema.Digest, read.Digest);
    }

    [Theory]
    [InlineData("\"max_rank\":16", "\"max_rank\":0", "schema.max_rank is 0; 1 to 2147483647")]
    [InlineData("\"max_rank\":16", "\"max_rank\":5000", "schema.max_rank is 5000; 1 to 4096")]
    [InlineData("\"max_rank\":16", "\"max_rnk\":16", "schema.max_rank is missing")]
    [InlineData("\"max_rank\":16", "\"max_rank\":16,\"max_rnk\":1", "did you mean 'max_rank'")]
    [InlineData("\"max_rank\":16", "\"max_rank\":16,\"max_rank\":16", "occurs twice")]
    [InlineData("\"algebra\":\"product\"", "\"algebra\":\"produkt\"", "did you mean 'product'")]
    [InlineData("\"alpha\":16", "\"alpha\":-1", "alpha -1; a finite number above 0")]
    [InlineData("[\"r\",24]", "[24,\"r\"]", "a right factor is [r, size]")]
    [InlineData("[\"r\",24]", "[\"r\",0]", "an axis is")]
    [InlineData("[\"r\",24]", "[\"r\",2000000000]", "more than 268435456 elements")]
    [InlineData("layer.0.lora_B", "layer.0.lora_A", "Two tensors are named")]
    [InlineData("\"format\":1", "\"format\":2", "schema.format is 2; 1 to 1")]
    public void Parse_BrokenField_NamesItWithValueAndLimit(string part, string replacement, string message)
    {
        var json = Encoding.UTF8.GetString(Schemas.Lora(16, 10, (32, 24)).ToJson());
        Assert.Contains(part, json);
        var e = Assert.Throws<FormatException>(() => AdapterSchema.Parse(Encoding.UTF8.GetBytes(json.Replace(part, replacement))));
        Assert.Contains(message, e.Message);
    }

    [Theory]
    [InlineData("""{"m1":8,"n1":4,"m2":4,"n2":6}""", null)]
    [InlineData("""{"m1":8,"n1":5,"m2":4,"n2":6}""", "m1 * n1 = 40; tensor 'base_model.model.layer.0.lora_B.weight' has size 32")]
    [InlineData("""{"m1":8,"n1":4,"m2":4,"n2":7}""", "m2 * n2 = 28; tensor 'base_model.model.layer.0.lora_A.weight' has size 24")]
    [InlineData("""{"m1":65536,"n1":65536,"m2":4,"n2":6}""", "m1 * n1 = 4294967296;")]
    [InlineData("""{"m1":8,"n1":4,"m2":4}""", "n2 is missing")]
    [InlineData("""{"m1":8,"n1":0,"m2":4,"n2":6}""", "n1 is 0; 1 to")]
    public void Parse_KroneckerShape_FitsTheFactorsOrIsRefused(string shape, string? message)
    {
        var json = Encoding.UTF8.GetString(Schemas.Lora(16, 10, (32, 24)).ToJson()).Replace("\"rslora\":false", $"\"rslora\":false,\"kronecker\":{shape},\"offset\":true");
        if (message is not null)
        {
            Assert.Contains(message, Assert.Throws<FormatException>(() => AdapterSchema.Parse(Encoding.UTF8.GetBytes(json))).Message);
            return;
        }
        var schema = AdapterSchema.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(new KroneckerShape(8, 4, 4, 6), schema.Groups[0].Product!.Kronecker);
        Assert.True(schema.Groups[0].Product!.Offset);
        Assert.Equal(json, Encoding.UTF8.GetString(schema.ToJson()));
    }

    [Fact]
    public void Parse_EveryPrefix_IsRefusedAsFormatException()
    {
        var json = Schemas.Lora(4, 2, (3, 2)).ToJson();
        for (var length = 0; length < json.Length; length++)
            Assert.Throws<FormatException>(() => AdapterSchema.Parse(json.AsSpan(0, length)));
    }

    [Fact]
    public void LayoutOf_PlanWithClientOverride_HasThatRankForThatClientOnly()
    {
        var schema = Schemas.Lora(16, 10, (32, 24));
        var plan = new AdapterPlan(3, AdapterPlan.Uniform(schema, 8).Groups, new Dictionary<string, IReadOnlyDictionary<string, GroupPlan>>
        {
            ["small"] = new Dictionary<string, GroupPlan> { ["layer.0"] = new(Rank: 2, Trained: ["lora_B"]) },
        });
        plan = AdapterPlan.Parse(plan.ToJson());
        Assert.Equal(8 * (32 + 24) + 10, AdapterLayout.Of(schema, plan).TotalElements);
        var small = AdapterLayout.Of(schema, plan, "small");
        Assert.Equal(2 * (32 + 24) + 10, small.TotalElements);
        Assert.Equal(2 * 32 + 10, small.Trained().TotalElements);
        Assert.Equal([0L, 2 * 32L], small.Trained().Tensors.Select(t => t.ElementOffset));
    }

    [Fact]
    public void LayoutOf_PlanThatContradictsSchema_ListsEveryProblem()
    {
        var schema = Schemas.Lora(16, 0, (32, 24));
        var plan = new AdapterPlan(0, new Dictionary<string, GroupPlan>
        {
            ["layer.0"] = new(Rank: 17, Trained: ["lora_C"], BaseBits: 5),
            ["layer.9"] = new(),
        });
        var e = Assert.Throws<FormatException>(() => AdapterLayout.Of(schema, plan));
        Assert.Contains("rank is 17; 1 to 16", e.Message);
        Assert.Contains("lora_C", e.Message);
        Assert.Contains("base_bits is 5", e.Message);
        Assert.Contains("no group 'layer.9'", e.Message);
    }

    [Fact]
    public void Reshape_GrowThenShrink_IsLosslessAndKeepsTheEffect()
    {
        var schema = Schemas.Lora(16, 10, (32, 24));
        var small = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 3));
        var values = Noise.Tensors(new Random(1), small);
        var grown = values.Reshape(AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 12)));
        Assert.Equal(values.Values.ToArray(), grown.Reshape(small).Values.ToArray());
        Assert.Equal(0, grown[0][(3 * 24)..].ToArray().Sum(Math.Abs));
        Assert.Equal(0, grown[1][5 * 12 + 3]);
        // alpha / 3 * B A = alpha / 12 * (4 B) A.
        Assert.Equal(4 * values[1][5 * 3 + 2], grown[1][5 * 12 + 2]);
        Assert.Equal(values[2].ToArray(), grown[2].ToArray());
    }
}
