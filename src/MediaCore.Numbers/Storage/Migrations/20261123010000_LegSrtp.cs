using Microsoft.EntityFrameworkCore.Migrations;

#nullable enable

namespace MediaCore.Numbers.Storage.Migrations;

/// <summary>The suite of each leg's SRTP; legs from before were plain.</summary>
internal sealed partial class LegSrtp : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>(name: "srtp", table: "call_legs", type: "TEXT", nullable: true);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(name: "srtp", table: "call_legs");
}
