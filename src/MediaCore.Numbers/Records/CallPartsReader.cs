using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Records;

/// <summary>Finds which calls belong together, and reads all that is known of them.</summary>
internal sealed partial class CallPartsReader(ServiceContext context, ILogger logger)
{
    private readonly Dictionary<string, CallLink> _links = new(StringComparer.Ordinal);

    /// <summary>The calls that these belong to. A call that turns out to belong to another has no record of its own any more.</summary>
    public async Task<HashSet<string>> FindRootsAsync(IReadOnlyCollection<string> calls, CancellationToken cancellationToken)
    {
        await LinkJoinedAsync(calls, cancellationToken);
        HashSet<string> roots = new(StringComparer.Ordinal);
        HashSet<string> linked = new(StringComparer.Ordinal);
        HashSet<string> open = [.. calls];
        for (int step = 0; open.Count > 0 && step < CallJoinLimits.MaxSteps; step++)
        {
            string[] ids = [.. open];
            List<CallLink> found = await context.CallLinks.AsNoTracking().Where(row => ids.Contains(row.CallId)).ToListAsync(cancellationToken);
            found.AddRange(context.CallLinks.Local.Where(row => open.Contains(row.CallId) && found.TrueForAll(one => one.CallId != row.CallId)));
            foreach (CallLink link in found)
            {
                _links[link.CallId] = link;
                linked.Add(link.CallId);
            }

            roots.UnionWith(ids.Where(id => !_links.ContainsKey(id)));
            open = [.. found.Select(static link => link.LinkedFrom)];
        }

        if (linked.Count > 0)
        {
            await context.JoinedCalls.Where(row => linked.Contains(row.CallId)).ExecuteDeleteAsync(cancellationToken);
        }

        return roots;
    }

    /// <summary>All that is known of the calls and what belongs to them, as each tenant sees it.</summary>
    public async Task<IReadOnlyList<CallParts>> ReadAsync(IReadOnlyCollection<string> roots, CancellationToken cancellationToken)
    {
        Dictionary<string, List<string>> families = roots.ToDictionary(static root => root, static root => new List<string> { root }, StringComparer.Ordinal);
        await FindChildrenAsync(families, cancellationToken);
        string[] all = [.. families.Values.SelectMany(static family => family).Distinct(StringComparer.Ordinal)];
        Dictionary<string, CallEntry> entries = await context.Calls.AsNoTracking().Where(row => all.Contains(row.CallId)).ToDictionaryAsync(static row => row.CallId, StringComparer.Ordinal, cancellationToken);
        ILookup<string, CallTrace> traces = (await context.CallTraces.AsNoTracking().Where(row => all.Contains(row.CallId)).ToListAsync(cancellationToken)).ToLookup(static row => row.CallId, StringComparer.Ordinal);
        ILookup<string, (Guid Tenant, QueueVisit Visit)> visits = await ReadVisitsAsync(all, cancellationToken);
        var messages = (await (from message in context.VoicemailMessages.AsNoTracking()
                               join box in context.VoicemailBoxes on message.BoxId equals box.Id
                               where all.Contains(message.CallId)
                               orderby message.ReceivedAtMs
                               select new { message.CallId, message.TenantId, message.Id, box.Box, message.DurationMs }).ToListAsync(cancellationToken)).ToLookup(static row => row.CallId, StringComparer.Ordinal);
        ILookup<string, Recording> recordings = (await context.Recordings.AsNoTracking().Where(row => all.Contains(row.CallId)).OrderBy(static row => row.StartedAtMs).ToListAsync(cancellationToken)).ToLookup(static row => row.CallId, StringComparer.Ordinal);
        List<CallParts> found = [];
        foreach ((string root, List<string> family) in families)
        {
            if (!entries.TryGetValue(root, out CallEntry? entry))
            {
                continue;
            }

            foreach (Guid tenant in family.SelectMany(id => traces[id]).Select(static trace => trace.TenantId).Prepend(entry.TenantId).Distinct())
            {
                bool isOwners = tenant == entry.TenantId;
                found.Add(new CallParts
                {
                    TenantId = tenant,
                    IsOwners = isOwners,
                    Calls = [.. family.Select(id => PartOf(id, entries.GetValueOrDefault(id), traces[id].FirstOrDefault(trace => trace.TenantId == tenant))).Where(part => isOwners || part.CallId == root || part.Trace is not null)],
                    Queues = [.. family.SelectMany(id => visits[id]).Where(one => one.Tenant == tenant).Select(static one => one.Visit).OrderBy(static visit => visit.EnteredAtMs)],
                    Messages = [.. family.SelectMany(id => messages[id]).Where(one => one.TenantId == tenant).Select(static one => new LeftMessage(one.Id, one.Box, one.DurationMs))],
                    Recordings = [.. family.SelectMany(id => recordings[id]).Where(one => one.TenantId == tenant)],
                });
            }
        }

        return found;
    }

