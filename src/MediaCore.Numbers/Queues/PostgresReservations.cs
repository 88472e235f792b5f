using System.Globalization;
using Npgsql;

namespace MediaCore.Numbers.Queues;

/// <summary>
/// Reservations in a table of the shared database: a row by agent with a node and a time, taken by one statement that succeeds where there is none, where it is this node's own or where it has run out. The time is the database's, so the nodes' clocks do not matter.
/// </summary>
internal sealed class PostgresReservations(NpgsqlDataSource source, string node) : IAgentReservations
{
    /// <summary>How long a reservation lasts without being renewed: a node that is gone has its agents taken after it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string NowMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
    private const string Conflict = "ON CONFLICT (agent_id) DO UPDATE SET node = excluded.node, until_ms = excluded.until_ms "
        + $"WHERE agent_reservations.node = excluded.node OR agent_reservations.until_ms < {NowMs}";

    private static readonly string s_until = string.Create(CultureInfo.InvariantCulture, $"{NowMs} + {(long)Lease.TotalMilliseconds}");

    /// <inheritdoc/>
    public async Task<bool> TryTakeAsync(Guid agent, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Command(
            $"INSERT INTO agent_reservations (agent_id, node, until_ms) VALUES ($1, $2, {s_until}) {Conflict}",
            new NpgsqlParameter<Guid> { TypedValue = agent });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task KeepAsync(IReadOnlyCollection<Guid> agents, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Command(
            "WITH forgotten AS (DELETE FROM agent_reservations WHERE NOT agent_id = ANY ($1) AND node = $2) "
            + $"INSERT INTO agent_reservations (agent_id, node, until_ms) SELECT id, $2, {s_until} FROM agents WHERE id = ANY ($1) {Conflict}",
            new NpgsqlParameter<Guid[]> { TypedValue = [.. agents] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(Guid agent, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Command("DELETE FROM agent_reservations WHERE agent_id = $1 AND node = $2", new NpgsqlParameter<Guid> { TypedValue = agent });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string text, NpgsqlParameter agents)
    {
#pragma warning disable CA2100 // Constants that stand above.
        NpgsqlCommand command = source.CreateCommand(text);
#pragma warning restore CA2100
        command.Parameters.Add(agents);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = node });
        return command;
    }
}
