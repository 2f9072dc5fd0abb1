using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>Events, the frozen factors of a version, and when assignments began and ended.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0002_Events")]
sealed class M0002Events : Migration
{
    protected override void Up(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE TABLE "events" (
                "sequence" INTEGER NOT NULL CONSTRAINT "PK_events" PRIMARY KEY,
                "timeMs" INTEGER NOT NULL,
                "runId" TEXT NULL,
                "round" INTEGER NULL,
                "client" TEXT NULL,
                "kind" TEXT NOT NULL,
                "code" TEXT NULL,
                "dataJson" TEXT NOT NULL
            );
            """);
        migration.Sql("""CREATE INDEX "IX_events_runId" ON "events" ("runId", "sequence");""");
        migration.Sql("""ALTER TABLE "versions" ADD COLUMN "offsetsJson" TEXT NULL;""");
        migration.Sql("""ALTER TABLE "participations" ADD COLUMN "startRound" INTEGER NOT NULL DEFAULT 0;""");
        migration.Sql("""ALTER TABLE "participations" ADD COLUMN "startVersion" INTEGER NOT NULL DEFAULT 0;""");
        migration.Sql("""UPDATE "participations" SET "startRound" = "round", "startVersion" = "round" - 1;""");
        migration.Sql("""ALTER TABLE "participations" ADD COLUMN "assignedMs" INTEGER NOT NULL DEFAULT 0;""");
        migration.Sql("""ALTER TABLE "participations" ADD COLUMN "acceptedMs" INTEGER NULL;""");
    }
}
