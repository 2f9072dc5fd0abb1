using System.CommandLine;
using Federated.Cli.Commands;
using Federated.Cli.Operating;
using Federated.Cli.Terminal;

var root = new RootCommand("Federated: federated parameter-efficient fine-tuning.")
{
    ServerCommand.Create(),
    BackupCommand.Create(),
    BackupCommand.CreateRestore(),
    ClientCommand.Create(),
    PretrainCommand.Create(),
    AdapterCommand.Create(),
    AggregateCommand.Create(),
    AuditCommand.Create(),
    RunsCommand.Create(),
    AuthorityCommand.Create(),
    DemoCommand.Create(),
    BenchCommand.Create(),
    SimulateCommand.Create(),
};
foreach (var command in OperatorCommands.Create()) root.Subcommands.Add(command);
return args switch
{
    ["server", .. var options] => ServerCommand.Become(options),
    ["restore", ..] => ServerCommand.Become(args),
    _ => await CommandRunner.RunAsync(root, args),
};
