using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>The database in PostgreSQL, with the migrations of PostgreSQL.</summary>
public sealed class PostgresServiceContext(DbContextOptions<PostgresServiceContext> options, TenantScope scope) : ServiceContext(options, scope)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);

        // In which order events were written; SQLite has its rowid for that.
        modelBuilder.Entity<ServiceEvent>().Property<long>("Position").HasColumnName("position").UseIdentityByDefaultColumn();
    }
}
