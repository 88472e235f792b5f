using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Inventory;

/// <summary>
/// Numbers from the shelf to their owner and back (<see cref="NumberLife"/>): search, reserve, buy, assign, release. A number of another tenant is as unknown as
/// one that does not exist. Since changes take their turn (<see cref="ServiceStore"/>), of any number of buyers exactly one gets a number.
/// Numbers are given as they stand in the inventory: E.164 with <c>+</c>, short codes as <c>US:12345</c>.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="reservation">How long a reservation holds; <see cref="NumberLife.DefaultReservation"/> when null.</param>
/// <param name="quarantine">How long a number rests; <see cref="NumberLife.DefaultQuarantine"/> when null.</param>
public sealed partial class NumberInventory(ServiceStore store, TimeSpan? reservation = null, TimeSpan? quarantine = null)
{
    /// <summary>Numbers that <see cref="SweepAsync"/> moves in one transaction.</summary>
    private const int SweepBatch = 500;

    private readonly long _reservationMs = (long)(reservation ?? NumberLife.DefaultReservation).TotalMilliseconds;
    private readonly long _quarantineMs = (long)(quarantine ?? NumberLife.DefaultQuarantine).TotalMilliseconds;

    /// <summary>A page of numbers in their order.</summary>
    /// <returns>The page; refused when the pattern or the area code is none.</returns>
    public async Task<StoreResult<List<VirtualNumber>>> SearchAsync(TenantScope scope, NumberSearch search, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        IQueryable<VirtualNumber> numbers = context.Numbers.AsNoTracking();
        if (search.Own)
        {
            Guid mine = scope.TenantId;
            numbers = numbers.Where(row => row.TenantId == mine);
        }
        else
        {
            numbers = numbers.Where(row => row.State == NumberState.Available);
        }

        if (search.Country is { } country)
        {
            numbers = numbers.Where(row => row.Country == country);
        }

        if (search.Type is { } type)
        {
            numbers = numbers.Where(row => row.Type == type);
        }

        if (!string.IsNullOrEmpty(search.AreaCode))
        {
            if (search.AreaCode.Length > InventoryLimits.MaxE164Digits || search.AreaCode.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                return StoreResult.Invalid($"'{search.AreaCode}' is no area code: give its digits, as 202.");
            }

            // A range, which the index serves; ':' is the character behind '9'.
            string from = search.AreaCode;
            string to = search.AreaCode + ":";
            numbers = numbers.Where(row => string.Compare(row.National, from) >= 0 && string.Compare(row.National, to) < 0);
        }

        if (!string.IsNullOrEmpty(search.Pattern))
        {
            if (Vanity.ToLike(search.Pattern) is not { } like)
            {
                return StoreResult.Invalid($"'{search.Pattern}' is no pattern: digits, letters, ? for one digit and * for any, at most {Vanity.MaxPatternCharacters}.");
            }

            numbers = numbers.Where(row => EF.Functions.Like(row.National, like));
        }

        if (search.Capabilities != NumberCapabilities.None)
        {
            NumberCapabilities wanted = search.Capabilities;
            numbers = numbers.Where(row => (row.Capabilities & wanted) == wanted);
        }

        if (search.After is { } after)
        {
            numbers = numbers.Where(row => string.Compare(row.Number, after) > 0);
        }

        return await numbers.OrderBy(static row => row.Number).Take(Math.Clamp(search.Limit, 1, NumberSearch.MaxLimit)).ToListAsync(cancellationToken);
    }

    /// <summary>Holds an available number for the tenant, or holds it longer.</summary>
    public Task<StoreResult<VirtualNumber>> ReserveAsync(TenantScope scope, string number, string actor, CancellationToken cancellationToken = default)
        => MoveAsync(scope, actor, "number.reserve", number, NumberState.Reserved, (_, row, now) =>
        {
            row.TenantId = scope.TenantId;
            row.ReservedUntilMs = now + _reservationMs;
            return Task.FromResult(StoreResult.Done);
        }, cancellationToken);

    /// <summary>Lets a reservation go.</summary>
    public Task<StoreResult<VirtualNumber>> CancelReservationAsync(TenantScope scope, string number, string actor, CancellationToken cancellationToken = default)
        => MoveAsync(scope, actor, "number.cancel", number, NumberState.Available, static (_, row, _) =>
        {
            row.TenantId = null;
            row.ReservedUntilMs = null;
            return Task.FromResult(StoreResult.Done);
        }, cancellationToken);

