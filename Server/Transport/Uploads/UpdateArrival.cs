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

    /// <param name="update">What the run's loop is to be told, but for what the client downloaded.</param>
    /// <param name="expected">Its loop expects it as long.</param>
    public sealed class Good(RoundCommand.UpdateArrived update, ExpectedUpdate expected) : UpdateArrival
    {
        /// <summary>With the bytes durable: what is sent to the loop.</summary>
        public RoundCommand.UpdateArrived Arrive(long bytesDown)
        {
            expected.Arrive();
            return update with { BytesDown = bytesDown };
        }

        public override void Dispose() => expected.Dispose();
    }
}
