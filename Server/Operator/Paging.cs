using System.Globalization;
using Federated.Server.Faults;

namespace Federated.Server.Operator;

/// <summary>Pages of lists: `?after=` the last key seen, `?limit=` 1 to 1,000 (default 1,000); where there may be more, a Link header names the next page.</summary>
static class Paging
{
    public const int MaxLimit = 1_000;

    /// <exception cref="FaultException">The limit is out of its range.</exception>
    public static int Limit(int? limit) => limit is null or (>= 1 and <= MaxLimit)
        ? limit ?? MaxLimit
        : throw new FaultException(Fault.ValueInvalid, $"limit is {limit}; 1 to {MaxLimit} is allowed.");

    /// <summary>Of a list that lies in memory, in the order of its keys.</summary>
    public static IReadOnlyList<T> Page<T>(HttpContext context, IEnumerable<T> all, Func<T, string> key, string? after, int? limit)
    {
        var page = all.Where(x => after is null || string.CompareOrdinal(key(x), after) > 0).Take(Limit(limit)).ToList();
        return Linked(context, page, x => key(x), limit);
    }

    /// <summary>Adds the Link header to a page that was read from the store.</summary>
    public static IReadOnlyList<T> Linked<T>(HttpContext context, IReadOnlyList<T> page, Func<T, object> key, int? limit)
    {
        if (page.Count == Limit(limit))
        {
            // The next page is of the same list: whatever else was asked for stays.
            var query = QueryString.Create(context.Request.Query.Where(q => q.Key is not ("after" or "limit")))
                .Add("after", Convert.ToString(key(page[^1]), CultureInfo.InvariantCulture)!)
                .Add("limit", Limit(limit).ToString(CultureInfo.InvariantCulture));
            context.Response.Headers.Link = $"<{context.Request.Path}{query}>; rel=\"next\"";
        }
        return page;
    }
}
