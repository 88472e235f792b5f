using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MediaCore.Numbers.Storage.PostgresMigrations;

/// <summary>Digits under which menus reach people.</summary>
[DbContext(typeof(PostgresServiceContext))]
[Migration("20261123130500_UserExtensions")]
internal sealed class UserExtensions : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "extension", table: "users", type: "text", nullable: true);
        migrationBuilder.CreateIndex(name: "IX_users_tenant_id_extension", table: "users", columns: ["tenant_id", "extension"], unique: true);
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(name: "IX_users_tenant_id_extension", table: "users");
        migrationBuilder.DropColumn(name: "extension", table: "users");
    }
}
