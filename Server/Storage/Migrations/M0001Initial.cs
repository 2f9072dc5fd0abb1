using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>The first tables. Released migrations never change; a test compares their sum with the model.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0001_Initial")]
sealed class M0001Initial : Migration
{
    protected override void Up(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE TABLE "runs" (
                "id" TEXT NOT NULL CONSTRAINT "PK_runs" PRIMARY KEY,
                "specJson" TEXT NOT NULL,
                "specDigest" TEXT NOT NULL,
                "createdMs" INTEGER NOT NULL,
                "phase" TEXT NOT NULL,
                "paused" INTEGER NOT NULL,
                "round" INTEGER NOT NULL,
                "attempt" INTEGER NOT NULL,
                "version" INTEGER NOT NULL,
                "retryAtMs" INTEGER NULL,
                "lastError" TEXT NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "rounds" (
                "runId" TEXT NOT NULL,
                "round" INTEGER NOT NULL,
                "attempt" INTEGER NOT NULL,
                "phase" TEXT NOT NULL,
                "versionIn" INTEGER NOT NULL,
                "versionOut" INTEGER NULL,
                "startedMs" INTEGER NOT NULL,
                "collectedMs" INTEGER NULL,
                "foldedMs" INTEGER NULL,
                "publishedMs" INTEGER NULL,
                "rejected" INTEGER NOT NULL,
                "discarded" INTEGER NOT NULL,
                "acceptedSetJson" TEXT NULL,
                "acceptedSetDigest" TEXT NULL,
                "diagnosticsJson" TEXT NULL,
                CONSTRAINT "PK_rounds" PRIMARY KEY ("runId", "round")
            );
            """);
        migration.Sql("""
            CREATE TABLE "plans" (
                "runId" TEXT NOT NULL,
                "round" INTEGER NOT NULL,
                "attempt" INTEGER NOT NULL,
                "json" TEXT NOT NULL,
                "digest" TEXT NOT NULL,
                "deadlineMs" INTEGER NOT NULL,
                CONSTRAINT "PK_plans" PRIMARY KEY ("runId", "round", "attempt")
            );
            """);
        migration.Sql("""
            CREATE TABLE "participations" (
                "runId" TEXT NOT NULL,
                "round" INTEGER NOT NULL,
                "client" TEXT NOT NULL,
                "attempt" INTEGER NOT NULL,
                "assignmentId" TEXT NOT NULL,
                "state" TEXT NOT NULL,
                "startManifest" TEXT NOT NULL,
                "samples" INTEGER NOT NULL,
                "trainingLoss" REAL NULL,
                "bytesUp" INTEGER NOT NULL,
                "bytesDown" INTEGER NOT NULL,
                "digest" TEXT NULL,
                "code" TEXT NULL,
                CONSTRAINT "PK_participations" PRIMARY KEY ("runId", "round", "client")
            );
            """);
        migration.Sql("""
            CREATE TABLE "receipts" (
                "assignmentId" TEXT NOT NULL CONSTRAINT "PK_receipts" PRIMARY KEY,
                "runId" TEXT NOT NULL,
                "client" TEXT NOT NULL,
                "round" INTEGER NOT NULL,
                "digest" TEXT NOT NULL,
                "size" INTEGER NOT NULL,
                "acceptedMs" INTEGER NOT NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "versions" (
                "runId" TEXT NOT NULL,
                "version" INTEGER NOT NULL,
                "manifestDigest" TEXT NOT NULL,
                "manifestSize" INTEGER NOT NULL,
                "parentDigest" TEXT NULL,
                "schemaDigest" TEXT NOT NULL,
                "planDigest" TEXT NOT NULL,
                "planVersion" INTEGER NOT NULL,
                "groupsJson" TEXT NOT NULL,
                "stateDigest" TEXT NULL,
                "publishedMs" INTEGER NOT NULL,
                CONSTRAINT "PK_versions" PRIMARY KEY ("runId", "version")
            );
            """);
        migration.Sql("""
            CREATE TABLE "evaluations" (
                "runId" TEXT NOT NULL,
                "version" INTEGER NOT NULL,
                "client" TEXT NOT NULL,
                "attempt" INTEGER NOT NULL,
                "assignmentId" TEXT NOT NULL,
                "state" TEXT NOT NULL,
                "deadlineMs" INTEGER NOT NULL,
                "samples" INTEGER NOT NULL,
                "correct" INTEGER NOT NULL,
                "lossSum" REAL NOT NULL,
                "code" TEXT NULL,
                CONSTRAINT "PK_evaluations" PRIMARY KEY ("runId", "version", "client")
            );
            """);
        migration.Sql("""
            CREATE TABLE "clients" (
                "id" TEXT NOT NULL CONSTRAINT "PK_clients" PRIMARY KEY,
                "tokenHash" TEXT NOT NULL,
                "firstSeenMs" INTEGER NOT NULL
            );
            """);
    }
}
