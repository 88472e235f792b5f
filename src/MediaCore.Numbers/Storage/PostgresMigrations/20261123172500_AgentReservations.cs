using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MediaCore.Numbers.Storage.PostgresMigrations;

/// <inheritdoc />
[DbContext(typeof(PostgresServiceContext))]
[Migration("20261123172500_AgentReservations")]
internal sealed class AgentReservations : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // Who of the nodes rings or has an agent; told by the database's own clock, so that those of the nodes do not matter. No entity: nobody but the nodes themselves reads it.
        migrationBuilder.CreateTable(
            name: "agent_reservations",
            columns: table => new
            {
                agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                node = table.Column<string>(type: "text", nullable: false),
                until_ms = table.Column<long>(type: "bigint", nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_agent_reservations", x => x.agent_id);
                table.ForeignKey("FK_agent_reservations_agents_agent_id", x => x.agent_id, "agents", "id", onDelete: ReferentialAction.Cascade);
            });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable(name: "agent_reservations");
}
