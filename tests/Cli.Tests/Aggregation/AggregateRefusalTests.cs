using Federated.Cli.Terminal;
using Federated.Formats.Peft;

namespace Cli.Tests.Aggregation;

/// <summary>Bad input: one line that names the thing, the code and exit code of docs/errors.md, and no output folder.</summary>
public sealed class AggregateRefusalTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--strategy fedit --client NOWHERE", "F567", 3, "There is no folder 'NOWHERE'")]
    [InlineData("--strategy fedit --client GOOD --previous NOWHERE", "F567", 3, "There is no folder 'NOWHERE'")]
    [InlineData("--strategy fedit --client EMPTY", "F567", 1, "has no adapter_config.json")]
    [InlineData("--strategy fedit --client BROKEN", "F567", 1, "Adapter 'BROKEN'")]
    [InlineData("--strategy fedit --client TENSORLESS", "F567", 1, "has no tensor")]
    [InlineData("--strategy fedit --client GOOD --client NAN", "F567", 1, "Tensor 'base_model.model.encoder.layer.1.query.lora_B.weight' is NaN at element 3")]
    [InlineData("--strategy fedit --client GOOD --client OTHERBASE", "F567", 1, "for base 'another'")]
    [InlineData("--strategy fedit --client GOOD --client OTHERDIGEST --client DIGEST", "F567", 1, "one base is needed")]
    [InlineData("--strategy fedit --client GOOD --client FEWER", "F567", 1, "module 'encoder.layer.1.query', which 'FEWER' lacks")]
    [InlineData("--strategy fedit --previous GOOD --client FEWER", "F567", 1, "Adapter 'FEWER' lacks module 'encoder.layer.1.query'")]
    [InlineData("--strategy fedit --client GOOD --client WIDER", "F567", 1, "only ranks may differ")]
    [InlineData("--strategy ffa-lora --previous GOOD --client GOOD --client RANK3", "F567", 1, "Product strategy 'ffa-lora' needs one rank")]
    [InlineData("--strategy median --client GOOD --client RANK3", "F567", 1, "Product strategy 'median' needs one rank")]
    [InlineData("--strategy fedit --client GOOD:0 --client SECOND:0", "F567", 1, "sum to 0")]
    [InlineData("--strategy krum --client GOOD --client SECOND", "F567", 1, "needs at least 3 updates; there are 2")]
    [InlineData("--strategy ffa-lora --previous GOOD --client SECOND", "F567", 1, "changed tensor")]
    [InlineData("--strategy flexlora --set server_optimiser=fedadam --previous GOOD --client SECOND", "F567", 1, "new basis every round")]
    [InlineData("--strategy ffa-lora --client GOOD", "F561", 2, "keeps lora_A of the version")]
    [InlineData("--strategy rolora --round 1 --client GOOD", "F561", 2, "keeps lora_B of the version")]
    [InlineData("--strategy fedsa-lora --client GOOD", "F561", 2, "keeps lora_B of the version")]
    [InlineData("--strategy fedsvd --client GOOD", "F561", 2, "keeps lora_A of the version")]
    [InlineData("--strategy fedadam --client GOOD", "F561", 2, "name it with --previous")]
    [InlineData("--strategy lora-fare --client GOOD", "F561", 2, "did you mean 'lora-fair'?")]
    [InlineData("--strategy lora-fair --set lamda=1 --client GOOD", "F561", 2, "did you mean 'lambda'?")]
    [InlineData("--strategy lora-fair --set lambda=-1 --client GOOD", "F561", 2, "lambda is -1")]
    [InlineData("--strategy lora-fair --set lambda=much --client GOOD", "F561", 2, "must be a finite number")]
    [InlineData("--strategy lora-fair --set lambda --client GOOD", "F561", 2, "not of the form key=value")]
    [InlineData("--strategy lora-fair --set lambda=1 lambda=2 --client GOOD", "F561", 2, "twice")]
    [InlineData("--strategy lora-fair --set weiger.f=1 --client GOOD", "F561", 2, "did you mean 'weigher'?")]
    [InlineData("--strategy lora-fair --set weigher.f=1 --client GOOD", "F561", 2, "--set weigher=NAME")]
    [InlineData("--strategy lora-fair --set weigher=crum --client GOOD", "F561", 2, "did you mean 'krum'?")]
    [InlineData("--strategy fedit --client GOOD:heavy", "F561", 2, "'heavy'")]
    [InlineData("--strategy fedit --client GOOD:NaN", "F561", 2, "'NaN'")]
    [InlineData("--strategy fedit --client GOOD:-1", "F561", 2, "'-1'")]
    [InlineData("--strategy fedit --client GOOD:Infinity", "F561", 2, "'Infinity'")]
    [InlineData("--strategy fedit --client GOOD:1 --client GOOD:2", "F561", 2, "given twice")]
    [InlineData("--strategy fedit", "F561", 2, "At least one --client")]
    [InlineData("--client GOOD", "F561", 2, "Option '--strategy' is required")]
    [InlineData("--strategy fedpeft-bias --client GOOD --client SECOND", "F567", 1, "Bundle 'fedpeft-bias' is for biases and head; group")]
    [InlineData("--strategy flora --residual aside --client GOOD", "F561", 2, "'appended' or 'beside'")]
    [InlineData("--strategy bulyan --set f=1 --client GOOD --client SECOND", "F567", 1, "needs at least 7 updates; there are 2")]
    [InlineData("--strategy lora-fair --set objective=cosine lambda_mode=relative-to-gram --client GOOD", "F561", 2, "lambda_mode")]
    [InlineData("--strategy fedit --threads 0 --client GOOD", "F561", 2, "--threads is 0; 1 to 256")]
    [InlineData("--strategy rolora --round -1 --client GOOD", "F561", 2, "--round is -1")]
    public void Aggregate_BadInput_IsOneLineWithItsCode(string words, string code, int exit, string text)
    {
        foreach (var name in Inputs.Keys.Where(words.Contains)) Inputs[name](_folder[name]);
        var located = string.Join(' ', words.Split(' ').Select(word => Inputs.Keys.Append("NOWHERE").Any(n => word == n || word.StartsWith(n + ":", StringComparison.Ordinal)) ? _folder[word] : word));

        var refusal = Assert.Throws<CommandException>(() => AggregateWords.Run($"{located} --out {_folder["out"]}"));

        var line = Failure.Describe(refusal, stopping: false)!;
        Assert.Equal((code, exit), (refusal.Code, line.ExitCode));
        Assert.StartsWith($"error {code}: ", line.Line);
        Assert.Contains(text, line.Line.Replace(_folder.Path + "/", ""));
        Assert.DoesNotContain('\n', line.Line);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "out*"));
    }

    [Fact]
    public void Aggregate_OutputInUse_IsLeftAlone()
    {
        var client = Good.Write(_folder["client"]);
        var before = Directory.GetFiles(client).Select(File.ReadAllBytes).ToArray();

        var refusal = Assert.Throws<CommandException>(() => AggregateWords.Run($"--strategy fedit --client {client} --out {client}"));

        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.Contains("not an empty folder", refusal.Message);
        Assert.Equal(before, Directory.GetFiles(client).Select(File.ReadAllBytes));
    }

    [Fact]
    public void Aggregate_OneModelAtTwoPlaces_IsOneBase()
    {
        (Good with { Base = "/site-a/models/vit" }).Write(_folder["a"]);
        (Good with { Base = "hub/vit" }).Write(_folder["b"]);

        AggregateWords.Run($"--strategy fedit --client {_folder["a"]} --client {_folder["b"]} --out {_folder["out"]}");

        Assert.True(File.Exists(Path.Combine(_folder["out"], PeftFolder.TensorsFile)));
    }

    [Fact]
    public void Aggregate_FolderWithAColonInItsName_IsAFolder()
    {
        var client = Good.Write(_folder["site:2"]);

        AggregateWords.Run($"--strategy fedit --client {client} --client {Good.Write(_folder["b"])}:3 --out {_folder["out"]}");

        Assert.Contains("site:2\"", File.ReadAllText(Path.Combine(_folder["out"], "report.json")));
    }

    static Sample Good => Sample.Random(2, 4, 1);

    static readonly Dictionary<string, Action<string>> Inputs = new()
    {
        ["GOOD"] = folder => Good.Write(folder),
        ["SECOND"] = folder => Sample.Random(2, 4, 2).Write(folder),
        ["RANK3"] = folder => Sample.Random(3, 4, 2).Write(folder),
        ["EMPTY"] = folder => Directory.CreateDirectory(folder),
        ["BROKEN"] = folder =>
        {
            Good.Write(folder);
            File.WriteAllText(Path.Combine(folder, PeftFolder.TensorsFile), "no tensors");
        },
        ["TENSORLESS"] = folder => new PeftFolder(new PeftLoraConfig(2, 4, ["query"]), []).Write(folder),
        ["NAN"] = folder =>
        {
            var sample = Sample.Random(2, 4, 2);
            sample.Values[Sample.B(Sample.Modules[1])][3] = float.NaN;
            sample.Write(folder);
        },
        ["OTHERBASE"] = folder => (Good with { Base = "another" }).Write(folder),
        ["DIGEST"] = folder => Published(folder, "0001"),
        ["OTHERDIGEST"] = folder => Published(folder, "0002"),
        ["FEWER"] = folder =>
        {
            var sample = Sample.Random(2, 4, 2);
            sample.Values.Remove(Sample.A(Sample.Modules[1]));
            sample.Values.Remove(Sample.B(Sample.Modules[1]));
            sample.Write(folder);
        },
        ["WIDER"] = folder =>
        {
            Good.Write(folder);
            var peft = PeftFolder.Read(folder);
            (peft with { Tensors = [.. peft.Tensors.Select(t => t.Name == Sample.Head ? new PeftTensor(t.Name, [6], new float[6]) : t)] }).Write(folder);
        },
    };

    static void Published(string folder, string digest)
    {
        Sample.Random(2, 4, 2).Write(folder);
        File.WriteAllText(Path.Combine(folder, "federated.json"), $$"""{"base": "{{digest}}"}""");
    }
}
