namespace Federated.Server.Hosting;

/// <summary>The child's side of supervision: standard input is a pipe that only the parent holds open.</summary>
public static class ParentPipe
{
    /// <summary>Set by the parent. Without it standard input means nothing (a service started by systemd, say).</summary>
    public const string Variable = "FEDERATED_PARENT_PIPE";

    /// <summary>Calls <paramref name="ended"/> when the parent closes the pipe or dies.</summary>
    public static void Watch(Action ended)
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1") return;
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            Span<byte> buffer = stackalloc byte[64];
            while (input.Read(buffer) > 0) { }
            ended();
        }) { IsBackground = true, Name = "parent pipe" }.Start();
    }
}
