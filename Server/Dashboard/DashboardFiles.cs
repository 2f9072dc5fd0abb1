using Federated.Server.Faults;
using Microsoft.Extensions.FileProviders;

namespace Federated.Server.Dashboard;

/// <summary>
/// The dashboard's built files, served to anybody who reaches the port: they hold no data, and everything that they show they ask of the
/// REST interface like every other client.
/// </summary>
static class DashboardFiles
{
    /// <summary>Files of this origin and nothing inline, so that text from a client can never become code on the page.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Addresses that the page itself understands; a reload of any of them gets the page.</summary>
    static readonly string[] Pages = ["/", "/runs/{**rest}", "/new", "/fleet/{**rest}", "/adapters/{**rest}", "/events"];

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Before the routes: files are answered here.</summary>
    public static void UseDashboard(this WebApplication app)
    {
        app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api"), branch => branch.Use((context, next) =>
        {
            Protect(context.Response.Headers);
            return next(context);
        }));
        if (!Directory.Exists(Folder))
            return;
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Folder),
            // Built files carry their digest in their name; the others may change with the next version.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
        });
    }

    public static void MapDashboard(this WebApplication app)
    {
        foreach (var page in Pages)
            app.MapGet(page, Page).ExcludeFromDescription();
    }

    static IResult Page(HttpContext context)
    {
        var page = Path.Combine(Folder, "index.html");
        if (!File.Exists(page))
            throw new FaultException(Fault.DashboardNotBuilt, "This server was built without its dashboard; './federated setup' builds it. The REST interface is at /api/v1.");
        context.Response.Headers.CacheControl = "no-cache";
        return Results.File(page, "text/html; charset=utf-8");
    }

    static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
