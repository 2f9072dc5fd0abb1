using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>What each published version cost.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0010_PrivacyLedger")]
sealed class M0010PrivacyLedger : Migration
{
    protected override void Up(MigrationBuilder migration) => migration.Sql("""
        CREATE TABLE "ledger" (
            "runId" TEXT NOT NULL,
            "version" INTEGER NOT NULL,
            "round" INTEGER NOT NULL,
            "at" TEXT NOT NULL,
            "noise" REAL NOT NULL,
            "planned" INTEGER NOT NULL,
            "clientsJson" TEXT NOT NULL,
            "acceptedSetDigest" TEXT NOT NULL,
            "epsilon" REAL NOT NULL,
            "delta" REAL NOT NULL,
            "accountant" TEXT NOT NULL,
            "atMs" INTEGER NOT NULL,
            CONSTRAINT "PK_ledger" PRIMARY KEY ("runId", "version")
        );
        """);
}
