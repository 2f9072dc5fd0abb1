namespace Federated.Cli.Simulation;

/// <summary>How a client lies about its training.</summary>
enum Byzantine
{
    None,

    /// <summary>Its change, times minus the factor.</summary>
    Flip,

    /// <summary>Its change, times the factor.</summary>
    Scale,

    /// <summary>Noise of the factor's standard deviation instead of its change.</summary>
    Noise,

    /// <summary>Values that are no numbers.</summary>
    NotANumber,
}
