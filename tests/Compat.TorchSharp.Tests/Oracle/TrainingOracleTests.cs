using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>Optimisers and schedulers, every step, against Debian's PyTorch.</summary>
public sealed class TrainingOracleTests(OracleAnswers answers)
{
    public static TheoryData<string> Optimisers => [.. OptimizerCases.All.Keys];

    public static TheoryData<string> Schedulers => [.. SchedulerCases.All.Keys];

    [Theory]
    [MemberData(nameof(Optimisers))]
    public void Optimizer_EveryStep_MatchesPyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var row = OptimizerCases.All[name];
        var answer = answers.Optimisers[name];
        Parameter[] parameters = [.. answer.Start.Select(packed => packed.ToTensor().AsParameter())];
        var model = nn.Sequential(nn.Linear(parameters[0], parameters[1]), nn.Tanh(), nn.Linear(parameters[2], parameters[3]));
        using var optimizer = row.Sharp(parameters[..2], parameters[2..]);

        for (var step = 0; step < row.Steps; step++)
        {
            optimizer.zero_grad();
            nn.functional.mse_loss(model.call(answer.X.ToTensor()), answer.Y.ToTensor()).backward();
            if (row.Clip is { } most)
                Assert.Equal(answer.Norms[step], nn.utils.clip_grad_norm_(parameters, most), 1e-6 * answer.Norms[step]);
            optimizer.step();
            for (var i = 0; i < parameters.Length; i++)
                answer.Steps[step][i].AssertEqual(parameters[i], $"parameter {i} after step {step + 1}");
        }
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Scheduler_EveryStep_MatchesPyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var answer = answers.Schedulers[name];
        var optimizer = optim.SGD([Group(0.1), Group(0.7)], 1.0);
        var scheduler = SchedulerCases.All[name].Sharp(optimizer);

        for (var step = 0; step < answer.Rates.Length; step++)
        {
            Assert.Equal(answer.Rates[step], optimizer.ParamGroups.Select(group => group.LearningRate), Close);
            Assert.Equal(optimizer.ParamGroups.Select(group => group.LearningRate), scheduler.get_last_lr());
            scheduler.step();
        }
    }

    static SGD.ParamGroup Group(double rate) => new() { Parameters = [zeros(1).AsParameter()], Options = new() { LearningRate = rate } };

    static bool Close(double wanted, double got) => Math.Abs(wanted - got) <= 1e-12 * Math.Max(1, Math.Abs(wanted));
}