    /// <summary>Two calls that a transfer has joined have a dialog of the same Call-ID: the one that was transferred leads to the one whose party was replaced.</summary>
    private async Task LinkJoinedAsync(IReadOnlyCollection<string> calls, CancellationToken cancellationToken)
    {
        var pairs = await (from one in context.CallDialogs
                           join other in context.CallDialogs on one.SipCallId equals other.SipCallId
                           where calls.Contains(one.CallId) && one.CallId != other.CallId
                           select new { One = one.CallId, Other = other.CallId }).Distinct().ToListAsync(cancellationToken);
        foreach (var pair in pairs)
        {
            string[] both = [pair.One, pair.Other];
            List<CallEntry> rows = await context.Calls.AsNoTracking().Where(row => both.Contains(row.CallId)).ToListAsync(cancellationToken);
            CallEntry? transferred = rows.Find(row => HasTransfer(row, TransferKind.Attended));
            CallEntry? consulted = rows.Find(row => row != transferred && HasTransfer(row, TransferKind.Replaced));
            if (transferred is not null && consulted is not null && context.CallLinks.Local.All(link => link.CallId != consulted.CallId)
                && !await context.CallLinks.AnyAsync(link => link.CallId == consulted.CallId || (link.CallId == transferred.CallId && link.LinkedFrom == consulted.CallId), cancellationToken))
            {
                context.CallLinks.Add(new CallLink { CallId = consulted.CallId, TenantId = transferred.TenantId, LinkedFrom = transferred.CallId, Kind = CallLinkKind.Consult });

                // It may have been joined by itself before the other's record came.
                string joined = consulted.CallId;
                await context.JoinedCalls.Where(row => row.CallId == joined).ExecuteDeleteAsync(cancellationToken);
            }
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    private async Task FindChildrenAsync(Dictionary<string, List<string>> families, CancellationToken cancellationToken)
    {
        Dictionary<string, string> rootOf = families.Keys.ToDictionary(static root => root, static root => root, StringComparer.Ordinal);
        string[] open = [.. families.Keys];
        for (int step = 0; open.Length > 0 && step < CallJoinLimits.MaxSteps; step++)
        {
            List<CallLink> children = await context.CallLinks.AsNoTracking().Where(row => open.Contains(row.LinkedFrom)).OrderBy(static row => row.CallId).ToListAsync(cancellationToken);
            List<string> next = [];
            foreach (CallLink child in children)
            {
                List<string> family = families[rootOf[child.LinkedFrom]];
                if (family.Count < CallJoinLimits.MaxCalls && rootOf.TryAdd(child.CallId, rootOf[child.LinkedFrom]))
                {
                    _links[child.CallId] = child;
                    family.Add(child.CallId);
                    next.Add(child.CallId);
                }
            }

            open = [.. next];
        }
    }

    private async Task<ILookup<string, (Guid Tenant, QueueVisit Visit)>> ReadVisitsAsync(string[] calls, CancellationToken cancellationToken)
    {
        var rows = await (from entry in context.QueueEntries.AsNoTracking()
                          join queue in context.Queues on entry.QueueId equals queue.Id
                          join agent in context.Agents on entry.AgentId equals agent.Id into agents
                          from agent in agents.DefaultIfEmpty()
                          join user in context.Users on agent!.UserId equals user.Id into users
                          from user in users.DefaultIfEmpty()
                          where calls.Contains(entry.CallId)
                          select new { Entry = entry, Queue = queue.Name, Agent = user!.Name, user.Account }).ToListAsync(cancellationToken);
        return rows.ToLookup(
            static row => row.Entry.CallId,
            static row => (row.Entry.TenantId, new QueueVisit(row.Entry.CallId, row.Queue, row.Entry.EnqueuedAtMs, row.Entry.State)
            {
                LeftAtMs = row.Entry.LeftAtMs,
                Position = row.Entry.Position,
                CreditMs = row.Entry.CreditMs,
                Agent = row.Entry.AgentId is null ? null : row.Agent,
                Account = row.Entry.AgentId is null ? null : row.Account,
            }),
            StringComparer.Ordinal);
    }

    private CallPart PartOf(string callId, CallEntry? entry, CallTrace? trace)
    {
        CallLink? link = _links.GetValueOrDefault(callId);
        return new CallPart(callId) { Record = entry is null ? null : Read(entry), Trace = trace?.Document, LinkedFrom = link?.LinkedFrom, Link = link?.Kind ?? CallLinkKind.None };
    }

    private bool HasTransfer(CallEntry row, TransferKind kind) => Read(row)?.Transfers.Any(transfer => transfer.Kind == kind) == true;

    private CallRecord? Read(CallEntry row)
    {
        if (CallRecordJson.TryRead(Encoding.UTF8.GetBytes(row.Record), out CallRecord record))
        {
            return record;
        }

        LogDamaged(row.CallId);
        return null;
    }

    [LoggerMessage(EventId = 7181, EventName = "CallRecordDamaged", Level = LogLevel.Warning, Message = "The stored record of call {CallId} cannot be read; it is listed without being joined")]
    private partial void LogDamaged(string callId);
}
