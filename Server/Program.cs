using Federated.Server.Faults;
using Federated.Server.Hosting;
using Federated.Server.Storage;

const int Failed = 1, Usage = 2, EnvironmentFault = 3;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(ServerArguments.Usage);
    return 0;
}

ServerArguments arguments;
try
{
    arguments = ServerArguments.Parse(args, Environment.GetEnvironmentVariable);
}
catch (FaultException e)
{
    return Say(e.Refusal, Usage);
}

try
{
    await ServerHost.RunAsync(arguments);
    return 0;
}
catch (FaultException e)
{
    return Say(e.Refusal, e.Refusal.Fault is Fault.PortTaken or Fault.DataFolderLocked or Fault.DatabaseTooNew or Fault.TlsFolderUnusable ? EnvironmentFault : Failed);
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
