using System.Collections.Frozen;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Control;

/// <summary>Finds the shard of a command's call and posts the command there; what may take time, names of next hops, is looked up before, while later commands of that call wait (<see cref="CommandQueues"/>).</summary>
internal sealed class CallControl(SessionTable sessions, IControlMail mail, SipNameResolver? names, ILogger log) : ICallControl, IStreamControl
{
    /// <summary>Milliseconds, about, that a listing waits for a full mailbox.</summary>
    private const int MaxPostAttempts = 100;

    private static readonly CommandReply s_noCall = CommandReply.Refuse(CommandStatus.NotFound, "There is no such call, or it is over.");

    private readonly long[] _replies = new long[(int)CommandStatus.Internal + 1];
    private readonly CommandQueues _queues = new();

    /// <inheritdoc/>
    public void Execute(CallCommand command, Action<CommandReply> replied)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(replied);
        int isGiven = 0;
        ExecuteCounted(command, reply =>
        {
            if (Interlocked.Exchange(ref isGiven, 1) == 0)
            {
                Interlocked.Increment(ref _replies[(int)reply.Status]);
                replied(reply);
            }
        });
    }

    /// <summary>Replies so far, by status.</summary>
    public long CountReplies(CommandStatus status) => Volatile.Read(ref _replies[(int)status]);

    private void ExecuteCounted(CallCommand command, Action<CommandReply> replied)
    {
        if (Check(command) is { } refusal)
        {
            replied(refusal);
            return;
        }

        // Before any name is looked up, so that a command costs no more look-ups than it may have targets.
        IReadOnlyList<DialDestination> targets = GetTargets(command);
        if (targets.Count > ControlLimits.MaxDialTargets)
        {
            replied(CommandReply.Refuse(CommandStatus.InvalidArgument, $"A command has at most {ControlLimits.MaxDialTargets} targets."));
            return;
        }

        Dictionary<string, SipPeer>? peers = null;
        bool isComplete = true;
        foreach (DialDestination target in targets)
        {
            if (target is not UriDestination uri)
            {
                continue;
            }

            if (!SipPeerUri.TryParse(uri.Uri, out SipPeer? peer, out _, out string? error))
            {
                replied(CommandReply.Refuse(CommandStatus.InvalidArgument, $"\"{uri.Uri}\": {error}"));
                return;
            }

            (peers ??= new Dictionary<string, SipPeer>(StringComparer.Ordinal))[uri.Uri] = peer;
            isComplete &= SipPeerUri.TryResolveLiteral(peer);
        }

        switch (_queues.Enter(command.CallId, needsLookup: !isComplete, () => TakeTurnAsync(command, peers, replied)))
        {
            case CommandQueues.Entry.First when isComplete:
                Post(command, peers, replied);
                break;
            case CommandQueues.Entry.First:
                _ = TakeTurnsAsync(command, peers, replied);
                break;
            case CommandQueues.Entry.CallFull:
                replied(CommandReply.Refuse(CommandStatus.ResourceExhausted, $"{ControlLimits.MaxWaitingCommands} commands of this call wait behind one whose name is being looked up; wait for the replies of some."));
                break;
            case CommandQueues.Entry.LookupsFull:
                replied(CommandReply.Refuse(CommandStatus.ResourceExhausted, $"The names of {ControlLimits.MaxLookups} commands are being looked up, as many as may be; send it again in a moment, or write an address."));
                break;
            default:
                break;
        }
    }

    /// <summary>Carries a command out whose name has to be looked up, and then what was sent to its call meanwhile.</summary>
    private async Task TakeTurnsAsync(CallCommand command, Dictionary<string, SipPeer>? peers, Action<CommandReply> replied)
    {
        await TakeTurnAsync(command, peers, replied).ConfigureAwait(false);
        while (_queues.TryTakeNext(command.CallId, out Func<Task>? turn))
        {
            await turn!().ConfigureAwait(false);
        }
    }

    private async Task TakeTurnAsync(CallCommand command, Dictionary<string, SipPeer>? peers, Action<CommandReply> replied)
    {
        try
        {
            await ResolveAsync(command, peers, replied).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Failures have replies; this is a defect.
            ShardLog.CommandFaulted(log, command.GetType().Name, exception);
            replied(CommandReply.Refuse(CommandStatus.Internal, "The server has met a defect of its own, which its log says."));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CommandReply> ExecuteAsync(CallCommand command, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource<CommandReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        Execute(command, done.SetResult);
        return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<CallSnapshot?> GetCallAsync(string callId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(callId);
        if (!CallKey.TryMake(callId, out SessionKey key) || !sessions.TryGet(key, out SessionHandle handle))
        {
            return null;
        }

        var exchange = new SnapshotExchange<CallSnapshot>(calls => calls.Describe(callId) is { } snapshot ? [snapshot] : []);
        await PostAsync(handle.Shard, exchange, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<CallSnapshot> found = await exchange.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <inheritdoc/>
    public async ValueTask<CallPage> ListCallsAsync(CallFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        int size = Math.Clamp(filter.PageSize, 1, ControlLimits.MaxPageCalls);

        // One more than the page holds, which shows whether there is another page.
        IEnumerable<CallSnapshot> found = await AskAllAsync(calls => calls.Describe(filter, size + 1), cancellationToken).ConfigureAwait(false);
        CallSnapshot[] all = [.. found.OrderBy(static call => call.CallId, StringComparer.Ordinal).Take(size + 1)];
        return all.Length > size ? new CallPage(all[..size], all[size - 1].CallId) : new CallPage(all, null);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ConferenceMemberSnapshot>> ListConferenceAsync(string room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        IEnumerable<ConferenceMemberSnapshot> found = await AskAllAsync(calls => calls.DescribeConference(room), cancellationToken).ConfigureAwait(false);
        return [.. found.OrderBy(static member => member.LegId, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask<CommandReply> AttachAsync(string callId, string? legId, AudioStream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(callId);
        ArgumentNullException.ThrowIfNull(stream);
        if (!CallKey.TryMake(callId, out SessionKey key) || !sessions.TryGet(key, out SessionHandle handle))
        {
            return CommandReply.Refuse(CommandStatus.NotFound, "There is no such call, or it is over.");
        }

        StreamExchange exchange = new(callId, legId, stream);
        return mail.TryPost(handle.Shard, exchange)
            ? await exchange.Reply.WaitAsync(cancellationToken).ConfigureAwait(false)
            : CommandReply.Refuse(CommandStatus.Unavailable, "The call's shard has no room for more now; try again in a moment.");
    }

    /// <summary>Asks every shard the same.</summary>
    private async Task<IEnumerable<T>> AskAllAsync<T>(Func<BackToBackUserAgent, IReadOnlyList<T>> question, CancellationToken cancellationToken)
    {
        var exchanges = new SnapshotExchange<T>[mail.Shards];
        for (int shard = 0; shard < exchanges.Length; shard++)
        {
            exchanges[shard] = new SnapshotExchange<T>(question);
            await PostAsync(shard, exchanges[shard], cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<T>[] parts = await Task.WhenAll(exchanges.Select(static e => e.Answer)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return parts.SelectMany(static part => part);
    }

    private static IReadOnlyList<DialDestination> GetTargets(CallCommand command) => command switch
    {
        DialCommand dial => dial.Targets,
        OriginateCommand originate => originate.Targets,
        TransferCommand { Target: { } target } => [target],
        SendMessageCommand { Target: { } target } => [target],
        _ => [],
    };

    private static CommandReply? Check(CallCommand command) =>
        command.CommandId.Length is 0 or > ControlLimits.MaxCommandIdChars || command.CommandId.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? CommandReply.Refuse(CommandStatus.InvalidArgument, $"command_id needs 1 to {ControlLimits.MaxCommandIdChars} visible ASCII characters.")
        : command.ClientState is { Length: > ControlLimits.MaxClientStateChars }
            ? CommandReply.Refuse(CommandStatus.InvalidArgument, $"client_state has at most {ControlLimits.MaxClientStateChars} characters.")
        : null;

    /// <summary>Looks all names of a command up, side by side, so that it takes no longer than one, and posts it.</summary>
    private async Task ResolveAsync(CallCommand command, Dictionary<string, SipPeer>? peers, Action<CommandReply> replied)
    {
        if (FindShard(command) is null)
        {
            replied(s_noCall);
            return;
        }

        await NextHopNames.FindAsync(names, peers?.Values ?? Enumerable.Empty<SipPeer>()).ConfigureAwait(false);
        foreach ((string uri, SipPeer peer) in peers ?? [])
        {
            if (peer.Destinations.IsEmpty)
            {
                replied(CommandReply.Refuse(CommandStatus.Unavailable, $"\"{uri}\": no address was found for {peer.Host}; write an address, or try again."));
                return;
            }
        }

        Post(command, peers, replied);
    }

    private void Post(CallCommand command, Dictionary<string, SipPeer>? peers, Action<CommandReply> replied)
    {
        if (FindShard(command) is not { } shard)
        {
            replied(s_noCall);
            return;
        }

        var exchange = new CommandExchange(command, peers?.ToFrozenDictionary(StringComparer.Ordinal) ?? FrozenDictionary<string, SipPeer>.Empty, replied);
        if (!mail.TryPost(shard, exchange))
        {
            replied(CommandReply.Refuse(CommandStatus.Unavailable, "The call's shard has no room for more commands now; send it again in a moment."));
        }
    }

    /// <summary>The shard of a command's call; for one that makes a call the one that new calls go to. Null: there is no such call.</summary>
    private int? FindShard(CallCommand command) =>
        command.CallId.Length == 0 || command is OriginateCommand ? mail.ChooseShard()
        : CallKey.TryMake(command.CallId, out SessionKey key) && sessions.TryGet(key, out SessionHandle handle) ? handle.Shard
        : null;

    /// <summary>A listing may wait for a mailbox that is full for milliseconds, where a command is refused; of a shard that takes nothing for longer, or has stopped, no call is listed.</summary>
    private async Task PostAsync(int shard, ControlExchange exchange, CancellationToken cancellationToken)
    {
        for (int attempt = 0; !mail.TryPost(shard, exchange); attempt++)
        {
            if (attempt == MaxPostAttempts)
            {
                exchange.Fail();
                return;
            }

            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }
    }
}
