using MediaCore.Numbers.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MediaCore.Numbers.Storage;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteServiceContext>
{
    public SqliteServiceContext CreateDbContext(string[] args)
        => new(new DbContextOptionsBuilder<SqliteServiceContext>().UseSqlite("Data Source=design.db", static sqlite => sqlite.MigrationsHistoryTable(ServiceStore.MigrationsTable)).Options, TenantScope.Platform);
}

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresServiceContext>
{
    public PostgresServiceContext CreateDbContext(string[] args)
        => new(new DbContextOptionsBuilder<PostgresServiceContext>().UseNpgsql("Host=design", static npgsql => npgsql.MigrationsHistoryTable(ServiceStore.MigrationsTable)).Options, TenantScope.Platform);
}