    /// <summary>Makes an available number, or one that is reserved for the tenant, the tenant's own.</summary>
    public Task<StoreResult<VirtualNumber>> BuyAsync(TenantScope scope, string number, string actor, CancellationToken cancellationToken = default)
        => MoveAsync(scope, actor, "number.buy", number, NumberState.Owned, async (context, row, now) =>
        {
            if (row.State is NumberState.Assigned)
            {
                return StoreResult.Conflict($"{number} is yours already.");
            }

            Guid buyer = scope.TenantId;
            if (await context.Tenants.AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == buyer, cancellationToken) is not { Suspended: false })
            {
                return StoreResult.Conflict("The tenant is suspended: it can buy no numbers.");
            }

            row.TenantId = buyer;
            row.ReservedUntilMs = null;
            row.FirstOwnedAtMs = now;
            row.ReleasedAtMs = null;
            row.QuarantineUntilMs = null;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Gives a number back: at once nothing is routed to it any more, and it rests before its next owner.</summary>
    public Task<StoreResult<VirtualNumber>> ReleaseAsync(TenantScope scope, string number, string actor, CancellationToken cancellationToken = default)
        => MoveAsync(scope, actor, "number.release", number, NumberState.Released, async (context, row, now) =>
        {
            foreach (NumberChannel channel in Enum.GetValues<NumberChannel>())
            {
                await EndAssignmentsAsync(context, row, channel, now, cancellationToken);
            }

            row.TenantId = null;
            row.Label = "";
            row.ReleasedAtMs = now;
            row.QuarantineUntilMs = now + _quarantineMs;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>
    /// What is due by the clock: reservations that have lapsed, numbers that were released go to rest, those that have rested are available again. To be called now
    /// and then; nothing depends on when, since a reservation that has lapsed holds nobody off.
    /// </summary>
    /// <returns>Numbers that were moved.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken = default)
    {
        int moved = 0;
        int batch;
        do
        {
            StoreResult<int> result = await store.ChangeAsync<int>(TenantScope.Platform, new ChangeOrigin("system", "number.sweep"), async context =>
            {
                long now = store.NowMs;
                List<VirtualNumber> due = await context.Numbers
                    .Where(row => (row.State == NumberState.Reserved && row.ReservedUntilMs <= now) || row.State == NumberState.Released
                        || (row.State == NumberState.Quarantined && row.QuarantineUntilMs <= now))
                    .OrderBy(static row => row.Number).Take(SweepBatch).ToListAsync(cancellationToken);
                foreach (VirtualNumber row in due)
                {
                    if (row.State == NumberState.Released)
                    {
                        row.State = NumberState.Quarantined;
                    }

                    LapseIfDue(row, now);
                }

                return due.Count;
            }, cancellationToken);
            batch = result.Value;
            moved += batch;
        }
        while (batch == SweepBatch);
        return moved;
    }

    private static void LapseIfDue(VirtualNumber row, long now)
    {
        if ((row.State == NumberState.Reserved && row.ReservedUntilMs <= now) || (row.State == NumberState.Quarantined && row.QuarantineUntilMs <= now))
        {
            row.State = NumberState.Available;
            row.TenantId = null;
            row.ReservedUntilMs = null;
            row.QuarantineUntilMs = null;
        }
    }

    private Task<StoreResult<VirtualNumber>> MoveAsync(
        TenantScope scope, string actor, string action, string number, NumberState to, Func<ServiceContext, VirtualNumber, long, Task<StoreResult>> move, CancellationToken cancellationToken)
        => store.ChangeAsync<VirtualNumber>(TenantScope.Platform, new ChangeOrigin(actor, action), async context =>
        {
            long now = store.NowMs;
            VirtualNumber? row = await context.Numbers.SingleOrDefaultAsync(one => one.Number == number, cancellationToken);
            if (row is not null)
            {
                LapseIfDue(row, now);
            }

            if (row is null || !(row.State == NumberState.Available || row.TenantId == scope.TenantId))
            {
                return StoreResult.NotFound($"There is no number {number} that you have or can have; somebody else may have been faster.");
            }

            NumberState from = row.State;
            if (!NumberLife.CanMove(from, to))
            {
                return StoreResult.Conflict($"{number} is {from.ToString().ToLowerInvariant()}: it cannot become {to.ToString().ToLowerInvariant()}.");
            }

            StoreResult result = await move(context, row, now);
            if (!result.IsDone)
            {
                return result;
            }

            row.State = to;
            return row;
        }, cancellationToken);
}
