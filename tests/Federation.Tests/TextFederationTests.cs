using Federated.Cli.Demo;
using Federated.Cli.Text;
using Federated.Client.Training;
using Spectre.Console;

namespace Federation.Tests;

/// <summary>A short real run on real mails: the base from WordNet, four sites as processes.</summary>
public sealed class TextFederationTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    readonly string _work = Directory.CreateTempSubdirectory("federated-text-").FullName;
    readonly CancellationTokenSource _limit = new(Limit);

    [Fact]
    public async Task Mails_FourSites_FederatedPerplexityIsBelowEverySiteAlone()
    {
        var settings = new TextSettings
        {
            Pretrain = new TextPretrainSettings { HiddenSize = 32, Layers = 2, Heads = 2, Context = 32, Steps = 120, BatchSize = 8 },
            Vocabulary = 1024, Glosses = 4000, MailsPerSite = 40, Rounds = 4, Steps = 10, BatchSize = 8, LearningRate = 1e-2,
        };
        var console = new DemoConsole(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }));
        var folders = new TextFolders("/usr/share/wordnet", Path.Combine(Root(), "bench", "Text", "node_modules"));

        var result = await new TextPipeline(settings, folders, new Workspace(_work), console, TimeProvider.System).RunAsync(_limit.Token);

        var federated = result.Rows.Single(row => row.Kind == TextRow.Federated).All;
        Assert.All(result.Rows.Where(row => row.Kind != TextRow.Federated), row => Assert.True(federated < row.All, $"{row.Name} has {row.All}; the federation has {federated}."));
        Assert.Equal(4, result.Rows.Count(row => row.Kind == TextRow.Alone));
        Assert.Equal(4, result.Sites.Select(site => site.Domain).Distinct().Count());
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Federated.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
