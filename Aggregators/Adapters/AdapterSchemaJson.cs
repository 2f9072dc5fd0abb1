using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Aggregators.Adapters;

/// <summary>The schema's one JSON form.</summary>
static class AdapterSchemaJson
{
    public static byte[] Write(AdapterSchema schema) => CanonicalJson.Write(w =>
    {
        w.WriteNumber("format", 1);
        w.WriteString("base_digest", schema.BaseDigest);
        w.WriteString("model_type", schema.ModelType);
        if (schema.BaseModel.Length > 0)
            w.WriteString("base_model", schema.BaseModel);
        w.WriteNumber("max_rank", schema.MaxRank);
        w.WriteStartArray("groups");
        foreach (var group in schema.Groups)
            WriteGroup(w, group);
        w.WriteEndArray();
    });

    public static AdapterSchema Read(ReadOnlySpan<byte> utf8)
    {
        var root = StrictObject.Parse(utf8, "schema");
        root.Integer("format", 1, 1);
        var baseDigest = root.Text("base_digest", maxLength: 64);
        var modelType = root.Text("model_type", maxLength: 128);
        var baseModel = root.Element("base_model") is null ? "" : root.Text("base_model");
        var maxRank = (int)root.Integer("max_rank", 1, int.MaxValue);
        var groups = root.Array("groups", ReadGroup);
        root.Done();
        return new AdapterSchema(baseDigest, modelType, maxRank, groups, baseModel);
    }

    static void WriteGroup(Utf8JsonWriter w, TensorGroup group)
    {
        w.WriteStartObject();
        w.WriteString("name", group.Name);
        w.WriteStartObject("site");
        w.WriteString("kind", EnumNames<SiteKind>.Of(group.Site.Kind));
        w.WriteString("path", group.Site.Path);
        w.WriteEndObject();
        w.WriteString("algebra", EnumNames<Algebra>.Of(group.Algebra));
        w.WriteString("privacy", EnumNames<PrivacyClass>.Of(group.Privacy));
        w.WriteNumber("learning_rate", group.LearningRate);
        if (group.Product is { } product)
        {
            w.WriteStartObject("product");
            w.WriteString("left", product.Left);
            w.WriteString("right", product.Right);
            w.WriteNumber("alpha", product.Alpha);
            w.WriteBoolean("rslora", product.RsLora);
            if (product.Kronecker is { } shape)
                WriteKronecker(w, shape);
            if (product.Offset)
                w.WriteBoolean("offset", true);
            w.WriteEndObject();
        }
        w.WriteStartArray("tensors");
        foreach (var tensor in group.Tensors)
            WriteTensor(w, tensor);
        w.WriteEndArray();
        w.WriteEndObject();
    }

    static void WriteKronecker(Utf8JsonWriter w, KroneckerShape shape)
    {
        w.WriteStartObject("kronecker");
        w.WriteNumber("m1", shape.M1);
        w.WriteNumber("n1", shape.N1);
        w.WriteNumber("m2", shape.M2);
        w.WriteNumber("n2", shape.N2);
        w.WriteEndObject();
    }

    static void WriteTensor(Utf8JsonWriter w, TensorSpec tensor)
    {
        w.WriteStartObject();
        w.WriteString("name", tensor.Name);
        w.WriteString("role", tensor.Role);
        w.WriteStartArray("shape");
        foreach (var axis in tensor.Shape)
        {
            if (axis.IsRank)
                w.WriteStringValue("r");
            else
                w.WriteNumberValue(axis.Resolve(1));
        }
        w.WriteEndArray();
        w.WriteEndObject();
    }

    static TensorGroup ReadGroup(JsonElement element, string path)
    {
        var o = new StrictObject(element, path);
        var name = o.Text("name", maxLength: 512);
        var site = o.Object("site") ?? throw new FormatException($"{path}.site is missing.");
        var group = new TensorGroup(name, new Site(EnumNames<SiteKind>.Read(site, "kind"), site.Text("path", maxLength: 512)),
            EnumNames<Algebra>.Read(o, "algebra"), o.Array("tensors", ReadTensor))
        {
            Privacy = EnumNames<PrivacyClass>.Read(o, "privacy", PrivacyClass.Weights),
            LearningRate = o.Number("learning_rate", double.MinValue, double.MaxValue, 1),
            Product = o.Object("product") is { } product ? ReadProduct(product) : null,
        };
        site.Done();
        o.Done();
        return group;
    }

    static ProductForm ReadProduct(StrictObject o)
    {
        var form = new ProductForm(o.Text("left", maxLength: 512), o.Text("right", maxLength: 512),
            o.Number("alpha", double.MinValue, double.MaxValue), o.Flag("rslora", false))
        {
            Kronecker = o.Object("kronecker") is { } shape ? ReadKronecker(shape) : null,
            Offset = o.Flag("offset", false),
        };
        o.Done();
        return form;
    }

    static KroneckerShape ReadKronecker(StrictObject o)
    {
        int Size(string name) => (int)o.Integer(name, 1, int.MaxValue);
        var shape = new KroneckerShape(Size("m1"), Size("n1"), Size("m2"), Size("n2"));
        o.Done();
        return shape;
    }

    static TensorSpec ReadTensor(JsonElement element, string path)
    {
        var o = new StrictObject(element, path);
        var spec = new TensorSpec(o.Text("name", maxLength: 512), o.Text("role", maxLength: 512), o.Array("shape", ReadAxis, maxCount: 64));
        o.Done();
        return spec;
    }

    static Axis ReadAxis(JsonElement element, string path) => element switch
    {
        { ValueKind: JsonValueKind.String } when element.ValueEquals("r"u8) => Axis.Rank,
        { ValueKind: JsonValueKind.Number } when element.TryGetInt32(out var size) && size > 0 => Axis.Of(size),
        _ => throw new FormatException($"{path} is {NearestName.Shorten(element.GetRawText())}; an axis is \"r\" or an integer from 1 to {int.MaxValue}."),
    };
}
