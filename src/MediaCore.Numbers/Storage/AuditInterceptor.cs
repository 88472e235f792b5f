using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Stands before every write: refuses another tenant's rows, changes of what may not change, and configuration that is written outside of
/// <see cref="ServiceStore.ChangeAsync"/>; and gives each changed row its audit entry in the same transaction. Since all changes take their turn
/// (<see cref="ServiceStore"/>), the entries are numbered in the order in which they are committed.
/// </summary>
internal sealed class AuditInterceptor(TimeProvider time) : SaveChangesInterceptor
{
    private static readonly HashSet<string> Bookkeeping = new(StringComparer.Ordinal) { nameof(Row.Version), nameof(Row.ChangedSeq) };

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        => throw new NotSupportedException("The database is written by SaveChangesAsync alone.");

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ServiceContext context)
        {
            await StampAsync(context, cancellationToken);
        }

        return result;
    }

    private async Task StampAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        EntityEntry[] changed = [.. context.ChangeTracker.Entries().Where(static entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)];
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        StoreState? state = null;
        foreach (EntityEntry entry in changed)
        {
            Guard(context, entry);
            if (entry.Entity is Row row)
            {
                row.CreatedAtMs = row.CreatedAtMs == 0 ? now : row.CreatedAtMs;
                row.Version++;
            }

            // The hand-over of a batch that was already audited (a second save in one change) brings the state row itself.
            if (entry.Entity is IRecordRow or StoreState or AuditEvent)
            {
                continue;
            }

            if (context.Origin is not { } origin || context.Database.CurrentTransaction is null)
            {
                throw new InvalidOperationException($"{entry.Metadata.ClrType.Name} is configuration: change it by ServiceStore.ChangeAsync, which audits it.");
            }

            state ??= context.State.Local.FirstOrDefault() ?? await context.State.SingleAsync(cancellationToken);
            var audited = (Row)entry.Entity;
            audited.ChangedSeq = state.Seq + 1;
            var item = new AuditEvent
            {
                Seq = state.Seq + 1,
                TenantId = TenantOf(entry) ?? Tenant.PlatformId,
                AtMs = now,
                Actor = origin.Actor,
                Action = origin.Action,
                Entity = entry.Metadata.ClrType.Name,
                EntityId = audited.Id,
                Changes = Describe(entry),
                PreviousHash = state.Hash,
            };
            item.Hash = AuditChain.HashOf(item);
            context.Audit.Add(item);
            state.Seq = item.Seq;
            state.Hash = item.Hash;
        }
    }

    private static void Guard(ServiceContext context, EntityEntry entry)
    {
        if (entry.Entity is AuditEvent && entry.State != EntityState.Added)
        {
            throw new InvalidOperationException("The audit is only added to.");
        }

        if (entry.Entity is RevisionRow revision && entry.State == EntityState.Modified
            && entry.OriginalValues.GetValue<RevisionState>(nameof(RevisionRow.State)) != RevisionState.Draft
            && (entry.Property(nameof(RevisionRow.Document)).IsModified || revision.State == RevisionState.Draft))
        {
            throw new InvalidOperationException("A revision that was published does not change: make another.");
        }

        if (context.Scope.IsPlatform || entry.Entity is AuditEvent or StoreState)
        {
            return;
        }

        // Before and after: a row can be neither taken from another tenant nor given to one.
        Guid mine = context.Scope.TenantId;
        bool allowed = entry.Entity switch
        {
            VirtualNumber => false,
            Tenant tenant => tenant.Id == mine && entry.State == EntityState.Modified,
            TenantRow row => row.TenantId == mine && (entry.State == EntityState.Added || entry.OriginalValues.GetValue<Guid>(nameof(TenantRow.TenantId)) == mine),
            CallEntry call => call.TenantId == mine,
            CallTrace trace => trace.TenantId == mine,
            JoinedCall joined => joined.TenantId == mine,
            CallLink link => link.TenantId == mine,

            // Says nothing but that a call is to be looked at.
            PendingJoin => entry.State == EntityState.Added,
            _ => false,
        };
        if (!allowed)
        {
            throw new ForeignTenantException($"{entry.Metadata.ClrType.Name} is not the tenant's to write.");
        }
    }

    private static Guid? TenantOf(EntityEntry entry) => entry.Entity switch
    {
        TenantRow row => row.TenantId,
        Tenant tenant => tenant.Id,

        // Of a number that is given back, the one who had it: it is that tenant's history.
        VirtualNumber number => number.TenantId ?? (entry.State == EntityState.Added ? null : entry.OriginalValues.GetValue<Guid?>(nameof(VirtualNumber.TenantId))),
        _ => null,
    };

    private static string Describe(EntityEntry entry)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (PropertyEntry property in entry.Properties)
            {
                if (Bookkeeping.Contains(property.Metadata.Name) || (entry.State == EntityState.Modified && !property.IsModified))
                {
                    continue;
                }

                bool secret = property.Metadata.PropertyInfo?.IsDefined(typeof(SecretAttribute), inherit: true) == true;
                object? before = entry.State == EntityState.Added ? null : property.OriginalValue;
                object? after = entry.State == EntityState.Deleted ? null : property.CurrentValue;
                if (before is null && after is null)
                {
                    continue;
                }

                writer.WriteStartArray(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Metadata.Name));
                Write(writer, before, secret);
                Write(writer, after, secret);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter writer, object? value, bool secret)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case var _ when secret:
                writer.WriteStringValue("***");
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
