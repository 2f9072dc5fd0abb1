using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>Optimisers in both languages; first and second are the two layers' parameters.</summary>
static class OptimizerCases
{
    public static IReadOnlyDictionary<string, OptimizerCase> All { get; } = new OptimizerCase[]
    {
        new("sgd", "torch.optim.SGD(params, lr=0.1)", (a, b) => optim.SGD([.. a, .. b], 0.1)),
        new("sgd momentum", "torch.optim.SGD(params, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01)", (a, b) => optim.SGD([.. a, .. b], 0.1, 0.9, 0.1, 0.01)),
        new("sgd nesterov", "torch.optim.SGD(params, lr=0.1, momentum=0.9, nesterov=True)", (a, b) => optim.SGD([.. a, .. b], 0.1, 0.9, nesterov: true)),
        new("sgd maximize", "torch.optim.SGD(params, lr=0.01, maximize=True)", (a, b) => optim.SGD([.. a, .. b], 0.01, maximize: true)),
        new("sgd groups", "torch.optim.SGD([{'params': first}, {'params': second, 'lr': 0.01, 'momentum': 0.5}], lr=0.1)", (a, b) => optim.SGD([new SGD.ParamGroup { Parameters = a }, new SGD.ParamGroup { Parameters = b, Options = new() { LearningRate = 0.01, momentum = 0.5 } }], 0.1)),
        new("adam", "torch.optim.Adam(params, lr=0.01)", (a, b) => optim.Adam([.. a, .. b], 0.01)),
        new("adam decay", "torch.optim.Adam(params, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)", (a, b) => optim.Adam([.. a, .. b], 0.01, 0.8, 0.95, 1e-6, 0.1)),
        new("adam amsgrad", "torch.optim.Adam(params, lr=0.05, amsgrad=True)", (a, b) => optim.Adam([.. a, .. b], 0.05, amsgrad: true)),
        new("adamw", "torch.optim.AdamW(params, lr=0.01, weight_decay=0.1)", (a, b) => optim.AdamW([.. a, .. b], 0.01, weight_decay: 0.1)),
        new("adamw maximize", "torch.optim.AdamW(params, lr=0.01, weight_decay=0, maximize=True)", (a, b) => optim.AdamW([.. a, .. b], 0.01, maximize: true)),
        new("adamw amsgrad", "torch.optim.AdamW(params, lr=0.05, weight_decay=0.02, amsgrad=True)", (a, b) => optim.AdamW([.. a, .. b], 0.05, weight_decay: 0.02, amsgrad: true)),
        new("adamw groups", "torch.optim.AdamW([{'params': first, 'lr': 0.1}, {'params': second, 'weight_decay': 0.5}], lr=0.02, weight_decay=0)", (a, b) => optim.AdamW([new AdamW.ParamGroup { Parameters = a, Options = new() { LearningRate = 0.1 } }, new AdamW.ParamGroup { Parameters = b, Options = new() { weight_decay = 0.5 } }], 0.02)),
        new("adamw clipped", "torch.optim.AdamW(params, lr=0.1, weight_decay=0)", (a, b) => optim.AdamW([.. a, .. b], 0.1), Clip: 0.1),
    }.ToDictionary(c => c.Name);
}

sealed record OptimizerCase(string Name, string Python, Func<IEnumerable<Parameter>, IEnumerable<Parameter>, optim.Optimizer> Sharp, double? Clip = null)
{
    public int Steps => 20;
}
