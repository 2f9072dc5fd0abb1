namespace Federated.Cli.Aggregation;

/// <summary>A client of report.json.</summary>
/// <param name="Folder">As it was given.</param>
/// <param name="Weight">As it was given; 1 when it was not.</param>
sealed record ReportedClient(string Folder, double Weight);
