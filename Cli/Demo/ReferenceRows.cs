using System.Collections.Concurrent;
using Federated.Client.Adapters;
using Federated.Client.Data;

namespace Federated.Cli.Demo;

/// <summary>The rows to compare a federation with: the untouched base, each site alone, and LoRA on the pooled data.</summary>
sealed class ReferenceRows(string baseFolder, AdapterBundle bundle, SiteImages images, IReadOnlyList<Site> sites, DemoSettings settings)
{
    readonly Lazy<(Site Site, ImageDataset Images)[]> _tests = new(() => [.. sites.Select(site => (site, images.Test(site)))]);

    int StepsPerSite => settings.Rounds * settings.Steps;

    public Task<Row> BaseAsync(CancellationToken stop) => Task.Run(() =>
    {
        using var scorer = new Scorer(baseFolder);
        return new Row("untouched base", RowKind.Base, scorer.Score(bundle.Version0, _tests.Value, stop));
    }, stop);

    /// <summary>A published adapter, read back from its peft folder by our own client.</summary>
    public Task<Dictionary<string, double>> PublishedAsync(string folder, CancellationToken stop) => Task.Run(() =>
    {
        using var scorer = new Scorer(baseFolder);
        return scorer.Score(folder, _tests.Value, stop);
    }, stop);

    /// <summary>Each site alone and the pooled data, as many at a time as there are processors, one thread each.</summary>
    public async Task<IReadOnlyList<Row>> TrainedAsync(Action<int, string> progress, CancellationToken stop)
    {
        var pooled = settings.Rounds * sites.Count;
        var jobs = new List<(int Order, int Rounds, Func<ImageDataset> Data, string Name, Site? Site)>
        {
            (sites.Count, pooled, () => ImageDataset.Concatenate([.. sites.Select(images.Training)]), "central (pooled data)", null),
        };
        jobs.AddRange(sites.Select(site => (site.Index, settings.Rounds, (Func<ImageDataset>)(() => images.Training(site)), $"{site.Name} alone ({site.Domain})", (Site?)site)));

        var done = 0;
        var rows = new ConcurrentDictionary<int, Row>();
        await Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop }, (job, cancel) =>
        {
            using var scorer = new Scorer(baseFolder);
            var trained = scorer.Train(bundle.Version0, job.Data(), settings, job.Rounds, job.Name, () => progress(Interlocked.Increment(ref done), job.Name), cancel);
            rows[job.Order] = new Row(job.Name, job.Site is null ? RowKind.Central : RowKind.Alone, scorer.Score(trained, _tests.Value, cancel))
            {
                OwnDomain = job.Site?.Domain,
                Steps = job.Site is null ? StepsPerSite * sites.Count : StepsPerSite,
            };
            return ValueTask.CompletedTask;
        });
        return [.. rows.OrderBy(row => row.Key).Select(row => row.Value)];
    }

    public int TrainedRounds => 2 * settings.Rounds * sites.Count;
}
