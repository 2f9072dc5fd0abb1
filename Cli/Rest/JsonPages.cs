using System.Text.Json.Nodes;

namespace Federated.Cli.Rest;

/// <summary>Lists of the REST interface, read to their end.</summary>
static class JsonPages
{
    /// <summary>All items of a paged list; the Link header of each page names the next.</summary>
    public static async Task<JsonArray> AllAsync(CoordinatorRest rest, string path, CancellationToken stop)
    {
        var all = new JsonArray();
        string? next = path;
        while (next is not null)
        {
            var (page, link) = await rest.PageAsync(next, stop);
            foreach (var item in page.AsArray())
                all.Add(item?.DeepClone());
            next = link;
        }
        return all;
    }
}
