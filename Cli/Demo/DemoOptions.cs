using System.CommandLine;
using Federated.Cli.Terminal;

namespace Federated.Cli.Demo;

/// <summary>The flags that demo and <c>bench vision</c> share.</summary>
sealed class DemoOptions
{
    readonly Option<string?> _domains = new("--domains") { Description = $"Which six visual domains: {string.Join(" or ", DomainSet.Names)} [default: mild]." };
    readonly Option<string?> _labels = new("--labels") { Description = "How labels spread over the sites: iid or dirichlet:ALPHA [default: iid]." };
    readonly Option<int?> _rounds = new("--rounds") { Description = "Rounds [default: 20]." };
    readonly Option<int?> _images = new("--site-images") { Description = "Training images per site, at most 5000 [default: 200]." };
    readonly Option<int?> _tests = new("--test-images") { Description = "Test images per domain, at most 10000 [default: 2000]." };
    readonly Option<string?> _encoding = new("--encoding") { Description = "Of the updates: f32, f16 or bf16 [default: f32]." };
    readonly Option<int?> _threads = new("--server-threads") { Description = "Threads of the coordinator's arithmetic; the published bytes do not depend on it [default: 1]." };
    readonly Option<ulong?> _seed = new("--seed") { Description = "Of everything random [default: 1]." };
    readonly Option<DirectoryInfo?> _base = new("--base") { Description = "Hugging Face folder of a vision transformer for one-channel images, to start from [default: a small one, pre-trained once]." };
    readonly Option<DirectoryInfo?> _work = new("--work") { Description = "Folder for the base, logs, adapters and report [default: artifacts/demo]." };
    readonly Option<DirectoryInfo?> _data = new("--images") { Description = $"Folder of Fashion-MNIST's four IDX files [default: {FashionMnist.DefaultFolder}]." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _domains, _labels, _rounds, _images, _tests, _encoding, _threads, _seed, _base, _work, _data }) command.Options.Add(option);
    }

    public string Work(ParseResult parsed) => parsed.GetValue(_work)?.FullName ?? Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "demo");

    public FashionMnist Images(ParseResult parsed) => new(parsed.GetValue(_data)?.FullName ?? FashionMnist.DefaultFolder);

    public DemoSettings Read(ParseResult parsed, DemoSettings defaults)
    {
        var settings = defaults with
        {
            Domains = parsed.GetValue(_domains) ?? defaults.Domains,
            Labels = parsed.GetValue(_labels) ?? defaults.Labels,
            Rounds = InRange(parsed, _rounds, defaults.Rounds, 1, 1000),
            ImagesPerSite = InRange(parsed, _images, defaults.ImagesPerSite, 1, FashionMnist.PoolPerSite),
            TestImages = InRange(parsed, _tests, defaults.TestImages, 1, FashionMnist.TestImages),
            Encoding = parsed.GetValue(_encoding) ?? defaults.Encoding,
            Base = parsed.GetValue(_base)?.FullName,
            ServerThreads = InRange(parsed, _threads, defaults.ServerThreads, 1, 256),
            Seed = parsed.GetValue(_seed) ?? defaults.Seed,
        };
        DomainSet.Sites(settings.Domains);
        return settings;
    }

    static int InRange(ParseResult parsed, Option<int?> option, int fallback, int low, int high)
    {
        var value = parsed.GetValue(option) ?? fallback;
        return value >= low && value <= high ? value
            : throw new CommandException("F561", $"{option.Name} is {value}; {low} to {high} is allowed.", ExitCode.Usage);
    }
}
