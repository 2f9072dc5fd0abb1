using System.CommandLine;
using System.Text.Json;
using Federated.Cli.Audit;
using Federated.Cli.Terminal;
using Federated.Client.Data;
using Federated.Client.Data.Text;
using Federated.Client.Models.Gpt2;
using Federated.Client.Models.Tokenizers;

namespace Federated.Cli.Commands;

/// <summary><c>federated audit</c>: what updates of a model, a method and a few texts would tell.</summary>
static class AuditCommand
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "A GPT-2 folder with its tokenizer.", Required = true };
        var texts = new Option<FileInfo?>("--texts") { Description = "JSON lines with a field 'text'; without it every text is an invented note." };
        var methods = new Option<string[]>("--method") { Description = "A method of the client; may be given several times.", DefaultValueFactory = _ => ["lora"], AllowMultipleArgumentsPerToken = true };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where audit.json and audit.html go.", Required = true };
        var defaults = new AuditSettings();
        var rank = new Option<int>("--rank") { DefaultValueFactory = _ => defaults.Rank };
        var scale = new Option<double>("--b-scale") { Description = "Scale of B's entries; 0 is a fresh adapter.", DefaultValueFactory = _ => defaults.BScale };
        var batches = new Option<int>("--batches") { DefaultValueFactory = _ => defaults.Batches };
        var batchSize = new Option<int>("--batch-size") { DefaultValueFactory = _ => defaults.BatchSize };
        var length = new Option<int>("--length") { Description = "Tokens of a text.", DefaultValueFactory = _ => defaults.Length };
        var steps = new Option<int>("--steps") { DefaultValueFactory = _ => defaults.Steps };
        var notes = new Option<int>("--note-steps") { Description = "Malicious fine-tuning of the base before the attack.", DefaultValueFactory = _ => defaults.NoteSteps };
        var command = new Command("audit", "Attack updates that a model would send, under several defences.") { model, texts, methods, folder, rank, scale, batches, batchSize, length, steps, notes };
        command.SetAction((parsed, stop) =>
        {
            var settings = defaults with
            {
                Rank = parsed.GetValue(rank), BScale = parsed.GetValue(scale), Batches = parsed.GetValue(batches), BatchSize = parsed.GetValue(batchSize),
                Length = parsed.GetValue(length), Steps = parsed.GetValue(steps), NoteSteps = parsed.GetValue(notes),
            };
            var documents = parsed.GetValue(texts) is { } file ? TextSource.Read(TextSource.JsonLines, file.FullName, "text", new IndexRange()) : [];
            var result = Run(parsed.GetValue(model)!.FullName, documents, parsed.GetValue(methods)!, settings, stop);
            Write(result, parsed.GetValue(folder)!.FullName);
            Console.Out.WriteLine($"{result.Rows.Count} rows in {result.Seconds:F0} s: {Path.Combine(parsed.GetValue(folder)!.FullName, "audit.html")}");
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }

    /// <summary>Audits every method on a fresh copy of the base.</summary>
    public static AuditResult Run(string folder, IReadOnlyList<string> texts, IReadOnlyList<string> methods, AuditSettings settings, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        var (rows, digest) = (new List<AuditRow>(), "");
        foreach (var method in methods)
        {
            using var model = Gpt2Model.Load(folder);
            digest = model.BaseDigest;
            rows.AddRange(new Auditor(model, TokenizerFolder.Load(folder), texts, settings).Run(method, stop));
        }
        return new AuditResult(digest, settings, rows, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    public static void Write(AuditResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "audit.json"), JsonSerializer.Serialize(result, Json) + "\n");
        File.WriteAllText(Path.Combine(folder, "audit.html"), AuditPage.Write(result));
    }
}
