using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federated.Server.Runs;
using Server.Tests.Faults;
using Server.Tests.Kit;

namespace Server.Tests.Dashboard;

/// <summary>The page's form against the RunSpec: every setting has its field, and no field is for something else.</summary>
public sealed partial class CreateFormTests
{
    /// <summary>Chosen together as the adapter.</summary>
    static readonly string[] Adapter = ["base", "schema", "plan", "version0", "warmStart.run", "warmStart.version"];

    /// <summary>Rules are one field each, whatever options they take.</summary>
    static readonly string[] Rules = ["weigher", "product", "affine", "opaque", "seedTrace", "serverOptimizer"];

    [Fact]
    public void Form_HasAFieldForEverySetting_AndNoOther()
    {
        var fields = Field().Matches(File.ReadAllText(Repository.PathOf("Server/Dashboard/src/pages/create/fields.ts")))
            .Select(m => m.Groups[1].Value).Where(p => !p.EndsWith(".on", StringComparison.Ordinal));
        var settings = Paths(JsonDocument.Parse(RunSpecJson.Write(RunSpecJson.Read(Everything()))).RootElement, "")
            .Concat(Paths(JsonDocument.Parse(RunSpecJson.Write(RunSpecJson.Read(Warm()))).RootElement, "")).Except(Adapter);

        Assert.Equal(settings.Distinct().Order(StringComparer.Ordinal), fields.Order(StringComparer.Ordinal));
    }

    static byte[] Everything() => new TestAdapter().Spec("all", 3, 2, s =>
    {
        s["clients"] = new JsonArray("a", "b");
        foreach (var rule in Rules)
            s[rule] = "x";
        s["train"]!["proximal"] = 0.1;
        s["selection"] = new JsonObject { ["kind"] = "oort" };
        s["asynchrony"] = new JsonObject { ["mode"] = "asynchronous" };
        s["evaluate"] = new JsonObject();
        s["stop"] = new JsonObject { ["target"] = 0.9 };
        s["probePack"] = new string('a', 64);
        s["privacy"] = new JsonObject { ["clip"] = 1, ["noise"] = 1, ["epsilon"] = 1, ["delta"] = 1e-5, ["adaptive"] = new JsonObject() };
    });

    static byte[] Warm() => new TestAdapter().Spec("warm", 3, 2, s =>
    {
        s.Remove("version0");
        s["warmStart"] = new JsonObject { ["run"] = "old", ["version"] = 4 };
    });

    static IEnumerable<string> Paths(JsonElement value, string path) => value.ValueKind == JsonValueKind.Object && !Rules.Contains(path)
        ? value.EnumerateObject().SelectMany(p => Paths(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
        : [path];

    [GeneratedRegex(@"(?:(?:whole|real|choice|rule)\(|\bkind: '\w+', path: )'([\w.]+)'")]
    private static partial Regex Field();
}
