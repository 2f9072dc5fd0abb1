namespace Federated.Client.Privacy;

/// <summary>What the site does with an update that tells its data from strangers'.</summary>
/// <param name="Action">What happens above the bound; default <see cref="LeakAction.Warn"/>.</param>
/// <param name="Advantage">Largest lower end of the probe's advantage, 0 to 1; default 0.3.</param>
public sealed record LeakPolicy(LeakAction Action = LeakAction.Warn, double Advantage = 0.3);

/// <summary>See <see cref="LeakPolicy"/>.</summary>
public enum LeakAction
{
    /// <summary>Nothing is measured.</summary>
    Off,

    /// <summary>A line in the site's log.</summary>
    Warn,

    /// <summary>Noise is added until the probe is content, or the update is withheld.</summary>
    Noise,

    /// <summary>The update never leaves; to the coordinator the site looks like one that dropped out.</summary>
    Withhold,
}
