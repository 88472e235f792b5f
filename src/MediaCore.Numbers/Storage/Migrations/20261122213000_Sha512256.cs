using Microsoft.EntityFrameworkCore.Migrations;

#nullable enable

namespace MediaCore.Numbers.Storage.Migrations;

/// <summary>A third digest secret; accounts from before have none until their password is set anew.</summary>
internal sealed partial class Sha512256 : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>(name: "ha1_sha512256", table: "accounts", type: "TEXT", nullable: false, defaultValue: "");

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(name: "ha1_sha512256", table: "accounts");
}
