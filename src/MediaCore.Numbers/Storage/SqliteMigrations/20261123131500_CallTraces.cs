using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MediaCore.Numbers.Storage.SqliteMigrations;

/// <summary>The decisions of calls.</summary>
[DbContext(typeof(SqliteServiceContext))]
[Migration("20261123131500_CallTraces")]
internal sealed class CallTraces : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        name: "call_traces",
        columns: static table => new
        {
            call_id = table.Column<string>(type: "TEXT", nullable: false),
            tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
            number = table.Column<string>(type: "TEXT", nullable: false),
            at_ms = table.Column<long>(type: "INTEGER", nullable: false),
            document = table.Column<string>(type: "TEXT", nullable: false),
        },
        constraints: static table => table.PrimaryKey("PK_call_traces", static row => new { row.call_id, row.tenant_id }));

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable(name: "call_traces");
}
