using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MediaCore.Numbers.Storage.PostgresMigrations;

/// <summary>Answers of the API by idempotency key.</summary>
[DbContext(typeof(PostgresServiceContext))]
[Migration("20261123131000_ApiAnswers")]
internal sealed class ApiAnswers : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "api_answers",
            columns: static table => new
            {
                id = table.Column<Guid>(type: "uuid", nullable: false),
                key = table.Column<string>(type: "text", nullable: false),
                request_hash = table.Column<string>(type: "text", nullable: false),
                answer = table.Column<byte[]>(type: "bytea", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                changed_seq = table.Column<long>(type: "bigint", nullable: false),
                created_at_ms = table.Column<long>(type: "bigint", nullable: false),
                tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
            },
            constraints: static table =>
            {
                table.PrimaryKey("PK_api_answers", static row => row.id);
                table.ForeignKey("FK_api_answers_tenants_tenant_id", static row => row.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex(name: "IX_api_answers_created_at_ms", table: "api_answers", column: "created_at_ms");
        migrationBuilder.CreateIndex(name: "IX_api_answers_tenant_id_key", table: "api_answers", columns: ["tenant_id", "key"], unique: true);
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable(name: "api_answers");
}
