using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Inventory;

/// <content>What numbers lead to, and from when. Assignments are ended, never removed: they say what a number led to at any time.</content>
public sealed partial class NumberInventory
{
    /// <summary>
    /// Lets a number of the tenant lead to something from <paramref name="from"/> on. What it leads to then ends there; calls in progress stay as they are.
    /// </summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="number">Its number.</param>
    /// <param name="channel">Calls or messages.</param>
    /// <param name="target">Kind of target.</param>
    /// <param name="targetId">The target, of the same tenant.</param>
    /// <param name="actor">Who.</param>
    /// <param name="from">From when on; null for now.</param>
    /// <param name="until">Until when, exclusive; null for ever.</param>
    /// <param name="cancellationToken">Ends the change.</param>
    /// <returns>The number; a conflict when something else begins within the span.</returns>
    public Task<StoreResult<VirtualNumber>> AssignAsync(
        TenantScope scope,
        string number,
        NumberChannel channel,
        AssignmentTarget target,
        Guid targetId,
        string actor,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        CancellationToken cancellationToken = default)
        => MoveAsync(scope, actor, "number.assign", number, NumberState.Assigned, async (context, row, now) =>
        {
            long begin = Math.Max(from?.ToUnixTimeMilliseconds() ?? now, now);
            long? end = until?.ToUnixTimeMilliseconds();
            if (end <= begin)
            {
                return StoreResult.Invalid("The end of an assignment is after its begin, and after now.");
            }

            if (target == AssignmentTarget.User && channel == NumberChannel.Voice)
            {
                return StoreResult.Invalid("Messages can go to a user; calls go to a plan that rings the user.");
            }

            if (target != AssignmentTarget.User && channel == NumberChannel.Messages)
            {
                return StoreResult.Invalid($"A {target} takes calls alone. Messages go to a user, whose phones get them; without one they are kept, listed and told as events all the same.");
            }

            if (!await ExistsAsync(context, scope.TenantId, target, targetId, cancellationToken))
            {
                return StoreResult.NotFound($"There is no {target} {targetId} to lead to.");
            }

            foreach (NumberAssignment other in await OpenAssignmentsAsync(context, row, channel, begin, cancellationToken))
            {
                if (other.FromMs > begin && (end is null || other.FromMs < end))
                {
                    return StoreResult.Conflict($"Another assignment begins at {DateTimeOffset.FromUnixTimeMilliseconds(other.FromMs):u}: end this one before, or end that one first.");
                }

                if (other.FromMs < begin)
                {
                    other.UntilMs = begin;
                }
            }

            // One that begins at the same millisecond is overwritten, be it over or not.
            NumberAssignment? same = await context.Assignments.SingleOrDefaultAsync(one => one.NumberId == row.Id && one.Channel == channel && one.FromMs == begin, cancellationToken);
            if (same is null)
            {
                same = new NumberAssignment { NumberId = row.Id, Channel = channel, FromMs = begin };
                context.Assignments.Add(same);
            }

            same.TenantId = scope.TenantId;
            same.Target = target;
            same.TargetId = targetId;
            same.UntilMs = end;
            return StoreResult.Done;
        }, cancellationToken);

    /// <summary>Ends what a number leads to now, and what it was to lead to later.</summary>
    public Task<StoreResult<VirtualNumber>> UnassignAsync(TenantScope scope, string number, NumberChannel channel, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<VirtualNumber>(TenantScope.Platform, new ChangeOrigin(actor, "number.unassign"), async context =>
        {
            Guid mine = scope.TenantId;
            VirtualNumber? row = await context.Numbers.SingleOrDefaultAsync(one => one.Number == number && one.TenantId == mine, cancellationToken);
            if (row is not { State: NumberState.Assigned })
            {
                return StoreResult.NotFound($"You have no number {number} that leads anywhere.");
            }

            long now = store.NowMs;
            await EndAssignmentsAsync(context, row, channel, now, cancellationToken);
            NumberChannel other = channel == NumberChannel.Voice ? NumberChannel.Messages : NumberChannel.Voice;
            if ((await OpenAssignmentsAsync(context, row, other, now, cancellationToken)).Count == 0)
            {
                row.State = NumberState.Owned;
            }

            return row;
        }, cancellationToken);

    /// <summary>Sets what a tenant says about its number.</summary>
    public Task<StoreResult<VirtualNumber>> DescribeAsync(
        TenantScope scope, string number, string label, string? language, string? timeZone, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<VirtualNumber>(TenantScope.Platform, new ChangeOrigin(actor, "number.describe"), async context =>
        {
            Guid mine = scope.TenantId;
            if (await context.Numbers.SingleOrDefaultAsync(one => one.Number == number && one.TenantId == mine, cancellationToken) is not { } row)
            {
                return StoreResult.NotFound($"You have no number {number}.");
            }

            if (label.Length > InventoryLimits.MaxLabelCharacters)
            {
                return StoreResult.Invalid($"A label has at most {InventoryLimits.MaxLabelCharacters} characters.");
            }

            if (timeZone is not null && NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is null)
            {
                return StoreResult.Invalid($"'{timeZone}' is no time zone: write its IANA name, as Europe/Berlin.");
            }

            row.Label = label;
            row.Language = language;
            row.TimeZone = timeZone;
            return row;
        }, cancellationToken);

    private static async Task EndAssignmentsAsync(ServiceContext context, VirtualNumber row, NumberChannel channel, long now, CancellationToken cancellationToken)
    {
        foreach (NumberAssignment assignment in await OpenAssignmentsAsync(context, row, channel, now, cancellationToken))
        {
            // One that has not begun never does.
            assignment.UntilMs = Math.Max(now, assignment.FromMs);
        }
    }

    // Those that are not over at a time; one that never began (its end is its begin) is over at all times.
    private static Task<List<NumberAssignment>> OpenAssignmentsAsync(ServiceContext context, VirtualNumber row, NumberChannel channel, long at, CancellationToken cancellationToken)
        => context.Assignments
            .Where(one => one.NumberId == row.Id && one.Channel == channel && (one.UntilMs == null || (one.UntilMs > at && one.UntilMs > one.FromMs)))
            .OrderBy(static one => one.FromMs).ToListAsync(cancellationToken);

    private static Task<bool> ExistsAsync(ServiceContext context, Guid tenant, AssignmentTarget target, Guid id, CancellationToken cancellationToken) => target switch
    {
        AssignmentTarget.RoutingPlan => context.RoutingPlans.AnyAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken),
        AssignmentTarget.Menu => context.Menus.AnyAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken),
        AssignmentTarget.Queue => context.Queues.AnyAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken),
        AssignmentTarget.User => context.Users.AnyAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken),
        AssignmentTarget.VoicemailBox => context.VoicemailBoxes.AnyAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken),
        _ => Task.FromResult(false),
    };
}
