using System.Diagnostics;
using Federated.Client.Transport.Messages;
using Federated.Privacy.Probes;

namespace Federated.Client.Rounds;

/// <summary>What the daemon says while it runs, a line each.</summary>
public sealed class ClientLog(TextWriter writer, TimeProvider time)
{
    readonly TextWriter _writer = TextWriter.Synchronized(writer);

    public void Starting(string id, string server, long training, long evaluation) =>
        Line($"Client '{id}' serves {server} with {training} training and {evaluation} evaluation images.");

    public void Connected(string server, string software) => Line($"Connected to {server} ({software}).");

    public void CertificateRenewed(DateTimeOffset expires) => Line($"Certificate renewed until {expires:u}.");

    public void CertificateNotRenewed(DateTimeOffset expires, string why) => Line($"Certificate, which expires at {expires:u}, not renewed yet: {why}");

    public void Disconnected(string why, TimeSpan wait) => Line($"Not connected: {why} Trying again in {wait.TotalSeconds:F1} s.");

    public void Joined(string run) => Line($"Joined run '{run}'.");

    public void NotJoined(string run, string why) => Line($"Run '{run}' not joined: {why}");

    public void RunEnded(string run, string outcome) => Line($"Run '{run}' ended: {outcome}.");

    public void Declined(string assignment, string reason) => Line($"Assignment '{assignment}' declined: {reason}.");

    public void Cancelled(string assignment, string reason) => Line($"Assignment '{assignment}' cancelled: {reason}.");

    public void Trained(string assignment, int steps, double seconds, double loss) =>
        Line($"Assignment '{assignment}': {steps} steps in {seconds:F2} s, loss {loss:F4}.");

    public void Probed(string assignment, Separation measured) => Line(FormattableString.Invariant(
        $"Assignment '{assignment}': the update tells this site's data from others' with AUC {measured.Auc:F3} and advantage {measured.Advantage:F2} (at least {measured.AdvantageFloor:F2}); {measured.ExactHits:P0} exact."));

    public void NotProbed(string assignment) => Line($"Assignment '{assignment}': what the update leaks was not measured; it has no product group, or the site holds nothing out.");

    public void Withheld(string assignment) => Line($"Assignment '{assignment}': the update leaks more than policy.leakAdvantage allows and is withheld.");

    public void Evaluated(string assignment, long samples, double accuracy) =>
        Line($"Assignment '{assignment}': accuracy {accuracy:P2} on {samples} images.");

    public void Failed(string assignment, string code, string why) => Line($"Assignment '{assignment}' failed ({code}): {why}");

    public void Delivered(string assignment, long bytes, UploadOutcome outcome) => Line(outcome.Result == UploadResult.Accepted
        ? $"Update of '{assignment}' accepted, {bytes} bytes."
        : $"Update of '{assignment}' {outcome.Result.ToString().ToLowerInvariant()} ({outcome.Code}): {outcome.Message}");

    public void DeliveryDelayed(string assignment, string why) => Line($"Update of '{assignment}' not delivered yet: {why}");

    public void Refused(string code, string message, string subject) => Line($"The server could not take a message about '{subject}' ({code}): {message}");

    public void Stopping() => Line("Stopping.");

    void Line(string text)
    {
        var now = time.GetUtcNow();
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? $" trace={span.TraceId}" : "";
        _writer.WriteLine($"{now:HH:mm:ss} {text}{trace}");
        _writer.Flush();
    }
}
