using Google.Protobuf.WellKnownTypes;
using MediaCore.Control.V1;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>What one caller sees of a tenant's queues and agents, as often as it looks.</summary>
/// <param name="store">The database, which has the names of agents.</param>
/// <param name="desks">The queues.</param>
/// <param name="caller">Who looks.</param>
/// <param name="queue">That queue alone; null for all.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveView(ServiceStore store, QueueDesks desks, ApiCaller caller, string? queue, TimeProvider time)
{
    private Dictionary<Guid, string> _names = [];

    /// <summary>Looks.</summary>
    public async Task<Live> ReadAsync(CancellationToken cancellationToken)
    {
        LiveReport report = await desks.GetLiveAsync(caller.TenantId, queue);

        // Names change seldom: they are read again when somebody is there whom nobody knows.
        if (report.Agents.Any(agent => !_names.ContainsKey(agent.Id)))
        {
            await using ServiceContext database = store.Open(caller.Scope);
            _names = await database.Agents.AsNoTracking().Join(database.Users, static agent => agent.UserId, static user => user.Id, static (agent, user) => new { agent.Id, user.Name })
                .ToDictionaryAsync(static each => each.Id, static each => each.Name, cancellationToken);
        }

        return new Live
        {
            At = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            Queues = { report.Queues.Select(ToMessage) },
            Agents = { report.Agents.Select(ToMessage).OrderBy(static agent => agent.Name, StringComparer.Ordinal) },
        };
    }

    /// <summary>Whether nothing has happened between two looks but time.</summary>
    public static bool AreAlike(Live before, Live now)
    {
        // Where somebody waits or talks, figures grow with the clock, and whoever watches wants to see them grow.
        Live then = now.Clone();
        then.At = before.At;
        foreach ((LiveAgent agent, LiveAgent former) in then.Agents.Zip(before.Agents))
        {
            // A share of the time since the sign-in, which changes all the time.
            agent.Occupancy = former.Occupancy;
        }

        return then.Equals(before);
    }

    private LiveAgent ToMessage(AgentReport agent) => new()
    {
        Id = agent.Id.ToString(),
        Name = _names.GetValueOrDefault(agent.Id, ""),
        Presence = ApiMapping.To<Agent.Types.Presence>(agent.Presence),
        Reason = agent.Reason,
        State = ApiMapping.To<LiveAgent.Types.State>(agent.State),
        StateSince = Timestamp.FromDateTimeOffset(agent.StateSince),
        Reachable = agent.IsReachable,
        Calls = agent.Calls,
        Talked = Duration.FromTimeSpan(agent.Talked),
        Busy = Duration.FromTimeSpan(agent.Busy),
        Occupancy = agent.Occupancy,
    };

    private static LiveQueue ToMessage(QueueReport report) => new()
    {
        Queue = report.Queue,
        Waiting = report.Waiting,
        LongestWait = Duration.FromTimeSpan(report.LongestWait),
        ExpectedWait = report.Expected is { } expected ? Duration.FromTimeSpan(expected) : null,
        Talking = report.Talking,
        Ready = report.Ready,
        Staffed = report.Staffed,
        SignedIn = report.SignedIn,
        Offered = report.Offered,
        Answered = report.Answered,
        Abandoned = report.Abandoned,
        ServiceLevel = report.ServiceLevelOfAnswered,
        ServiceLevelWithAbandoned = report.ServiceLevelWithAbandoned,
        ServiceLevelOfOffered = report.ServiceLevelOfOffered,
        ServiceLevelWithoutEarly = report.ServiceLevelWithoutEarly,
        ServiceLevelBound = Duration.FromTimeSpan(report.ServiceLevelBound),
        WaitingCallbacks = report.WaitingCallbacks,
        AnsweredInTime = report.AnsweredInTime,
        AbandonedInTime = report.AbandonedInTime,
        AbandonedShort = report.AbandonedShort,
        ShortAbandonBound = Duration.FromTimeSpan(report.ShortAbandonBound),
        Overflowed = report.Overflowed,
        TimedOut = report.TimedOut,
        Exited = report.Exited,
        Refused = report.Refused,
        Emptied = report.Emptied,
        Closed = report.Closed,
        Callbacks = report.Callbacks,
        CallbacksReached = report.CallbacksReached,
        RingNoAnswer = report.RingNoAnswer,
        MeanWait = Duration.FromTimeSpan(report.MeanWait),
        MaxWait = Duration.FromTimeSpan(report.MaxWait),
        Wait90 = Duration.FromTimeSpan(report.Wait90),
        MeanHandling = Duration.FromTimeSpan(report.MeanHandling),
    };
}
