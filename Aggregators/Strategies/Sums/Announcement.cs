using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// Tells the clients' sources which group comes next: a mapped spool then maps a tensor's pages in one call, where one fault after another would cost several times
/// the fold itself.
/// </summary>
static class Announcement
{
    // What is announced is in the page cache, not in the budget; a group much larger than memory would push its own first pages out.
    const long BudgetsAtOnce = 8;

    public static void Of(LayoutGroup group, ClientDifference[] clients, WorkPool work)
    {
        if (sizeof(float) * group.Tensors.Sum(t => (long)t.Elements) * clients.Length <= BudgetsAtOnce * work.MemoryBytes)
            work.For(clients.Length, 1, (k, _) => clients[k].Announce(group));
    }
}
