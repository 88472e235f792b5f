using System.Collections.Frozen;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Control;

/// <summary>Finds the shard of a command's call and posts the command there; what may take time, names of next hops, is looked up before.</summary>
internal sealed class CallControl(SessionTable sessions, IControlMail mail, SipNameResolver? names) : ICallControl, IStreamControl
{
    /// <summary>Milliseconds, about, that a listing waits for a full mailbox.</summary>
    private const int MaxPostAttempts = 100;

    private readonly long[] _replies = new long[(int)CommandStatus.Unavailable + 1];

    /// <inheritdoc/>
    public void Execute(CallCommand command, Action<CommandReply> replied)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(replied);
        ExecuteCounted(command, reply =>
        {
            Interlocked.Increment(ref _replies[(int)reply.Status]);
            replied(reply);
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

        if (isComplete)
        {
            Post(command, peers, replied);
        }
        else
        {
            _ = ResolveAsync(command, peers!, replied);
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

    private async Task ResolveAsync(CallCommand command, Dictionary<string, SipPeer> peers, Action<CommandReply> replied)
    {
        foreach ((string uri, SipPeer peer) in peers)
        {
            if (peer.Destinations.IsEmpty && names is not null)
            {
                SipLocation location = await names.ResolveAsync(SipPeerResolver.TargetOf(peer)).ConfigureAwait(false);
                peer.Destinations = SipPeerResolver.ToDestinations(location, peer.Host);
            }

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
        int shard;
        if (command.CallId.Length == 0 || command is OriginateCommand)
        {
            // It makes a call of its own, where there are fewest.
            shard = ChooseShard();
        }
        else if (CallKey.TryMake(command.CallId, out SessionKey key) && sessions.TryGet(key, out SessionHandle handle))
        {
            shard = handle.Shard;
        }
        else
        {
            replied(CommandReply.Refuse(CommandStatus.NotFound, "There is no such call, or it is over."));
            return;
        }

        var exchange = new CommandExchange(command, peers?.ToFrozenDictionary(StringComparer.Ordinal) ?? FrozenDictionary<string, SipPeer>.Empty, replied);
        if (!mail.TryPost(shard, exchange))
        {
            replied(CommandReply.Refuse(CommandStatus.Unavailable, "The call's shard has no room for more commands now; send it again in a moment."));
        }
    }

    private int ChooseShard()
    {
        int chosen = 0;
        for (int i = 1; i < mail.Shards; i++)
        {
            chosen = mail.GetActiveCalls(i) < mail.GetActiveCalls(chosen) ? i : chosen;
        }

        return chosen;
    }

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
