using Microsoft.EntityFrameworkCore.Migrations;

#nullable enable

namespace MediaCore.Numbers.Storage.Migrations;

/// <summary>What a record has beside its columns; calls from before have none.</summary>
internal sealed partial class CallDetails : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "details", table: "call_records", type: "TEXT", nullable: true);
        migrationBuilder.AddColumn<string>(name: "details", table: "call_legs", type: "TEXT", nullable: true);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(name: "details", table: "call_records");
        migrationBuilder.DropColumn(name: "details", table: "call_legs");
    }
}
