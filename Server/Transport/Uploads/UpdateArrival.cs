using Federated.Server.Faults;
using Federated.Server.Rounds;

namespace Federated.Server.Transport.Uploads;

/// <summary>What was found of an update's bytes while they were on their way to the disk.</summary>
abstract class UpdateArrival : IDisposable
{
    public virtual void Dispose()
    {
    }

    public sealed class Refused(Refusal reason) : UpdateArrival
    {
        public Refusal Reason => reason;
    }

    /// <param name="update">What the run's loop is to be told.</param>
    /// <param name="expected">Its loop expects it as long.</param>
    public sealed class Good(RoundCommand.UpdateArrived update, IDisposable expected) : UpdateArrival
    {
        public RoundCommand.UpdateArrived Update => update;

        public override void Dispose() => expected.Dispose();
    }
}
