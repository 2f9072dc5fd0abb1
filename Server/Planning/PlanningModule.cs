namespace Federated.Server.Planning;

/// <summary>A matrix that an adapter may be given to.</summary>
/// <param name="Group">Its product group's name.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
/// <param name="Importance">0 or more; see <see cref="ImportanceMerge"/>.</param>
public sealed record PlanningModule(string Group, int Rows, int Columns, double Importance)
{
    /// <summary>Trained scalars at a rank.</summary>
    public long Scalars(int rank) => (long)rank * (Rows + Columns);
}
