using Microsoft.EntityFrameworkCore.Migrations;

#nullable enable

namespace MediaCore.Numbers.Storage.Migrations;

/// <summary>All tables of version 0.1.</summary>
internal sealed partial class Initial : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "accounts",
            columns: table => new
            {
                id = table.Column<long>(type: "INTEGER", nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                name = table.Column<string>(type: "TEXT", nullable: false),
                realm = table.Column<string>(type: "TEXT", nullable: false),
                ha1_md5 = table.Column<string>(type: "TEXT", nullable: false),
                ha1_sha256 = table.Column<string>(type: "TEXT", nullable: false),
                enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                created_at_ms = table.Column<long>(type: "INTEGER", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_accounts", x => x.id);
            });

        migrationBuilder.CreateTable(
            name: "audit_entries",
            columns: table => new
            {
                id = table.Column<long>(type: "INTEGER", nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                actor = table.Column<string>(type: "TEXT", nullable: false),
                action = table.Column<string>(type: "TEXT", nullable: false),
                subject = table.Column<string>(type: "TEXT", nullable: false),
                detail = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_audit_entries", x => x.id);
            });

        migrationBuilder.CreateTable(
            name: "call_records",
            columns: table => new
            {
                call_id = table.Column<string>(type: "TEXT", nullable: false),
                started_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                ringing_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                answered_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                ended_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                caller = table.Column<string>(type: "TEXT", nullable: false),
                called = table.Column<string>(type: "TEXT", nullable: false),
                number = table.Column<string>(type: "TEXT", nullable: true),
                inbound_trunk = table.Column<string>(type: "TEXT", nullable: true),
                outbound_trunk = table.Column<string>(type: "TEXT", nullable: true),
                account = table.Column<string>(type: "TEXT", nullable: true),
                ended_by = table.Column<string>(type: "TEXT", nullable: false),
                reason = table.Column<string>(type: "TEXT", nullable: false),
                sip_status = table.Column<int>(type: "INTEGER", nullable: false),
                q850_cause = table.Column<int>(type: "INTEGER", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_call_records", x => x.call_id);
            });

        migrationBuilder.CreateTable(
            name: "numbers",
            columns: table => new
            {
                id = table.Column<long>(type: "INTEGER", nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                e164 = table.Column<string>(type: "TEXT", nullable: false),
                label = table.Column<string>(type: "TEXT", nullable: false),
                enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                created_at_ms = table.Column<long>(type: "INTEGER", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_numbers", x => x.id);
            });

        migrationBuilder.CreateTable(
            name: "call_legs",
            columns: table => new
            {
                call_id = table.Column<string>(type: "TEXT", nullable: false),
                position = table.Column<int>(type: "INTEGER", nullable: false),
                leg_id = table.Column<string>(type: "TEXT", nullable: false),
                inbound = table.Column<bool>(type: "INTEGER", nullable: false),
                sip_call_id = table.Column<string>(type: "TEXT", nullable: false),
                from_uri = table.Column<string>(type: "TEXT", nullable: false),
                to_uri = table.Column<string>(type: "TEXT", nullable: false),
                peer = table.Column<string>(type: "TEXT", nullable: true),
                remote_address = table.Column<string>(type: "TEXT", nullable: false),
                invited_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                ringing_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                answered_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                ended_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                ended_by = table.Column<string>(type: "TEXT", nullable: false),
                sip_status = table.Column<int>(type: "INTEGER", nullable: false),
                q850_cause = table.Column<int>(type: "INTEGER", nullable: false),
                codec = table.Column<string>(type: "TEXT", nullable: true),
                received_packets = table.Column<long>(type: "INTEGER", nullable: false),
                received_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                received_lost = table.Column<long>(type: "INTEGER", nullable: false),
                received_jitter_ms = table.Column<double>(type: "REAL", nullable: false),
                received_max_jitter_ms = table.Column<double>(type: "REAL", nullable: false),
                sent_packets = table.Column<long>(type: "INTEGER", nullable: false),
                sent_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                sent_lost = table.Column<long>(type: "INTEGER", nullable: false),
                sent_jitter_ms = table.Column<double>(type: "REAL", nullable: false),
                sent_max_jitter_ms = table.Column<double>(type: "REAL", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_call_legs", x => new { x.call_id, x.position });
                table.ForeignKey(
                    name: "FK_call_legs_call_records_call_id",
                    column: x => x.call_id,
                    principalTable: "call_records",
                    principalColumn: "call_id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "number_targets",
            columns: table => new
            {
                number_id = table.Column<long>(type: "INTEGER", nullable: false),
                position = table.Column<int>(type: "INTEGER", nullable: false),
                kind = table.Column<string>(type: "TEXT", nullable: false),
                value = table.Column<string>(type: "TEXT", nullable: false),
                voice = table.Column<string>(type: "TEXT", nullable: true),
                ring_seconds = table.Column<int>(type: "INTEGER", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_number_targets", x => new { x.number_id, x.position });
                table.ForeignKey(
                    name: "FK_number_targets_numbers_number_id",
                    column: x => x.number_id,
                    principalTable: "numbers",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateIndex(
            name: "IX_accounts_name",
            table: "accounts",
            column: "name",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "IX_call_records_number_started_at_ms",
            table: "call_records",
            columns: new[] { "number", "started_at_ms" });

        migrationBuilder.CreateIndex(
            name: "IX_call_records_started_at_ms",
            table: "call_records",
            column: "started_at_ms");

        migrationBuilder.CreateIndex(
            name: "IX_numbers_e164",
            table: "numbers",
            column: "e164",
            unique: true);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "accounts");

        migrationBuilder.DropTable(
            name: "audit_entries");

        migrationBuilder.DropTable(
            name: "call_legs");

        migrationBuilder.DropTable(
            name: "number_targets");

        migrationBuilder.DropTable(
            name: "call_records");

        migrationBuilder.DropTable(
            name: "numbers");
    }
}
