namespace Federated.Cli.Supervision;

/// <summary>One program to keep running: what to start, and where its output goes.</summary>
/// <param name="Name">For people: "server", "site-a".</param>
/// <param name="Program">Path of the executable.</param>
/// <param name="Arguments">Its arguments, for the n-th start (0 is the first; a restarted server keeps its ports, say).</param>
/// <param name="LogFile">Standard output and error, appended.</param>
sealed record ChildSpec(string Name, string Program, Func<int, IReadOnlyList<string>> Arguments, string LogFile);
