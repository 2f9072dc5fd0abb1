using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>One operator in both languages over the same inputs a, b, c and d.</summary>
/// <param name="Inputs">See make() in oracle.py.</param>
sealed record OracleCase(string Name, string Python, Func<OracleInputs, Tensor[]> Sharp, params string[] Inputs);
