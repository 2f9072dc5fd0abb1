using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>Who may do what, and who did: API keys, join tokens, certificates, standing of clients, audit trail, idempotency keys.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0020_Operator")]
sealed class M0020Operator : Migration
{
    protected override void Up(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE TABLE "apiKeys" (
                "id" TEXT NOT NULL CONSTRAINT "PK_apiKeys" PRIMARY KEY,
                "name" TEXT NOT NULL,
                "secretHash" TEXT NOT NULL,
                "role" TEXT NOT NULL,
                "runs" TEXT NULL,
                "createdBy" TEXT NOT NULL,
                "createdMs" INTEGER NOT NULL,
                "expiresMs" INTEGER NOT NULL,
                "revokedMs" INTEGER NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "joinTokens" (
                "id" TEXT NOT NULL CONSTRAINT "PK_joinTokens" PRIMARY KEY,
                "secretHash" TEXT NOT NULL,
                "client" TEXT NOT NULL,
                "createdBy" TEXT NOT NULL,
                "createdMs" INTEGER NOT NULL,
                "expiresMs" INTEGER NOT NULL,
                "usedMs" INTEGER NULL,
                "revokedMs" INTEGER NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "certificates" (
                "serial" TEXT NOT NULL CONSTRAINT "PK_certificates" PRIMARY KEY,
                "client" TEXT NOT NULL,
                "issuedMs" INTEGER NOT NULL,
                "expiresMs" INTEGER NOT NULL,
                "revokedMs" INTEGER NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "standings" (
                "client" TEXT NOT NULL CONSTRAINT "PK_standings" PRIMARY KEY,
                "approved" INTEGER NOT NULL,
                "draining" INTEGER NOT NULL,
                "revoked" INTEGER NOT NULL,
                "labelsJson" TEXT NOT NULL,
                "changedMs" INTEGER NOT NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "audit" (
                "sequence" INTEGER NOT NULL CONSTRAINT "PK_audit" PRIMARY KEY,
                "atMs" INTEGER NOT NULL,
                "actor" TEXT NOT NULL,
                "action" TEXT NOT NULL,
                "subject" TEXT NOT NULL,
                "detail" TEXT NOT NULL,
                "previousHash" TEXT NOT NULL,
                "hash" TEXT NOT NULL
            );
            """);
        migration.Sql("""
            CREATE TABLE "idempotency" (
                "slot" INTEGER NOT NULL CONSTRAINT "PK_idempotency" PRIMARY KEY,
                "sequence" INTEGER NOT NULL,
                "actor" TEXT NOT NULL,
                "idempotencyKey" TEXT NOT NULL,
                "requestHash" TEXT NOT NULL,
                "status" INTEGER NOT NULL,
                "location" TEXT NULL,
                "body" TEXT NULL
            );
            """);
    }
}
