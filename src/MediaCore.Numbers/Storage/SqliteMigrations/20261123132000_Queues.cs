using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MediaCore.Numbers.Storage.SqliteMigrations;

/// <inheritdoc />
[DbContext(typeof(SqliteServiceContext))]
[Migration("20261123132000_Queues")]
internal sealed class Queues : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "node", table: "queue_entries", type: "TEXT", nullable: false, defaultValue: "");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(name: "node", table: "queue_entries");
    }
}
