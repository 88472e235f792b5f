using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Inventory;
using MediaCore.Sip.Authentication;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <content>Virtual numbers, and the whole inventory at once for routing.</content>
public sealed partial class NumberStore
{
    /// <summary>All numbers in order, with their targets.</summary>
    public async Task<IReadOnlyList<NumberDefinition>> ListNumbersAsync(CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        return await ReadNumbersAsync(context, cancellationToken);
    }

    /// <summary>One number; null when there is none.</summary>
    public async Task<NumberDefinition?> GetNumberAsync(string e164, CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        NumberRow? row = await context.Numbers.AsNoTracking().Include(number => number.Targets).SingleOrDefaultAsync(number => number.E164 == e164, cancellationToken);
        return row is null ? null : ToDefinition(row);
    }

    /// <summary>Adds a number.</summary>
    public Task<StoreResult> AddNumberAsync(NumberDefinition number, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "number.add", number.E164, Describe(number), async context =>
        {
            if (await CheckAsync(context, number, cancellationToken) is { IsDone: false } refused)
            {
                return refused;
            }

            if (await context.Numbers.AnyAsync(row => row.E164 == number.E164, cancellationToken))
            {
                return StoreResult.Conflict($"There is a number {number.E164} already.");
            }

            context.Numbers.Add(MakeNumber(number));
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Replaces a number's label, state and targets.</summary>
    public Task<StoreResult> UpdateNumberAsync(NumberDefinition number, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "number.update", number.E164, Describe(number), async context =>
        {
            if (await CheckAsync(context, number, cancellationToken) is { IsDone: false } refused)
            {
                return refused;
            }

            if (await context.Numbers.Include(row => row.Targets).SingleOrDefaultAsync(row => row.E164 == number.E164, cancellationToken) is not { } row)
            {
                return NoNumber(number.E164);
            }

            row.Label = number.Label;
            row.Enabled = number.Enabled;
            await ReplaceTargetsAsync(context, row, number.Targets, cancellationToken);
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Replaces a number's targets and leaves the rest as it is.</summary>
    public Task<StoreResult> SetTargetsAsync(string e164, ImmutableArray<NumberTarget> targets, string actor, CancellationToken cancellationToken = default)
    {
        var number = new NumberDefinition(e164) { Targets = targets };
        return ChangeAsync(actor, "number.targets", e164, Describe(number), async context =>
        {
            if (await CheckAsync(context, number, cancellationToken) is { IsDone: false } refused)
            {
                return refused;
            }

            if (await context.Numbers.Include(row => row.Targets).SingleOrDefaultAsync(row => row.E164 == e164, cancellationToken) is not { } row)
            {
                return NoNumber(e164);
            }

            await ReplaceTargetsAsync(context, row, targets, cancellationToken);
            return StoreResult.Done;
        }, cancellationToken);
    }

    /// <summary>Enables or disables a number.</summary>
    public Task<StoreResult> SetNumberEnabledAsync(string e164, bool enabled, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, enabled ? "number.enable" : "number.disable", e164, "", async context =>
        {
            if (await context.Numbers.SingleOrDefaultAsync(row => row.E164 == e164, cancellationToken) is not { } row)
            {
                return NoNumber(e164);
            }

            row.Enabled = enabled;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Removes a number; its call records stay.</summary>
    public Task<StoreResult> RemoveNumberAsync(string e164, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(actor, "number.remove", e164, "", async context =>
        {
            if (await context.Numbers.SingleOrDefaultAsync(row => row.E164 == e164, cancellationToken) is not { } row)
            {
                return NoNumber(e164);
            }

            context.Numbers.Remove(row);
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Everything routing needs, as of one moment.</summary>
    internal async Task<InventoryView> ReadInventoryAsync(CancellationToken cancellationToken)
    {
        await using NumbersDbContext context = CreateContext();

        // A read transaction sees one state of a write-ahead log, so an account and the number that rings it come together.
        await using var connection = (Microsoft.Data.Sqlite.SqliteConnection)context.Database.GetDbConnection();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction(deferred: true);
        await context.Database.UseTransactionAsync(transaction, cancellationToken);
        long version = await context.Audit.MaxAsync(row => (long?)row.Id, cancellationToken) ?? 0;
        List<AccountRow> accounts = await context.Accounts.AsNoTracking().Where(row => row.Enabled).ToListAsync(cancellationToken);
        IReadOnlyList<NumberDefinition> numbers = await ReadNumbersAsync(context, cancellationToken);
        return new InventoryView(
            version,
            [.. accounts.Where(row => row.Realm == Realm).Select(row => new Account(row.Name, new DigestSecret(Encoding.ASCII.GetBytes(row.Ha1Md5), Encoding.ASCII.GetBytes(row.Ha1Sha256), Encoding.ASCII.GetBytes(row.Ha1Sha512256))))],
            accounts.Count(row => row.Realm != Realm),
            [.. numbers.Where(number => number.Enabled)]);
    }

    internal NumberRow MakeNumber(NumberDefinition number)
        => new() { E164 = number.E164, Label = number.Label, Enabled = number.Enabled, CreatedAtMs = NowMs(), Targets = [.. number.Targets.Select(ToRow)] };

    private static async Task<IReadOnlyList<NumberDefinition>> ReadNumbersAsync(NumbersDbContext context, CancellationToken cancellationToken)
    {
        List<NumberRow> rows = await context.Numbers.AsNoTracking().Include(row => row.Targets).OrderBy(row => row.E164).AsSplitQuery().ToListAsync(cancellationToken);
        return [.. rows.Select(ToDefinition)];
    }

    private static async Task<StoreResult> CheckAsync(NumbersDbContext context, NumberDefinition number, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> errors = InventoryRules.Check(number);
        if (errors.Count > 0)
        {
            return StoreResult.Invalid(string.Join(' ', errors));
        }

        string[] wanted = [.. number.Targets.Where(target => target.Kind == NumberTargetKind.Account).Select(target => target.Value).Distinct(StringComparer.Ordinal)];
        List<string> found = await context.Accounts.Where(row => wanted.Contains(row.Name)).Select(row => row.Name).ToListAsync(cancellationToken);
        string[] missing = [.. wanted.Except(found, StringComparer.Ordinal)];
        return missing.Length == 0 ? StoreResult.Done : StoreResult.Invalid($"There is no account '{string.Join("', '", missing)}' to ring.");
    }

    private static async Task ReplaceTargetsAsync(NumbersDbContext context, NumberRow row, ImmutableArray<NumberTarget> targets, CancellationToken cancellationToken)
    {
        // Position is part of the key: the old rows have to be gone before the new ones of the same key can come.
        row.Targets.Clear();
        await context.SaveChangesAsync(cancellationToken);
        row.Targets.AddRange(targets.Select(ToRow));
    }

    private static NumberTargetRow ToRow(NumberTarget target, int position) => new()
    {
        Position = position,
        Kind = TargetKinds.Of(target.Kind),
        Value = target.Value,
        Voice = target.Voice,
        RingSeconds = (int)target.RingTime.TotalSeconds,
    };

    private static NumberDefinition ToDefinition(NumberRow row) => new(row.E164)
    {
        Label = row.Label,
        Enabled = row.Enabled,
        Targets = [.. row.Targets.OrderBy(target => target.Position).Select(ToTarget)],
    };

    private static NumberTarget ToTarget(NumberTargetRow row)
        => TargetKinds.TryParse(row.Kind, out NumberTargetKind kind)
            ? new NumberTarget(kind, row.Value) { Voice = row.Voice, RingTime = TimeSpan.FromSeconds(row.RingSeconds) }
            : throw new InvalidDataException($"The database has a target of the unknown kind '{row.Kind}': it was written by a later version.");

    private static string Describe(NumberDefinition number)
        => number.Targets.IsDefaultOrEmpty ? "" : string.Join(" > ", number.Targets.Select(target => target.Kind is NumberTargetKind.AnnouncementText or NumberTargetKind.AnnouncementFile
            ? TargetKinds.Of(target.Kind)
            : target.Kind is NumberTargetKind.Conference or NumberTargetKind.Control
            ? $"{TargetKinds.Of(target.Kind)} {target.Value}"
            : string.Create(CultureInfo.InvariantCulture, $"{TargetKinds.Of(target.Kind)} {target.Value} {target.RingTime.TotalSeconds} s")));

    private static StoreResult NoNumber(string e164) => StoreResult.NotFound($"There is no number {e164}.");
}
