using Federated.Cli.Terminal;

namespace Federated.Cli.Demo;

/// <summary>The demo's folders. The base is kept between demos; everything else belongs to one demo and is replaced by the next.</summary>
sealed class Workspace
{
    public Workspace(string root)
    {
        Root = Path.GetFullPath(root);
        Latest = Path.Combine(Root, "latest");
        try
        {
            if (Directory.Exists(Latest)) Directory.Delete(Latest, recursive: true);
            Directory.CreateDirectory(Logs);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException("F560", $"The demo's folder '{Root}' is not writable; name another with --work.", ExitCode.Environment);
        }
    }

    public string Root { get; }
    public string Latest { get; }
    public string Logs => Path.Combine(Latest, "logs");
    public string Coordinator => Path.Combine(Latest, "coordinator");
    public string Adapter => Path.Combine(Latest, "adapter");
    public string Report => Path.Combine(Latest, "report.html");

    public string Base(string name) => Path.Combine(Root, "bases", name);
    public string Site(string name) => Path.Combine(Latest, "sites", name);
    public string Log(string name) => Path.Combine(Logs, name + ".log");
}
