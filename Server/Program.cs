using Federated.Server.Faults;
using Federated.Server.Hosting;
using Federated.Server.Storage;

const int Failed = 1, Usage = 2, EnvironmentFault = 3;

var restores = args is [RestoreCommand.Name, ..];
if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(restores ? RestoreCommand.Usage : ServerArguments.Usage);
    return 0;
}

try
{
    if (restores)
        await RestoreCommand.RunAsync(args[1..], Environment.GetEnvironmentVariable);
    else
        await ServerHost.RunAsync(ServerArguments.Parse(args, Environment.GetEnvironmentVariable));
    return 0;
}
catch (FaultException e)
{
    return Say(e.Refusal, e.Refusal.Fault switch
    {
        Fault.ValueInvalid or Fault.UnknownKey or Fault.JsonMalformed or Fault.PlaintextRefused => Usage,
        Fault.PortTaken or Fault.DataFolderLocked or Fault.DatabaseTooNew or Fault.TlsFolderUnusable or Fault.RestoreTargetTaken => EnvironmentFault,
        _ => Failed,
    });
}
catch (UnauthorizedAccessException e)
{
    return Say(new Refusal(Fault.StoreUnavailable, e.Message), EnvironmentFault);
}
catch (IOException e)
{
    // The message of the base library names the path.
    return Say(new Refusal(DiskErrors.IsFull(e) ? Fault.DiskFull : Fault.StoreUnavailable, e.Message), Failed);
}

static int Say(Refusal refusal, int exitCode)
{
    Console.Error.WriteLine($"error {refusal.Code}: {refusal.Message}");
    return exitCode;
}
