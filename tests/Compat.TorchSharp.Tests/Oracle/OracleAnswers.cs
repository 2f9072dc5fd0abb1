using System.Diagnostics;
using System.Text.Json;

namespace TorchSharp.Tests.Oracle;

/// <summary>What Debian's PyTorch says about every row of the tables: one process for all of them.</summary>
public sealed class OracleAnswers
{
    const string Interpreter = "/usr/bin/python3";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public OracleAnswers()
    {
        torch.set_num_threads(1);
        var request = JsonSerializer.Serialize(
            new
            {
                cases = from c in OracleCases.All.Values
                        from dtype in new[] { "Float64", "Float32" }
                        select new { c.Name, dtype, c.Python, c.Inputs },
                optimisers = OptimizerCases.All.Values.Select(c => new { c.Name, c.Python, c.Steps, c.Clip }),
                schedulers = SchedulerCases.All.Values.Select(c => new { c.Name, c.Python, c.Steps }),
            },
            Json);
        using var document = JsonDocument.Parse(Run(request));
        var root = document.RootElement;
        Count = root.GetProperty("count").GetInt32();
        Cases = root.GetProperty("cases").Deserialize<Dictionary<string, CaseAnswer>>(Json)!;
        Optimisers = root.GetProperty("optimisers").Deserialize<Dictionary<string, OptimizerAnswer>>(Json)!;
        Schedulers = root.GetProperty("schedulers").Deserialize<Dictionary<string, SchedulerAnswer>>(Json)!;
    }

    internal int Count { get; }

    internal IReadOnlyDictionary<string, CaseAnswer> Cases { get; }

    internal IReadOnlyDictionary<string, OptimizerAnswer> Optimisers { get; }

    internal IReadOnlyDictionary<string, SchedulerAnswer> Schedulers { get; }

    static string Run(string request)
    {
        var start = new ProcessStartInfo(Interpreter, [Path.Combine(AppContext.BaseDirectory, "oracle.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Interpreter} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var answers = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(request);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0 ? answers.Result : throw new InvalidOperationException($"oracle.py needs Debian's python3-torch and failed: {string.Join(Environment.NewLine, errors.Result.Split(Environment.NewLine)[^6..])}");
    }

    internal sealed record CaseAnswer(PackedTensor[] Inputs, string[] Kinds, PackedTensor[] Outputs, PackedTensor?[] Grads);

    internal sealed record OptimizerAnswer(PackedTensor[] Start, PackedTensor X, PackedTensor Y, PackedTensor[][] Steps, double[] Norms);

    internal sealed record SchedulerAnswer(double[][] Rates);
}
