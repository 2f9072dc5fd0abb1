using Federated.Client.Rounds;

namespace Federated.Client.Transport.Identity;

/// <summary>Renews a site's certificate before it expires; a coordinator that does not answer is asked again at the next look.</summary>
public sealed class CertificateRenewal(SiteIdentity identity, Uri server, ClientRuntime runtime)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    /// <summary>Looks at once and then every hour, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(LookEvery, runtime.Time);
        do await LookAsync(stopping);
        while (await timer.WaitForNextTickAsync(stopping));
    }

    async Task LookAsync(CancellationToken stopping)
    {
        if (!identity.IsRenewalDue(runtime.Time.GetUtcNow()))
            return;
        try
        {
            await identity.RenewAsync(server, stopping);
            runtime.Log.CertificateRenewed(identity.Expires);
        }
        catch (LinkException e)
        {
            runtime.Log.CertificateNotRenewed(identity.Expires, e.Message);
        }
    }
}
