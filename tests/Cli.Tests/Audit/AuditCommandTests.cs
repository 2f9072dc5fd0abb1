using System.Text.Json;
using System.Text.Json.Nodes;
using Cli.Tests.Aggregation;
using Federated.Cli.Audit;
using Federated.Cli.Commands;
using Federated.Client.Models.Gpt2;

namespace Cli.Tests.Audit;

/// <summary><c>federated audit</c> on a small model of random weights: theory says what its first row must be, and the page shows every row.</summary>
public sealed class AuditCommandTests : IDisposable
{
    static readonly string[] Texts = ["call me on Monday", "the rent is due", "I lost my badge again", "yoga moves to Friday"];

    readonly TemporaryFolder _folder = new();

    [Fact]
    public void Audit_TwoMethods_WritesWhatItFoundAsJsonAndAsAPage()
    {
        WriteModel();
        File.WriteAllLines(_folder["texts.jsonl"], Texts.Select(text => JsonSerializer.Serialize(new { text })));
        var code = AuditCommand.Create().Parse(["--model", _folder["base"], "--texts", _folder["texts.jsonl"], "--out", _folder["out"], "--method", "lora", "ia3", "--batches", "3", "--length", "16"]).Invoke();
        Assert.Equal(0, code);
        var rows = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["out"], "audit.json")))!["rows"]!.AsArray().Select(r => r!.AsObject()).ToList();
        Assert.Equal(new[] { "lora", "ia3" }.SelectMany(m => Defence.All.Select(d => (m, d.Name))), rows.Select(r => (Text(r, "method"), Text(r, "defence"))));
        // Fifteen inputs, sixteen rows, B not zero: every input lies in the update's span.
        Assert.Equal(("span", 1.0, 1.0, 1.0), (Text(rows[0], "attack"), Number(rows[0], "auc"), Number(rows[0], "exactHits"), Number(rows[0], "tokenRecall")));
        // The only number of three batches of one text is read, so all of them are.
        Assert.Equal(1.0, Number(rows[0], "secretsRead"));
        Assert.All(rows.Where(r => Text(r, "method") == "ia3"), r => Assert.Equal("likelihood", Text(r, "attack")));
        Assert.All(rows, r => Assert.Equal(Text(r, "defence").StartsWith("noise", StringComparison.Ordinal), r["epsilon"] is not null));
        Assert.True(Number(rows[4], "auc") < 0.9, "Noise of twice the bound left the tokens readable.");
        ThePageShows(rows);
    }

    void ThePageShows(List<JsonObject> rows)
    {
        var page = File.ReadAllText(Path.Combine(_folder["out"], "audit.html"));
        Assert.Equal(3, page.Split("<svg").Length - 1);
        Assert.Equal(3 * rows.Count, page.Split("class=\"bar\"").Length - 1);
        Assert.All(rows, r => Assert.Contains(FormattableString.Invariant($"<tr><td>{Text(r, "method")}<td>{Text(r, "defence")}<td>{Text(r, "attack")}"), page));
        // Opened from a disk without a network, it still shows everything.
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    void WriteModel()
    {
        using (var model = Gpt2Model.Create(new Gpt2Config { Vocabulary = 257, Positions = 16, HiddenSize = 32, Layers = 2, Heads = 2, InnerSize = 64, Activation = "relu" }, 1))
            model.Save(_folder["base"]);
        var next = 256;
        var symbols = Enumerable.Range(0, 256).Select(b => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? ((char)b).ToString() : ((char)next++).ToString());
        var tokens = new JsonObject(symbols.Append("<|endoftext|>").Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        File.WriteAllText(Path.Combine(_folder["base"], "vocab.json"), tokens.ToJsonString());
        File.WriteAllText(Path.Combine(_folder["base"], "merges.txt"), "#version: 0.2\n");
    }

    static string Text(JsonObject row, string field) => row[field]!.GetValue<string>();

    static double Number(JsonObject row, string field) => row[field]!.GetValue<double>();

    public void Dispose() => _folder.Dispose();
}
