using System.CommandLine;
using Federated.Bench.Page;
using Federated.Cli.Bench.Report;
using Federated.Cli.Terminal;

var clients = new Option<int>("--clients") { Description = "Connected clients without work.", DefaultValueFactory = _ => 1_000 };
var sites = new Option<int>("--sites") { Description = "Clients that train.", DefaultValueFactory = _ => 8 };
var train = new Option<int>("--train-ms") { Description = "Milliseconds that a site trains.", DefaultValueFactory = _ => 500 };
var windows = new Option<int>("--windows") { Description = "How often the viewer comes and goes.", DefaultValueFactory = _ => 4 };
var rounds = new Option<int>("--rounds") { Description = "Rounds in a window.", DefaultValueFactory = _ => 10 };
var json = new Option<FileInfo?>("--json") { Description = "Write the measurements to this file." };
var command = new RootCommand("The dashboard beside a run: how soon it can be used, how soon it follows, what it costs.") { clients, sites, train, windows, rounds, json };
command.SetAction(async (parsed, stop) =>
{
    if (!File.Exists(Viewer.Executable))
    {
        Console.WriteLine($"not run: {Viewer.Executable} is missing.");
        return ExitCode.Environment;
    }
    var settings = new PageSettings(parsed.GetValue(clients), parsed.GetValue(sites), parsed.GetValue(train), parsed.GetValue(windows), parsed.GetValue(rounds));
    var folder = Directory.CreateTempSubdirectory("federated-page-").FullName;
    try
    {
        var entries = await new PageBench(settings, folder, Console.WriteLine).MeasureAsync(stop);
        await BenchFile.WriteAsync(parsed.GetValue(json), $"bench page --clients {settings.Clients} --sites {settings.Sites} --train-ms {settings.TrainMilliseconds}", entries, stop);
        return ExitCode.Done;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
});
return await CommandRunner.RunAsync(command, args);
