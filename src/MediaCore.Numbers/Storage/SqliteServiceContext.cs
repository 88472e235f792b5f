using MediaCore.Numbers.Identity;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>The database in SQLite, with the migrations of SQLite.</summary>
public sealed class SqliteServiceContext(DbContextOptions<SqliteServiceContext> options, TenantScope scope) : ServiceContext(options, scope);
