using Federated.Aggregators.Adapters;
using Federated.Client.Training;
using Federated.Privacy.Accounting;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Privacy;

/// <summary>What an assignment asks the site to do before anything leaves it.</summary>
/// <param name="Unit">"client": the update is clipped and disturbed; "record": every example's gradient is, in every step.</param>
/// <param name="Clip">Largest joint norm, above 0.</param>
/// <param name="Noise">Standard deviation over <paramref name="Clip"/>, above 0.</param>
/// <param name="Epsilon">What this site's ledger may reach in the run.</param>
/// <param name="Delta">Above 0 and below 1.</param>
/// <param name="Accountant">"rdp" or "pld".</param>
public sealed record SiteMechanism(string Unit, double Clip, double Noise, double Epsilon, double Delta, string Accountant)
{
    public const string Client = "client", Record = "record";

    static readonly IPrivacyAccountant[] Accountants = [new RdpAccountant(), new PldAccountant()];

    /// <summary>Why this mechanism cannot be carried out, or null.</summary>
    public string? Problem() =>
        Unit is not (Client or Record) ? $"the mechanism's unit is '{Unit}'; client or record is needed"
        : !(Clip > 0 && double.IsFinite(Clip)) ? $"the mechanism's clip is {Clip}; a finite number above 0 is needed"
        : !(Noise > 0 && double.IsFinite(Noise)) ? $"the mechanism's noise is {Noise}; a finite number above 0 is needed"
        : Delta is not (> 0 and < 1) ? $"the mechanism's delta is {Delta}; above 0 and below 1 is needed"
        : Accountants.All(a => a.Name != Accountant) ? $"the mechanism's accountant is '{Accountant}'; {string.Join(" or ", Accountants.Select(a => a.Name))} is needed"
        : null;

    /// <summary>What one assignment costs: the client, or a record that is replaced by another, once for each pass that touches it.</summary>
    /// <param name="train">Steps and batch.</param>
    /// <param name="examples">In the training split, 1 or more.</param>
    public PrivacyEvent Event(TrainSettings train, int examples) => Unit == Client
        ? new PrivacyEvent(Noise)
        : new PrivacyEvent(Noise / 2, Count: ((long)train.Steps * train.BatchSize + examples - 1) / examples);

    /// <summary>Epsilon of several events.</summary>
    public double Cost(IReadOnlyList<PrivacyEvent> events) => Accountants.Single(a => a.Name == Accountant).Epsilon(events, Delta);

    /// <summary>Disturbs a finished update where that is the unit; where records are, their gradients were.</summary>
    /// <param name="delta">Changed in place.</param>
    /// <param name="key">Fresh.</param>
    public void Disturb(AdapterTensors delta, NoiseKey key)
    {
        if (Unit == Client)
            SiteNoise.Apply(delta, Clip, Noise, key);
    }
}
