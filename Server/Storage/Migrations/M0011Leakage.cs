using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>What each round's updates look like to a probe without ground truth.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0011_Leakage")]
sealed class M0011Leakage : Migration
{
    protected override void Up(MigrationBuilder migration) => migration.Sql("""ALTER TABLE "rounds" ADD COLUMN "leakageJson" TEXT NULL;""");
}
