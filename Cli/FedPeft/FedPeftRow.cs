namespace Federated.Cli.FedPeft;

/// <summary>One tensor set on one split and seed.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Split">How labels spread over the sites.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Accuracy">On the test images after the last round, a share.</param>
/// <param name="Mebibytes">Per client and round, one way, fp32.</param>
/// <param name="PeakMebibytes">Largest resident memory of the process from loading the base to the last number; data and runtime included.</param>
/// <param name="StepMilliseconds">Median over rounds of a site's mean step.</param>
sealed record FedPeftRow(string Set, string Split, ulong Seed, double Accuracy, double Mebibytes, double PeakMebibytes, double StepMilliseconds);
