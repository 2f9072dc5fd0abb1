namespace Federated.Cli.Simulation.Network;

interface ICall
{
    /// <summary>Ends the call for both sides, or, silently, lets both wait for ever.</summary>
    void Break(string why, bool silent);
}
