using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage.Migrations;

/// <summary>What each client was predicted to need, what it measured, and what it is to train from a version.</summary>
[DbContext(typeof(FederatedDbContext))]
[Migration("0030_Planning")]
sealed class M0030Planning : Migration
{
    protected override void Up(MigrationBuilder migration)
    {
        migration.Sql("""ALTER TABLE "participations" ADD COLUMN "planningJson" TEXT NULL;""");
        migration.Sql("""ALTER TABLE "versions" ADD COLUMN "planningJson" TEXT NULL;""");
    }
}
