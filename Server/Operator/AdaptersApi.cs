using System.Globalization;
using System.IO.Compression;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>Published adapters over REST: their lineage, and each as a zip of the folder that peft loads.</summary>
static class AdaptersApi
{
    static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/adapters", List).Needs(new RouteRule(Role.Viewer) { OpenToLimitedKeys = true, Refusals = [Fault.ValueInvalid] }, "Each run's adapter, by run.")
            .Produces<IReadOnlyList<AdapterView>>();
        api.MapGet("/runs/{id}/versions", VersionsAsync).NeedsForRun(Role.Viewer, "id", "The run's versions, the earliest first.", Fault.ValueInvalid)
            .Produces<IReadOnlyList<VersionView>>();
        api.MapGet("/runs/{id}/versions/{version}", VersionAsync).NeedsForRun(Role.Viewer, "id", "One version, by number or 'latest'.", Fault.VersionNotFound)
            .Produces<VersionView>();
        api.MapGet("/adapters/{id}/{version}", VersionAsync).NeedsForRun(Role.Viewer, "id", "One version, by number or 'latest'.", Fault.VersionNotFound)
            .Produces<VersionView>();
        api.MapGet("/adapters/{id}/{version}/archive", ArchiveAsync).NeedsForRun(Role.Viewer, "id", "The version's peft folder as a zip.", Fault.VersionNotFound, Fault.NoPeftFolder)
            .Produces(StatusCodes.Status200OK, contentType: "application/zip");
    }

    static IReadOnlyList<AdapterView> List(HttpContext context, RunDirectory runs, string? after, int? limit) => Paging.Page(
        context,
        runs.All.Select(l => l.Current.State).Where(s => context.Caller().MaySee(s.Run)).Select(s => new AdapterView(s.Run, s.Version.Version + 1, RunViews.Version(s, s.Version, null))),
        a => a.Run, after, limit);

    static async Task<IReadOnlyList<VersionView>> VersionsAsync(string id, HttpContext context, RunDirectory runs, OperatorRows rows, int? after, int? limit, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        var page = (await rows.VersionsAsync(id, after ?? -1, Paging.Limit(limit), stopping)).Select(r => RunViews.Version(state, RoundRestore.Version(r), null)).ToList();
        return Paging.Linked(context, page, v => v.Version, limit);
    }

    static async Task<VersionView> VersionAsync(string id, string version, HttpContext context, RunDirectory runs, IRunStore store, PublishedFolders folders, CancellationToken stopping)
    {
        var (state, info) = await FindAsync(id, version, runs, store, stopping);
        // A path on the server is nobody's business who is not on the server.
        var folder = context.Caller() == Caller.Loopback ? await Task.Run(() => folders.Ensure(state.Spec, info), stopping) : null;
        return RunViews.Version(state, info, folder);
    }

    static async Task<IResult> ArchiveAsync(string id, string version, RunDirectory runs, IRunStore store, PublishedFolders folders, CancellationToken stopping)
    {
        var (state, info) = await FindAsync(id, version, runs, store, stopping);
        var folder = await Task.Run(() => folders.Ensure(state.Spec, info), stopping)
            ?? throw new FaultException(Fault.NoPeftFolder, $"Version {info.Version} of run '{id}' is no adapter that peft can load.");
        return Results.Stream(await Task.Run(() => Zip(folder, $"{id}-v{info.Version}"), stopping), "application/zip", $"{id}-v{info.Version}.zip");
    }

    static async Task<(RoundState State, VersionInfo Version)> FindAsync(string id, string version, RunDirectory runs, IRunStore store, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        if (version == "latest")
            return (state, state.Version);
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await store.VersionAsync(id, number, stopping) is { } row
            ? (state, RoundRestore.Version(row))
            : throw new FaultException(Fault.VersionNotFound, $"Run '{id}' has no version '{Names.Shorten(version)}'; the latest is {state.Version.Version}.");
    }

    // Stored, not compressed: weights do not shrink. In the order of the names and without times, so that the same version is the same bytes.
    static FileStream Zip(string folder, string root)
    {
        // Beside the folder, where there is room for an adapter; it goes with the answer.
        var file = new FileStream($"{folder}.{Guid.NewGuid():N}.zip.tmp", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry($"{root}/{Path.GetFileName(path)}", CompressionLevel.NoCompression);
                entry.LastWriteTime = Epoch;
                using var content = entry.Open();
                using var source = File.OpenRead(path);
                source.CopyTo(content);
            }
        }
        file.Position = 0;
        return file;
    }
}
