using System.CommandLine;
using Federated.Cli.Demo;
using Federated.Cli.Terminal;
using Federated.Client.Data;
using Federated.Client.Data.Text;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Training;

namespace Federated.Cli.Commands;

/// <summary><c>federated pretrain</c>: a small language model from public text, where no pre-trained one can be had.</summary>
static class PretrainCommand
{
    public static Command Create()
    {
        var defaults = new TextPretrainSettings();
        var wordnet = new Option<DirectoryInfo?>("--wordnet") { Description = "Folder of WordNet's data files, such as /usr/share/wordnet; their definitions are the text." };
        var text = new Option<FileInfo?>("--text") { Description = "A UTF-8 file instead; one ending in .jsonl has a document in the field \"text\" of every line." };
        var vocabulary = new Option<DirectoryInfo>("--vocabulary") { Description = "Folder with encoder.json and vocab.bpe, vocab.json and merges.txt, or tokenizer.json.", Required = true };
        var tokens = new Option<int>("--tokens") { Description = "Keep only the vocabulary's first tokens; 0 keeps all.", DefaultValueFactory = _ => 4096 };
        var hidden = new Option<int>("--hidden") { Description = "Width of the model.", DefaultValueFactory = _ => defaults.HiddenSize };
        var layers = new Option<int>("--layers") { DefaultValueFactory = _ => defaults.Layers };
        var heads = new Option<int>("--heads") { Description = "Divide the width.", DefaultValueFactory = _ => defaults.Heads };
        var context = new Option<int>("--context") { Description = "Tokens in a window.", DefaultValueFactory = _ => defaults.Context };
        var steps = new Option<int>("--steps") { DefaultValueFactory = _ => defaults.Steps };
        var batch = new Option<int>("--batch") { Description = "Windows in a batch.", DefaultValueFactory = _ => defaults.BatchSize };
        var rate = new Option<double>("--learning-rate") { Description = "The highest; it rises, then falls to zero.", DefaultValueFactory = _ => defaults.LearningRate };
        var seed = new Option<ulong>("--seed") { DefaultValueFactory = _ => 1 };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for config.json, model.safetensors and tokenizer.json.", Required = true };
        var command = new Command("pretrain", "Make a small GPT-2 from public text.") { wordnet, text, vocabulary, tokens, hidden, layers, heads, context, steps, batch, rate, seed, output };
        command.SetAction(async (parsed, stop) =>
        {
            var settings = new TextPretrainSettings
            {
                HiddenSize = Positive(parsed, hidden), Layers = Positive(parsed, layers), Heads = Positive(parsed, heads), Context = Positive(parsed, context),
                Steps = Positive(parsed, steps), BatchSize = Positive(parsed, batch), LearningRate = parsed.GetValue(rate), Seed = parsed.GetValue(seed),
            };
            if (settings.HiddenSize % settings.Heads != 0) throw new CommandException("F561", $"--heads {settings.Heads} does not divide --hidden {settings.HiddenSize}.", ExitCode.Usage);
            var documents = Documents(parsed.GetValue(wordnet), parsed.GetValue(text));
            var tokenizer = TokenizerFolder.Load(parsed.GetValue(vocabulary)!.FullName, parsed.GetValue(tokens));
            var folder = parsed.GetValue(output)!.FullName;
            var report = await DemoConsole.Standard().ProgressAsync("Pre-training", settings.Steps, progress => Task.Run(
                () => TextPretrainer.Run(documents, tokenizer, settings, folder, step => progress(step.Step, $"loss {step.Loss:0.000}"), stop), stop));
            Console.WriteLine($"{documents.Count} documents, {report.Steps} steps in {report.Seconds:0} s, loss {report.Loss:0.000}; written to {folder}.");
            return ExitCode.Done;
        });
        return command;
    }

    static IReadOnlyList<string> Documents(DirectoryInfo? wordnet, FileInfo? text) => (wordnet, text) switch
    {
        ({ } folder, null) => WordNetGlosses.Read(folder.FullName),
        (null, { } file) => TextSource.Read(file.Extension == ".jsonl" ? TextSource.JsonLines : TextSource.Plain, file.FullName, "text", new IndexRange()),
        _ => throw new CommandException("F561", "One of --wordnet and --text is needed.", ExitCode.Usage),
    };

    static int Positive(ParseResult parsed, Option<int> option)
    {
        var value = parsed.GetValue(option);
        return value > 0 ? value : throw new CommandException("F561", $"{option.Name} is {value}; 1 or more is needed.", ExitCode.Usage);
    }
}
