using Federated.Server.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace Federated.Server.Storage;

/// <summary>The tables. Keys are strings and numbers that the application assigns; times are Unix milliseconds.</summary>
sealed class FederatedDbContext(DbContextOptions<FederatedDbContext> options) : DbContext(options)
{
    public DbSet<RunRow> Runs => Set<RunRow>();
    public DbSet<RoundRow> Rounds => Set<RoundRow>();
    public DbSet<PlanRow> Plans => Set<PlanRow>();
    public DbSet<ParticipationRow> Participations => Set<ParticipationRow>();
    public DbSet<ReceiptRow> Receipts => Set<ReceiptRow>();
    public DbSet<VersionRow> Versions => Set<VersionRow>();
    public DbSet<EvaluationRow> Evaluations => Set<EvaluationRow>();
    public DbSet<LedgerRow> Ledger => Set<LedgerRow>();
    public DbSet<ClientRow> Clients => Set<ClientRow>();
    public DbSet<EventRow> Events => Set<EventRow>();
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();
    public DbSet<JoinTokenRow> JoinTokens => Set<JoinTokenRow>();
    public DbSet<CertificateRow> Certificates => Set<CertificateRow>();
    public DbSet<StandingRow> Standings => Set<StandingRow>();
    public DbSet<AuditRow> Audit => Set<AuditRow>();
    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<RunRow>(e => { e.ToTable("runs"); e.HasKey(x => x.Id); e.Ignore(x => x.Key); });
        model.Entity<RoundRow>(e => { e.ToTable("rounds"); e.HasKey(x => new { x.RunId, x.Round }); e.Ignore(x => x.Key); });
        model.Entity<PlanRow>(e => { e.ToTable("plans"); e.HasKey(x => new { x.RunId, x.Round, x.Attempt }); e.Ignore(x => x.Key); });
        model.Entity<ParticipationRow>(e => { e.ToTable("participations"); e.HasKey(x => new { x.RunId, x.Round, x.Client }); e.Ignore(x => x.Key); });
        model.Entity<ReceiptRow>(e => { e.ToTable("receipts"); e.HasKey(x => x.AssignmentId); e.Ignore(x => x.Key); });
        model.Entity<VersionRow>(e => { e.ToTable("versions"); e.HasKey(x => new { x.RunId, x.Version }); e.Ignore(x => x.Key); });
        model.Entity<EvaluationRow>(e => { e.ToTable("evaluations"); e.HasKey(x => new { x.RunId, x.Version, x.Client }); e.Ignore(x => x.Key); });
        model.Entity<LedgerRow>(e => { e.ToTable("ledger"); e.HasKey(x => new { x.RunId, x.Version }); e.Ignore(x => x.Key); });
        model.Entity<ClientRow>(e => { e.ToTable("clients"); e.HasKey(x => x.Id); e.Ignore(x => x.Key); });
        model.Entity<EventRow>(e => { e.ToTable("events"); e.HasKey(x => x.Sequence); e.Ignore(x => x.Key); });
        model.Entity<ApiKeyRow>(e => { e.ToTable("apiKeys"); e.HasKey(x => x.Id); e.Ignore(x => x.Key); });
        model.Entity<JoinTokenRow>(e => { e.ToTable("joinTokens"); e.HasKey(x => x.Id); e.Ignore(x => x.Key); });
        model.Entity<CertificateRow>(e => { e.ToTable("certificates"); e.HasKey(x => x.Serial); e.Ignore(x => x.Key); });
        model.Entity<StandingRow>(e => { e.ToTable("standings"); e.HasKey(x => x.Client); e.Ignore(x => x.Key); });
        model.Entity<AuditRow>(e => { e.ToTable("audit"); e.HasKey(x => x.Sequence); e.Ignore(x => x.Key); });
        model.Entity<IdempotencyRow>(e => { e.ToTable("idempotency"); e.HasKey(x => x.Slot); e.Ignore(x => x.Key); });
        UseColumnNames(model);
    }

    static void UseColumnNames(ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(t => t.GetProperties()))
        {
            property.SetColumnName(char.ToLowerInvariant(property.Name[0]) + property.Name[1..]);
            property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
        }
    }
}
