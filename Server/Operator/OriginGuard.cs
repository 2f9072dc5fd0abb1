using System.Net;
using Federated.Server.Faults;

namespace Federated.Server.Operator;

/// <summary>Refuses what a page of another site makes a browser send, and names that other sites point at this machine.</summary>
static class OriginGuard
{
    /// <exception cref="FaultException">The request comes from elsewhere.</exception>
    public static void Check(HttpRequest request, bool loopbackOnly)
    {
        // Without this, a page whose own name is made to resolve to 127.0.0.1 could read and steer everything here.
        if (loopbackOnly && !IsThisMachine(request.Host.Host))
            throw new FaultException(Fault.OriginForeign, "The request's Host is no name of this machine; localhost, 127.0.0.1 or [::1] is expected.");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Scheme == request.Scheme && from.Authority == Authority(request)))
            throw new FaultException(Fault.OriginForeign, "The request's Origin is another site; changes are accepted from this server's own pages and from programs.");
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
            throw new FaultException(Fault.OriginForeign, "The browser says that another site sent the request; changes are accepted from this server's own pages and from programs.");
    }

    static string Authority(HttpRequest request) => new Uri($"{request.Scheme}://{request.Host.Value}").Authority;

    static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}
