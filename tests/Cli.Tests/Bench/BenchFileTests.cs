using System.Text.Json;
using Federated.Cli.Bench.Report;

namespace Cli.Tests.Bench;

/// <summary>One form for every benchmark's results: what is written, and what lies in bench/results.</summary>
public sealed class BenchFileTests
{
    static readonly string[] Fields = ["name", "machine", "processorFlags", "load", "commit", "command", "unit", "samples", "median", "ratio", "details", "runs"];

    public static TheoryData<string> Kept => [.. Directory.EnumerateFiles(Path.Combine(Root(), "bench", "results"), "*.json", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root(), f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Kept))]
    public void Results_ThatAreKept_HaveTheForm(string file) => Require(File.ReadAllText(Path.Combine(Root(), file)));

    [Fact]
    public void Write_EntriesOfAnyKind_HaveTheFormAndTheirNumbers()
    {
        var text = BenchFile.Write("bench made-up --samples 3", [new BenchEntry("one", "s", [3, 1, 2], 2.5) { Runs = new[] { double.PositiveInfinity } }, new BenchEntry("none", "s", [], null)]);
        Require(text);
        var entries = JsonDocument.Parse(text).RootElement;
        Assert.Equal((2, 2.5, "bench made-up --samples 3"), (entries[0].GetProperty("median").GetDouble(), entries[0].GetProperty("ratio").GetDouble(), entries[0].GetProperty("command").GetString()));
        Assert.Equal(JsonValueKind.Null, entries[1].GetProperty("median").ValueKind);
        Assert.Equal(1.5, BenchEntry.MedianOf([2, 1]));
    }

    static void Require(string text)
    {
        using var document = JsonDocument.Parse(text);
        Assert.NotEqual(0, document.RootElement.GetArrayLength());
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            Assert.Equal(Fields, entry.EnumerateObject().Select(p => p.Name));
            Assert.All(["name", "machine", "commit", "command", "unit"], f => Assert.NotEqual("", entry.GetProperty(f).GetString()));
            Assert.All(["processorFlags", "load"], f => Assert.All(entry.GetProperty(f).EnumerateArray(), x => Assert.Equal(JsonValueKind.String, x.ValueKind)));
            Assert.All(entry.GetProperty("samples").EnumerateArray(), x => Assert.True(IsNumber(x)));
            Assert.All(["median", "ratio"], f => Assert.True(entry.GetProperty(f).ValueKind == JsonValueKind.Null || IsNumber(entry.GetProperty(f))));
        }
    }

    // JSON has no infinity; it is written as a text.
    static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number || (value.ValueKind == JsonValueKind.String && value.GetString() is "Infinity" or "-Infinity" or "NaN");

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Federated.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Tests run inside the repository.");
        return folder;
    }
}
