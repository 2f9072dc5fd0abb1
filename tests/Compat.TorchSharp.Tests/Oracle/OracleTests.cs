using System.Reflection;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>Values and gradients of every operator against Debian's PyTorch on the same libtorch.</summary>
public sealed class OracleTests(OracleAnswers answers)
{
    /// <summary>Used by other tests, or absent from this libtorch.</summary>
    static readonly string[] Elsewhere = ["Foreach", "Attention"];

    public static TheoryData<string, ScalarType> Rows => [.. from name in OracleCases.All.Keys from type in new[] { ScalarType.Float64, ScalarType.Float32 } select new TheoryDataRow<string, ScalarType>(name, type)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Operator_ValuesAndGradients_MatchPyTorch(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var answer = answers.Cases[$"{name}/{type}"];
        Tensor[] inputs = [.. answer.Inputs.Zip(answer.Kinds, (packed, kind) => packed.ToInput(kind))];
        torch.random.manual_seed(7);

        var outputs = OracleCases.All[name].Sharp(new(type, inputs));

        Assert.Equal(answer.Outputs.Length, outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
            answer.Outputs[i].AssertEqual(outputs[i], $"output {i}");
        if (answer.Grads.Length == 0)
            return;
        Weighted(outputs, type).backward();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (answer.Grads[i] is { } wanted)
                wanted.AssertEqual(inputs[i].grad!, $"gradient of input {i}");
            else
                Assert.Null(inputs[i].is_floating_point() ? inputs[i].grad : null);
        }
    }

    [Fact]
    public void Oracle_Answers_EveryRow() =>
        Assert.Equal((OracleCases.All.Count * 2) + OptimizerCases.All.Count + SchedulerCases.All.Count, answers.Count);

    [Fact]
    public void Table_EveryWrappedOperator_HasARow()
    {
        using (NewDisposeScope())
        {
            foreach (var (name, row) in OracleCases.All)
            {
                var answer = answers.Cases[name + "/Float64"];
                row.Sharp(new(ScalarType.Float64, [.. answer.Inputs.Zip(answer.Kinds, (packed, kind) => packed.ToInput(kind))]));
            }
        }
        var unused =
            from field in typeof(torch).Assembly.GetType("TorchSharp.Native.Ops")!.GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            let op = field.GetValue(null)!
            where (nint)op.GetType().GetField("_handle", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(op)! == 0
            where !Elsewhere.Any(prefix => field.Name.StartsWith(prefix, StringComparison.Ordinal))
            select field.Name;
        Assert.Empty(unused);
    }

    /// <summary>The same scalar as oracle.py takes the gradient of.</summary>
    static Tensor Weighted(Tensor[] outputs, ScalarType type) => outputs.Where(output => output.requires_grad)
        .Select(output => (output.to(type) * arange(output.numel(), type).cos().reshape(output.shape)).sum())
        .Aggregate((sum, next) => sum + next);
}
