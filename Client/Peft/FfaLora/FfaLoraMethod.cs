using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Models;
using Federated.Client.Peft.Lora;

namespace Federated.Client.Peft.FfaLora;

/// <summary>
/// FFA-LoRA (Sun et al., arXiv 2403.12313): LoRA whose A stays as it was drawn, so that s B A is linear in what is trained and a mean of B is exact.
/// Its groups are LoRA's; its plan trains lora_B alone.
/// </summary>
public sealed class FfaLoraMethod : IPeftMethod
{
    public const string WireName = "ffa-lora";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options) =>
        LoraMethod.DescribeFactors(model, options) with { Trained = [LoraMethod.RoleB] };

    public bool Handles(TensorGroup group) => false;

    public long Count(ModelSite site, TensorGroup group, int rank) => LoraMethod.CountFactors(site, rank);

    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        LoraMethod.InitialiseFactors(site, group, values, seed);
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group) => throw Interpreted();

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => throw Interpreted();

    InvalidOperationException Interpreted() => new($"The groups of '{Name}' are interpreted by '{LoraMethod.WireName}'.");
}
