using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Privacy;
using Federated.Client.Training;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Which assignments this site takes.</summary>
sealed class AdmissionRules(ClientConfiguration configuration, IWorksite site, ClientBooks books)
{
    /// <summary>Why an assignment is declined, or null.</summary>
    public string? Objection(WorkAssignment work) => work switch
    {
        { Train: { } train } when train.Problem() is { } problem => problem,
        { Train: { } train } when train.Steps > configuration.Policy.MaxSteps =>
            $"{train.Steps} steps are asked for; this site does at most {configuration.Policy.MaxSteps}",
        { Train: { } train } when train.BatchSize > configuration.Policy.MaxBatchSize =>
            $"batches of {train.BatchSize} are asked for; this site takes at most {configuration.Policy.MaxBatchSize}",
        { Train.Measure: { } measure } when measure.Large > configuration.Policy.MaxBatchSize =>
            $"a step is to be measured at a batch of {measure.Large}; this site takes at most {configuration.Policy.MaxBatchSize}",
        { Train: not null, Encoding: null } => "the update's encoding is unknown here",
        { Train: not null, Mechanism: { } mechanism } when mechanism.Problem() is { } problem => problem,
        { Train: not null } when CarriesOver(work) =>
            $"{work.Encoding} carries what it leaves out into the next update, which neither noise nor the run's trust mode covers",
        { Train: { } train, Mechanism: { } mechanism } => Overspends(work, train, mechanism),
        { Train: not null } => null,
        { Evaluate: not null } when site.EvaluationSamples == 0 => "this site has no evaluation images",
        { Evaluate: { BatchSize: < 1 } evaluate } => $"an evaluation batch of {evaluate.BatchSize} is asked for; 1 or more is needed",
        { Evaluate: { } evaluate } when evaluate.BatchSize > configuration.Policy.MaxBatchSize =>
            $"evaluation batches of {evaluate.BatchSize} are asked for; this site takes at most {configuration.Policy.MaxBatchSize}",
        { Evaluate: not null } => null,
        _ => "the kind of assignment is unknown here",
    };

    bool CarriesOver(WorkAssignment work) => ErrorFeedback.Uses(work.Encoding) && (work.Mechanism is not null || !books.Runs.MayTell(work.RunId));

    // How much is left is the site's own affair; that it is too little is all that the coordinator learns.
    string? Overspends(WorkAssignment work, TrainSettings train, SiteMechanism mechanism)
    {
        try
        {
            return books.Ledger.CostWith(work.RunId, work.Id, mechanism, mechanism.Event(train, site.TrainingSamples)) > mechanism.Epsilon
                ? $"the site's privacy budget of epsilon {mechanism.Epsilon} at delta {mechanism.Delta} does not cover it" : null;
        }
        catch (ClientFault fault)
        {
            return fault.Message;
        }
    }
}
