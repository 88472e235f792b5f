using System.Buffers.Binary;
using MediaCore.Numbers.Storage;
using Npgsql;

namespace MediaCore.Numbers.Transcription;

/// <summary>
/// Whose a message is to be transcribed: one server's at a time, of those that share a database and the folder of the sound. Held for as long as the connection is, so a server that dies leaves it at once, and nobody has to know how long an engine takes. On SQLite there is no other server.
/// </summary>
internal sealed class TranscriptClaim : IAsyncDisposable
{
    // "trns" in ASCII; the other half is of the message. Two of the same half wait for each other, which does no harm.
    private const int Space = 0x74726E73;
    private readonly NpgsqlConnection? _connection;
    private readonly int _key;

    private TranscriptClaim(NpgsqlConnection? connection, int key) => (_connection, _key) = (connection, key);

    /// <summary>Claims a message; null while another server has it.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public static async Task<TranscriptClaim?> TryTakeAsync(ServiceStore store, Guid message, CancellationToken cancellationToken)
    {
        // Of an identifier by time the end is what differs.
        int key = BinaryPrimitives.ReadInt32LittleEndian(message.ToByteArray().AsSpan(12));
        if (store.Postgres is not { } source)
        {
            return new TranscriptClaim(null, key);
        }

        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using NpgsqlCommand command = new("SELECT pg_try_advisory_lock($1, $2)", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = Space }, new NpgsqlParameter<int> { TypedValue = key } } };
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new TranscriptClaim(connection, key);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is null)
        {
            return;
        }

        try
        {
            // A connection that goes back to the pool would keep it.
            await using NpgsqlCommand command = new("SELECT pg_advisory_unlock($1, $2)", _connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = Space }, new NpgsqlParameter<int> { TypedValue = _key } } };
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is broken, and the claim gone with it.
        }

        await _connection.DisposeAsync();
    }
}
