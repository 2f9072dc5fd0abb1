using Federated.Client.Data;
using Federated.Client.Data.Text;
using Federated.Client.Faults;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Data;

public sealed class TextTests : IDisposable
{
    const long Ignored = -100;

    readonly TestFolder _folder = new();

    [Fact]
    public void Window_AnyLengths_PredictEveryTokenButTheFirstExactlyOnce()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 200; trial++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(2, 60)).Select(i => 1000 + i)];
            var data = new TokenDataset(ids, random.Next(1, 20), padding: 5);
            var predicted = new List<long>();
            for (var i = 0; i < data.Count; i++)
            {
                var (inputs, targets) = (new long[data.Context], new long[data.Context]);
                data.Window(i, inputs, targets, Ignored);
                foreach (var (input, target) in inputs.Zip(targets).Where(p => p.Second != Ignored))
                {
                    Assert.Equal(input + 1, target);
                    predicted.Add(target);
                }
            }
            Assert.Equal(ids[1..].Select(i => (long)i), predicted);
            Assert.Equal(predicted.Count, data.Predicted);
        }
    }

    [Fact]
    public void Read_JsonLines_TakesTheFieldOfTheChosenDocuments()
    {
        File.WriteAllText(_folder["d.jsonl"], "{\"body\":\"one\"}\n\n{\"body\":\"zwei ü\"}\n{\"body\":\"\"}\n{\"body\":\"four\"}\n");
        Assert.Equal(["one", "zwei ü", "four"], TextSource.Read("jsonl", _folder["d.jsonl"], "body", new IndexRange()));
        Assert.Equal(["zwei ü"], TextSource.Read("jsonl", _folder["d.jsonl"], "body", new IndexRange(1, 2)));
        Assert.Equal([File.ReadAllText(_folder["d.jsonl"])], TextSource.Read("text", _folder["d.jsonl"], "", new IndexRange()));
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":1}", "line 2", "F571")]
    [InlineData("{\"text\":\"a\"}\n[", "line 2", "F571")]
    [InlineData("", "no document", "F511")]
    public void Read_BrokenLines_NamesTheLine(string content, string named, string code)
    {
        File.WriteAllText(_folder["d.jsonl"], content);
        var fault = Assert.Throws<ClientFault>(() => TextSource.Read("jsonl", _folder["d.jsonl"], "text", new IndexRange()));
        Assert.Equal(code, fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_NamesIt()
    {
        var fault = Assert.Throws<ClientFault>(() => TextSource.Read("text", _folder["nowhere.txt"], "", new IndexRange()));
        Assert.Equal("F571", fault.Code);
        Assert.Contains("nowhere.txt", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Glosses_DataFiles_AreWordsAndDefinition()
    {
        foreach (var name in new[] { "data.noun", "data.verb", "data.adj", "data.adv" })
            File.WriteAllText(_folder[name], "  1 This software is licensed\n");
        File.AppendAllText(_folder["data.noun"], "00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which is perceived  \n00002137 03 n 02 abstract_entity 0 abstraction 0 001 @ 00001740 n 0000 | a concept; \"x\"\n");
        Assert.Equal(["entity: that which is perceived", "abstract entity, abstraction: a concept; \"x\""], WordNetGlosses.Read(_folder[""]));
        File.AppendAllText(_folder["data.adv"], "nonsense\n");
        Assert.Contains("nonsense", Assert.Throws<ClientFault>(() => WordNetGlosses.Read(_folder[""])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
