using MediaCore.Numbers.Identity;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>The database in PostgreSQL, with the migrations of PostgreSQL.</summary>
public sealed class PostgresServiceContext(DbContextOptions<PostgresServiceContext> options, TenantScope scope) : ServiceContext(options, scope);
