using Microsoft.Data.Sqlite;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Notices that the database changed: <c>PRAGMA data_version</c> moves when any other connection, of this process or another, commits.
/// It compares only within one connection, so that one is kept open, outside the pool. Not thread-safe.
/// </summary>
internal sealed class DatabaseVersion(string connectionString)
{
    private SqliteConnection? _connection;
    private long _last = long.MinValue;

    /// <summary>The highest audit entry when something was committed since the last call (or this is the first); null when nothing was.</summary>
    internal async Task<long?> ReadAuditIfChangedAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
            _connection = connection;
            await connection.OpenAsync(cancellationToken);
        }

        long version = await ReadAsync(_connection, "PRAGMA data_version", cancellationToken);
        if (version == _last)
        {
            return null;
        }

        // Read before it is remembered: a fault here is followed by another try.
        long audited = await ReadAsync(_connection, "SELECT coalesce(max(id), 0) FROM audit_entries", cancellationToken);
        _last = version;
        return audited;
    }

    /// <summary>Closes the connection; the next call opens another and reports a change.</summary>
    internal void Reset()
    {
        _connection?.Dispose();
        _connection = null;
        _last = long.MinValue;
    }

    private static async Task<long> ReadAsync(SqliteConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The two constants above.
        command.CommandText = statement;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
