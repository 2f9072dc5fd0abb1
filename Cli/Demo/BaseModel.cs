using System.Security.Cryptography;
using System.Text.Json;
using Federated.Client.Training;

namespace Federated.Cli.Demo;

/// <summary>The vision transformer that every row starts from: the one named, or a small one, pre-trained once and kept for the next demo.</summary>
static class BaseModel
{
    public static async Task<string> EnsureAsync(Workspace workspace, SiteImages images, DemoSettings settings, DemoConsole console, CancellationToken stop)
    {
        if (settings.Base is { } given) return given;
        var pretrain = new PretrainSettings { Epochs = settings.PretrainEpochs };
        var folder = workspace.Base(Name(pretrain));
        if (File.Exists(Path.Combine(folder, "config.json"))) return folder;

        var making = folder + ".making";
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        await console.ProgressAsync("Pre-training the base", 100, report => Task.Run(() => Pretrainer.Run(
            images.Base(FashionMnist.BaseImages), FashionMnist.Labels, pretrain, making,
            step => report(100 * step.Step / step.Steps, $"loss {step.Loss:0.000}"), stop), stop));
        Directory.Move(making, folder);
        return folder;
    }

    static string Name(PretrainSettings settings) =>
        "vit-" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(settings)))[..12];
}
