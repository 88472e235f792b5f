using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MediaCore.Numbers.Storage;

/// <summary>The number service's database. Tables and columns are in snake_case, for those who look with other tools.</summary>
internal sealed class NumbersDbContext(DbContextOptions<NumbersDbContext> options) : DbContext(options)
{
    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<NumberRow> Numbers => Set<NumberRow>();

    public DbSet<CallRow> Calls => Set<CallRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AccountRow>(account =>
        {
            account.ToTable("accounts");
            account.HasIndex(row => row.Name).IsUnique();
        });
        modelBuilder.Entity<NumberRow>(number =>
        {
            number.ToTable("numbers");
            number.HasIndex(row => row.E164).IsUnique();
            number.HasMany(row => row.Targets).WithOne().HasForeignKey(row => row.NumberId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<NumberTargetRow>(target =>
        {
            target.ToTable("number_targets");
            target.HasKey(row => new { row.NumberId, row.Position });
        });
        modelBuilder.Entity<CallRow>(call =>
        {
            call.ToTable("call_records");
            call.HasKey(row => row.CallId);
            call.HasIndex(row => row.StartedAtMs);
            call.HasIndex(row => new { row.Number, row.StartedAtMs });
            call.HasMany(row => row.Legs).WithOne().HasForeignKey(row => row.CallId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<CallLegRow>(leg =>
        {
            leg.ToTable("call_legs");
            leg.HasKey(row => new { row.CallId, row.Position });
        });
        modelBuilder.Entity<AuditRow>(audit => audit.ToTable("audit_entries"));

        foreach (IMutableEntityType type in modelBuilder.Model.GetEntityTypes())
        {
            foreach (IMutableProperty property in type.GetProperties())
            {
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            }
        }
    }
}
