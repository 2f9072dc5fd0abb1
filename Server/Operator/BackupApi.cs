using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Operator.Backups;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>A backup over REST, while rounds go on. It is not a change, but it carries everything out of the house, so the audit trail has it.</summary>
static class BackupApi
{
    static readonly SemaphoreSlim OneAtATime = new(1, 1);

    public static void Map(RouteGroupBuilder api) => api.MapGet("/backup", GetAsync)
        .Needs(Role.Admin, "Database and blobs as a tar archive that 'federated restore' reads; without the secrets of runs and without updates.", Fault.BlobCorrupt, Fault.DatabaseCorrupt)
        .Produces(StatusCodes.Status200OK, contentType: "application/x-tar");

    static async Task<IResult> GetAsync(HttpContext context, DataFolder folder, IBlobStore blobs, AuditTrail audit, TimeProvider time, CancellationToken stopping)
    {
        if (!await OneAtATime.WaitAsync(0, stopping))
            throw new FaultException(Fault.RateExceeded, "Another backup is being taken; one at a time.");
        try
        {
            await audit.AppendAsync(context.Caller().Name, "GET /api/v1/backup", "", "", [], stopping);
            var now = time.GetUtcNow();
            using var backup = await Task.Run(() => Backup.PrepareAsync(folder, blobs, now, stopping), stopping);
            context.Response.ContentType = "application/x-tar";
            context.Response.Headers.ContentDisposition = $"attachment; filename=federated-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.tar";
            await backup.WriteAsync(context.Response.Body, stopping);
            return Results.Empty;
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
