using System.CommandLine;
using Federated.Cli.Commands;
using Federated.Cli.Terminal;

var root = new RootCommand("Federated: federated parameter-efficient fine-tuning.")
{
    ServerCommand.Create(),
    ClientCommand.Create(),
    PretrainCommand.Create(),
    AdapterCommand.Create(),
    AggregateCommand.Create(),
    AuditCommand.Create(),
    RunsCommand.Create(),
    RoundsCommand.Create(),
    DemoCommand.Create(),
    BenchCommand.Create(),
};
return args is ["server", .. var options] ? ServerCommand.Become(options) : await CommandRunner.RunAsync(root, args);
