using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

static class SchedulerCases
{
    public static IReadOnlyDictionary<string, SchedulerCase> All { get; } = new SchedulerCase[]
    {
        new("step", "torch.optim.lr_scheduler.StepLR(optimiser, 3, 0.5)", o => optim.lr_scheduler.StepLR(o, 3, 0.5)),
        new("lambda", "torch.optim.lr_scheduler.LambdaLR(optimiser, lambda e: 0.9 ** e)", o => optim.lr_scheduler.LambdaLR(o, e => Math.Pow(0.9, e))),
        new("cosine", "torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 5, 0.01)", o => optim.lr_scheduler.CosineAnnealingLR(o, 5, 0.01)),
        new("cosine long", "torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 40)", o => optim.lr_scheduler.CosineAnnealingLR(o, 40)),
        new("linear", "torch.optim.lr_scheduler.LinearLR(optimiser, 0.25, 0.8, 7)", o => optim.lr_scheduler.LinearLR(o, 0.25, 0.8, 7)),
        new("linear default", "torch.optim.lr_scheduler.LinearLR(optimiser)", o => optim.lr_scheduler.LinearLR(o)),
    }.ToDictionary(c => c.Name);
}

sealed record SchedulerCase(string Name, string Python, Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> Sharp)
{
    public int Steps => 25;
}
