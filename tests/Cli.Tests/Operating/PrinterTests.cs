using System.Text.Json.Nodes;
using Federated.Cli.Commands;
using Federated.Cli.Operating;
using Federated.Cli.Terminal;
using Federated.Server.Identity;

namespace Cli.Tests.Operating;

public sealed class PrinterTests
{
    static readonly Column[] Columns = [Column.Of("id", "id"), Column.Bytes("size", "bytes"), Column.Time("at", "atMs"), Column.Of("labels", "labels")];

    [Fact]
    public void Table_ShowsTextOfOthersAsText()
    {
        var item = new JsonObject { ["id"] = "[red]x[/]\u001b[2J", ["bytes"] = 1536L, ["atMs"] = 0L, ["labels"] = new JsonObject { ["zone"] = "north" } };
        var text = Print(new JsonArray(item), json: false);
        Assert.Contains("[red]x[/]", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("1.5 KiB", text, StringComparison.Ordinal);
        Assert.Contains("1970-01-01 00:00:00Z", text, StringComparison.Ordinal);
        Assert.Contains("zone=north", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_ForAnotherProgram_KeepsEachItemOnOneLine()
    {
        var name = new string('n', 300);

        Assert.Single(Print(new JsonArray(new JsonObject { ["id"] = name, ["labels"] = $"{name} {name}" }), json: false).Split('\n'), line => line.Contains($"{name} {name}", StringComparison.Ordinal));
    }

    [Fact]
    public void Table_OfNothing_SaysSo() => Assert.Equal($"none{Environment.NewLine}", Print(new JsonArray(), json: false));

    [Fact]
    public void Again_ForAnotherProgram_ClearsNoScreen()
    {
        var output = new StringWriter();
        new Printer(output, json: false).PrintAgain(new JsonArray(new JsonObject { ["id"] = "a" }), Columns);
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Theory]
    [InlineData("Collecting", "| a | Collecting | 9/8 |")]
    [InlineData("Completed", "| a | Completed | 8/8 |")]
    [InlineData("Stopped", "| a | Stopped | 8/8 |")]
    public void Run_ThatEnded_CountsWhatItPublished(string phase, string row)
    {
        var run = new JsonObject { ["id"] = "a", ["phase"] = phase, ["paused"] = false, ["round"] = 9, ["rounds"] = 8, ["version"] = 8, ["connected"] = new JsonArray() };
        Assert.StartsWith(row, $"| {string.Join(" | ", RunsCommand.Columns.Take(3).Select(c => c.Text(run)))} |");
    }

    [Theory]
    [InlineData(null, "| 2 KiB | 1 KiB | 3 KiB | 129 MiB | 1 GiB | - |")]
    [InlineData(12.34, "| 2 KiB | 1 KiB | 3 KiB | 129 MiB | 1 GiB | 12.3 |")]
    public void Forecast_OfARun_IsShownWhole(double? seconds, string row)
    {
        var forecast = new JsonObject
        {
            ["bytesDownFirst"] = 2L << 10, ["bytesDown"] = 1L << 10, ["bytesUp"] = 3L << 10, ["serverMemoryBytes"] = 129L << 20, ["serverDiskBytes"] = 1L << 30, ["roundSeconds"] = seconds,
        };
        Assert.Equal(row, $"| {string.Join(" | ", RunsCommand.ForecastColumns.Select(c => c.Text(forecast)))} |");
    }

    [Fact]
    public void Json_IsTheAnswerItself()
    {
        var answer = new JsonArray(new JsonObject { ["id"] = "a", ["unshown"] = 1 });
        Assert.True(JsonNode.DeepEquals(answer, JsonNode.Parse(Print(answer, json: true))));
    }

    [Fact]
    public void Curves_BecomeRows()
    {
        var rows = RunsCommand.Rows(new JsonObject { ["settled"] = 0, ["round"] = new JsonArray(0, 1), ["loss"] = new JsonArray(null, 0.5) });
        Assert.True(JsonNode.DeepEquals(new JsonArray(new JsonObject { ["round"] = 0, ["loss"] = null }, new JsonObject { ["round"] = 1, ["loss"] = 0.5 }), rows));
    }

    [Fact]
    public void AuditLog_IsVerifiedFromTheEntriesAlone()
    {
        var (first, second) = (Entry(1, AuditChain.Beginning), Entry(2, null));
        second = second with { PreviousHash = first.Hash };
        second = second with { Hash = AuditChain.HashOf(second) };
        Assert.Contains(second.Hash, AuditLog.Verify(Json(first, second), first.Hash), StringComparison.Ordinal);
        Assert.Contains("entry 2", Broken(Json(first, second with { Actor = "other" }), null), StringComparison.Ordinal);
        Assert.Contains("entry 2", Broken(Json(second), null), StringComparison.Ordinal);
        Assert.Contains("no entry has the hash", Broken(Json(first), second.Hash), StringComparison.Ordinal);
    }

    static string Broken(JsonArray entries, string? head) => Assert.Throws<CommandException>(() => AuditLog.Verify(entries, head)).Message;

    static AuditEntry Entry(long sequence, string? previous)
    {
        var entry = new AuditEntry(sequence, 5, "key:1 a", "POST /x", "s", "d", previous ?? "", "");
        return entry with { Hash = AuditChain.HashOf(entry) };
    }

    static JsonArray Json(params AuditEntry[] entries) => System.Text.Json.JsonSerializer.SerializeToNode(entries, Federated.Cli.Rest.CoordinatorRest.Json)!.AsArray();

    static string Print(JsonNode answer, bool json)
    {
        using var output = new StringWriter();
        new Printer(output, json).Print(answer, Columns);
        return output.ToString();
    }
}
