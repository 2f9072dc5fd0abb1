using System.Net;

namespace Federated.Client.Transport.Identity;

/// <summary>The HTTP proxy between a site and its coordinator: it is asked for a tunnel (CONNECT) and sees addresses, sizes and times, nothing else.</summary>
public static class SiteProxy
{
    /// <param name="address">http://[user:password@]host:port; null is no proxy.</param>
    public static IWebProxy? At(Uri? address)
    {
        if (address is null)
            return null;
        var user = address.UserInfo.Split(':', 2);
        return new WebProxy(new Uri(address.GetLeftPart(UriPartial.Scheme) + address.Authority))
        {
            Credentials = user[0].Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? "")),
        };
    }
}
