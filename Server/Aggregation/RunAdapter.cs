using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>A run's schema and plan, read from their blobs, and the tensors that follow from them.</summary>
sealed record RunAdapter(string SchemaDigest, string PlanDigest, AdapterSchema Schema, AdapterPlan Plan)
{
    public AdapterLayout Layout { get; } = AdapterLayout.Of(Schema, Plan);

    /// <exception cref="FaultException">A blob is missing, or the two do not fit together.</exception>
    public static RunAdapter Load(IBlobStore blobs, string schemaDigest, string planDigest)
    {
        try
        {
            return new RunAdapter(schemaDigest, planDigest, AdapterSchema.Parse(blobs.ReadAll(schemaDigest).Span), AdapterPlan.Parse(blobs.ReadAll(planDigest).Span));
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    /// <summary>The adapter under the plan of a later round: itself, unless a rule trains other roles then.</summary>
    /// <param name="composition">The run's strategies.</param>
    /// <param name="foldRound">The round as strategies count it, 0 or more.</param>
    public RunAdapter For(Composition composition, int foldRound)
    {
        var plan = composition.PlanFor(Schema, Plan, foldRound);
        return plan == Plan ? this : new RunAdapter(SchemaDigest, TreeDigest.Of(plan.ToJson()), Schema, plan);
    }

    /// <summary>What checks this client's updates.</summary>
    public UpdateValidator Validator(string encoding, double normLimit) => new(Layout, UpdateEncodings.Of(encoding), normLimit);
}
