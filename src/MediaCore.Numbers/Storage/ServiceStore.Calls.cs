using System.Buffers;
using System.Data.Common;
using System.Text;
using System.Text.Json;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace MediaCore.Numbers.Storage;

/// <content>Call records, brought by <see cref="CallRecordImporter"/> from the journal on disk, where they wait while the database is down.</content>
public sealed partial class ServiceStore : ICallRecordStore
{
    // The same in both databases. A record that is there stays as it is, whoever brought it.
    private const string InsertCall =
        """
        INSERT INTO calls (call_id, tenant_id, number, caller, called, started_at_ms, answered_at_ms, ended_at_ms, ended_by, reason, record)
        VALUES (@call_id, @tenant_id, @number, @caller, @called, @started_at_ms, @answered_at_ms, @ended_at_ms, @ended_by, @reason, @record)
        ON CONFLICT (call_id) DO NOTHING
        """;

    private static readonly string[] CallParameters =
        ["@call_id", "@tenant_id", "@number", "@caller", "@called", "@started_at_ms", "@answered_at_ms", "@ended_at_ms", "@ended_by", "@reason", "@record"];

    /// <inheritdoc/>
    public async Task<int> ImportCallsAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        await using ServiceContext context = Open(TenantScope.Platform);
        string[] numbers = [.. records.Select(static record => record.Number).OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] accounts = [.. records.Where(static record => record.Number is null).Select(static record => record.Account).OfType<string>().Distinct(StringComparer.Ordinal)];
        Dictionary<string, Guid> owners = await context.SipAccounts.AsNoTracking().Where(row => accounts.Contains(row.Name)).ToDictionaryAsync(static row => row.Name, static row => row.TenantId, StringComparer.Ordinal, cancellationToken);
        Dictionary<string, Guid> tenants = await context.Numbers.AsNoTracking()
            .Where(row => numbers.Contains(row.Number) && row.TenantId != null)
            .ToDictionaryAsync(static row => row.Number, static row => row.TenantId!.Value, StringComparer.Ordinal, cancellationToken);

        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        DbConnection connection = context.Database.GetDbConnection();
        await using DbCommand insert = connection.CreateCommand();
        insert.Transaction = transaction.GetDbTransaction();
        insert.CommandText = InsertCall;
        foreach (string name in CallParameters)
        {
            DbParameter parameter = insert.CreateParameter();
            parameter.ParameterName = name;
            insert.Parameters.Add(parameter);
        }

        int added = 0;
        var buffer = new ArrayBufferWriter<byte>();
        foreach (CallRecord record in records)
        {
            // Of a call that took no number whoever placed it.
            Guid tenant = record.Number is { } number && tenants.TryGetValue(number, out Guid owner) ? owner
                : record is { Number: null, Account: { } account } && owners.TryGetValue(account, out Guid placer) ? placer
                : Tenant.PlatformId;
            Bind(insert, record.CallId, tenant, record.Number, record.Caller, record.Called, Ms(record.StartedAt), record.AnsweredAt is { } answered ? Ms(answered) : null,
                Ms(record.EndedAt), CallEndNames.Of(record.EndedBy), CallEndNames.Of(record.Reason), ToJson(record, buffer));
            if (await insert.ExecuteNonQueryAsync(cancellationToken) > 0)
            {
                added++;
                CallJoins.Request(context, record, NowMs);
                if (tenant != Tenant.PlatformId)
                {
                    ServiceEvents.Add(context, tenant, ServiceEventTypes.CallCompleted, record.CallId, CallEvents.Completed(record), NowMs);
                }
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return added;
    }

    /// <summary>A call as its tenant sees it; null when there is none (yet), or it is another tenant's.</summary>
    public async Task<CallRecord?> GetCallAsync(TenantScope scope, string callId, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = Open(scope);
        string? json = await context.Calls.AsNoTracking().Where(row => row.CallId == callId).Select(static row => row.Record).SingleOrDefaultAsync(cancellationToken);
        return json is not null && CallRecordJson.TryRead(Encoding.UTF8.GetBytes(json), out CallRecord record) ? record : null;
    }

    private static void Bind(DbCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    private static string ToJson(CallRecord record, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            CallRecordJson.Write(writer, record);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
