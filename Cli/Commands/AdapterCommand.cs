using System.CommandLine;
using Federated.Cli.Terminal;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Peft;

namespace Federated.Cli.Commands;

/// <summary><c>federated adapter init</c>: schema, plan and version 0, where the base model is.</summary>
static class AdapterCommand
{
    public static Command Create() => new("adapter", "Prepare adapters.") { Initialise() };

    static Command Initialise()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Hugging Face folder of the base model.", Required = true };
        var method = new Option<string>("--method") { Description = $"PEFT method: {string.Join(", ", MethodCatalog.Default.Names.Concat(TensorSets.Names))}.", DefaultValueFactory = _ => "lora" };
        var set = new Option<string[]>("--set") { Description = "Options of the method, key=value: r=8 alpha=8 targets=query,value head=trained.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var seed = new Option<ulong>("--seed") { Description = "Of the random part of version 0.", DefaultValueFactory = _ => 1 };
        var stage = new Option<string?>("--first-stage") { Description = "Weights of a first stage (safetensors, or a folder of them) whose change LoRA's factors start from." };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for schema.json, plan.json, version0.safetensors and init.json.", Required = true };
        var command = new Command("init", "Write what a coordinator without a base model needs.") { model, method, set, seed, stage, output };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(model)!.FullName;
            using var loaded = ModelFolder.Load(folder);
            var bundle = AdapterInitializer.Create(loaded, new AdapterRequest
            {
                Method = parsed.GetValue(method)!,
                Options = Pairs(parsed.GetValue(set)!),
                Seed = parsed.GetValue(seed),
                FirstStage = parsed.GetValue(stage),
                BaseName = Path.GetFileName(folder),
            });
            bundle.Write(parsed.GetValue(output)!.FullName);
            var layout = bundle.Version0.Layout;
            var account = ByteAccount.Of(layout);
            Console.WriteLine(FormattableString.Invariant($"{Counted.Of(layout.Tensors.Count, "tensor")} in {Counted.Of(layout.Groups.Count, "group")}, {Counted.Of(account.Scalars, "trained scalar")}, {account.Mebibytes:0.000} MiB per client and round in f32; written to {parsed.GetValue(output)!.FullName}."));
            if (bundle.KeptChange is { } kept)
                Console.WriteLine(FormattableString.Invariant($"The factors start with {100 * kept:0.0} % of the first stage's squared change."));
            return ExitCode.Done;
        });
        return command;
    }

    static Dictionary<string, string> Pairs(string[] texts)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var cut = text.IndexOf('=');
            if (cut < 1) throw new CommandException("F561", $"--set '{text}' is not of the form key=value.", ExitCode.Usage);
            if (!pairs.TryAdd(text[..cut], text[(cut + 1)..])) throw new CommandException("F561", $"--set names '{text[..cut]}' twice.", ExitCode.Usage);
        }
        return pairs;
    }
}
