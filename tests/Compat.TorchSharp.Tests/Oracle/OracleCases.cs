namespace TorchSharp.Tests.Oracle;

/// <summary>The committed table: every operator that the stand-in wraps, with the Python that says what it means.</summary>
static partial class OracleCases
{
    public static IReadOnlyDictionary<string, OracleCase> All { get; } =
        new[] { Pointwise, Comparison, Reductions, Views, Selection, Algebra, Layers, Creation }.SelectMany(cases => cases()).ToDictionary(c => c.Name);

    static OracleCase Row(string name, string python, Func<OracleInputs, torch.Tensor> sharp, params string[] inputs) => new(name, python, x => [sharp(x)], inputs);

    static OracleCase Rows(string name, string python, Func<OracleInputs, torch.Tensor[]> sharp, params string[] inputs) => new(name, python, sharp, inputs);
}
