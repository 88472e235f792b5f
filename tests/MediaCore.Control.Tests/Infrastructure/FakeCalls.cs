using System.Collections.Concurrent;
using MediaCore.Control.Publishing;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>
/// The engine's side of the seam, with its rules for claims, epochs, replies and numbers, and nothing behind it: a command that is accepted ends at once, unless it is one of <see cref="Lasting"/>. Each call is its own "shard".
/// </summary>
internal sealed class FakeCalls(EventHub hub, TimeProvider time) : ICallControl, IPeerStates
{
    private readonly ConcurrentDictionary<string, FakeCall> _calls = new(StringComparer.Ordinal);
    private int _last;

    /// <summary>Commands that were carried out, in their order.</summary>
    public ConcurrentQueue<CallCommand> Commands { get; } = new();

    /// <summary>Commands that stay open: type of the command.</summary>
    public HashSet<Type> Lasting { get; } = [];

    /// <summary>Refuses the commands that it has an answer for.</summary>
    public Func<CallCommand, CommandReply?> Refuse { get; set; } = static _ => null;

    /// <summary>Runs before a command gets to its call.</summary>
    public Action<CallCommand> Before { get; set; } = static _ => { };

    /// <summary>Variables of every call.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Contacts of the accounts that are registered.</summary>
    public ConcurrentDictionary<string, int> Registered { get; } = new(StringComparer.Ordinal);

    public IEnumerable<RegistrationChanged> DescribeRegistrations() =>
        Registered.Where(static r => r.Value > 0).OrderBy(static r => r.Key, StringComparer.Ordinal).Select(static r => new RegistrationChanged { Account = r.Key, Contacts = r.Value, Reason = RegistrationReason.Snapshot });

    /// <summary>Names of the trunks.</summary>
    public List<string> Trunks { get; } = [];

    public IEnumerable<TrunkChanged> DescribeTrunks() => Trunks.Select(static name => new TrunkChanged { Trunk = name, IsReachable = true, IsRegistered = false });

    /// <summary>An account registers, or gives up.</summary>
    public void Register(string account, int contacts)
    {
        Registered[account] = contacts;
        if (hub.WantsRegistrations)
        {
            hub.Publish(new RegistrationChanged { Account = account, Contacts = contacts, Reason = contacts > 0 ? RegistrationReason.Registered : RegistrationReason.Unregistered, At = time.GetUtcNow() });
        }
    }

    /// <summary>A trunk's address was found dead or alive.</summary>
    public void Report(string trunk, bool isReachable)
    {
        if (hub.IsWanted)
        {
            hub.Publish(new TrunkChanged { Trunk = trunk, IsReachable = isReachable, IsRegistered = false, Problem = isReachable ? "" : "It does not answer OPTIONS.", At = time.GetUtcNow() });
        }
    }

    public IEnumerable<T> CommandsOf<T>() => Commands.OfType<T>();

    /// <summary>A call comes in and is offered to an application.</summary>
    public string Offer(string application, TimeSpan? offerTime = null)
    {
        FakeCall call = Add();
        lock (call)
        {
            Publish(call, new CallCreated { Caller = "alice", Called = "+5000", InboundTrunk = "carrier" });
            call.Application = application;
            call.Phase = CallPhase.Offered;
            Publish(call, new CallOffered { Application = application, Caller = "alice", Called = "+5000", Deadline = time.GetUtcNow() + (offerTime ?? TimeSpan.FromSeconds(5)) });
        }

        return call.Id;
    }

    /// <summary>A call comes in and is nobody's.</summary>
    public string Begin(string? account = null, string? trunk = null)
    {
        FakeCall call = Add();
        (call.Account, call.Trunk) = (account, trunk);
        lock (call)
        {
            Publish(call, new CallCreated { Caller = "alice", Called = "+5000", Account = account, InboundTrunk = trunk });
        }

        return call.Id;
    }

    /// <summary>Something happens to a call.</summary>
    public void Happen(string callId, CallEvent callEvent)
    {
        FakeCall call = _calls[callId];
        lock (call)
        {
            Publish(call, callEvent);
        }
    }

    /// <summary>A call ends.</summary>
    public void End(string callId)
    {
        if (_calls.TryRemove(callId, out FakeCall? call))
        {
            lock (call)
            {
                Publish(call, new CallEnded { Record = new CallRecord { CallId = callId } });
            }
        }
    }

    public string? ControllerOf(string callId) => _calls.TryGetValue(callId, out FakeCall? call) ? call.Controller : null;

    public bool IsInProgress(string callId) => _calls.ContainsKey(callId);

    public void Execute(CallCommand command, Action<CommandReply> replied)
    {
        Before(command);
        if (Refuse(command) is { } refusal)
        {
            replied(refusal);
            return;
        }

        FakeCall? call;
        if (command is OriginateCommand originate)
        {
            call = Add(command.CallId);
            (call.Controller, call.Epoch) = (originate.Controller, command.Epoch!.Value);
            lock (call)
            {
                Commands.Enqueue(command);
                replied(CommandReply.Accept(call.Id, call.Id + "-0"));
                Publish(call, new CallCreated { Controller = originate.Controller });
                Publish(call, new ControlChanged { Controller = originate.Controller, Epoch = call.Epoch });
                Publish(call, new DialEnded { CommandId = command.CommandId });
            }

            return;
        }

        if (command is SendMessageCommand { CallId: "" } message)
        {
            replied(CommandReply.Accept(""));
            hub.Publish(new CommandEnded { CommandId = command.CommandId, Controller = message.Controller, At = time.GetUtcNow() });
            return;
        }

        if (!_calls.TryGetValue(command.CallId, out call))
        {
            replied(CommandReply.Refuse(CommandStatus.NotFound, "There is no such call."));
            return;
        }

        lock (call)
        {
            CommandReply reply = Take(call, command);
            if (reply.IsAccepted)
            {
                Commands.Enqueue(command);
            }

            replied(reply);
            if (reply.IsAccepted)
            {
                Carry(call, command);
            }
        }
    }

    public ValueTask<CommandReply> ExecuteAsync(CallCommand command, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<CommandReply> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Execute(command, done.SetResult);
        return new ValueTask<CommandReply>(done.Task);
    }

    public ValueTask<CallSnapshot?> GetCallAsync(string callId, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_calls.TryGetValue(callId, out FakeCall? call) ? call.Describe() with { Variables = Variables } : null);

    /// <summary>Calls are listed when this has ended.</summary>
    public Task Listing { get; set; } = Task.CompletedTask;

    public async ValueTask<CallPage> ListCallsAsync(CallFilter filter, CancellationToken cancellationToken = default)
    {
        await Listing;
        CallSnapshot[] all =
        [
            .. _calls.Values.Select(call => call.Describe() with { Variables = Variables }).Where(call => (filter.After is null || string.CompareOrdinal(call.CallId, filter.After) > 0)
                && (filter.Controller is null || call.Controller == filter.Controller)).OrderBy(static call => call.CallId, StringComparer.Ordinal),
        ];
        return all.Length > filter.PageSize ? new CallPage(all[..filter.PageSize], all[filter.PageSize - 1].CallId) : new CallPage(all, null);
    }

    /// <summary>The one conference.</summary>
    public List<ConferenceMemberSnapshot> Members { get; } = [];

    public ValueTask<IReadOnlyList<ConferenceMemberSnapshot>> ListConferenceAsync(string room, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<ConferenceMemberSnapshot>>(room == "room" ? Members : []);

    private static CommandReply Take(FakeCall call, CallCommand command)
    {
        if (command is ClaimCommand claim)
        {
            bool isFree = call.Controller is null && call.LastController != claim.Controller;
            if (!(call.Controller == claim.Controller && call.Epoch == claim.Epoch) && !isFree && claim.Epoch <= call.Epoch)
            {
                return CommandReply.Refuse(CommandStatus.FailedPrecondition, "Claimed under a greater epoch.");
            }
        }
        else if (command.Epoch is { } epoch && epoch != (call.Controller is null ? 0 : call.Epoch))
        {
            return CommandReply.Refuse(CommandStatus.FailedPrecondition, "Another epoch.");
        }

        return command is ReleaseCommand && call.Controller is null
            ? CommandReply.Refuse(CommandStatus.FailedPrecondition, "Nobody controls it.")
            : CommandReply.Accept(call.Id);
    }

    private void Carry(FakeCall call, CallCommand command)
    {
        if (command is ClaimCommand claim)
        {
            (call.Controller, call.LastController, call.Epoch, call.Phase) = (claim.Controller, claim.Controller, claim.Epoch!.Value, CallPhase.Setup);
            Publish(call, new ControlChanged { Controller = call.Controller, Epoch = call.Epoch });
        }

        if (!Lasting.Contains(command.GetType()))
        {
            Publish(call, new CommandEnded { CommandId = command.CommandId, ClientState = command.ClientState });
        }

        switch (command)
        {
            case ReleaseCommand release:
                call.Controller = null;
                Publish(call, new ControlChanged());
                if (release.Policy == ReleasePolicy.HangUp)
                {
                    End(call.Id);
                }

                break;
            case HangupCommand:
                End(call.Id);
                break;
            case SetVariableCommand set:
                Publish(call, new VariableChanged { Name = set.Name, Value = set.Value });
                break;
        }
    }

    private FakeCall Add(string id = "")
    {
        FakeCall call = new(id.Length > 0 ? id : $"CALL{Interlocked.Increment(ref _last):D6}");
        _calls[call.Id] = call;
        return call;
    }

    private void Publish(FakeCall call, CallEvent callEvent)
    {
        if (hub.IsWanted)
        {
            hub.Publish(callEvent with { CallId = call.Id, Sequence = ++call.Sequence, At = time.GetUtcNow() });
        }
    }

    private sealed class FakeCall(string id)
    {
        public string Id { get; } = id;

        public long Sequence { get; set; }

        public string? Application { get; set; }

        public string? Account { get; set; }

        public string? Trunk { get; set; }

        public string? Controller { get; set; }

        public string? LastController { get; set; }

        public long Epoch { get; set; }

        public CallPhase Phase { get; set; }

        public CallSnapshot Describe()
        {
            lock (this)
            {
                return new CallSnapshot
                {
                    Headers = Application is null ? [] : [new KeyValuePair<string, string>("X-Customer", "4711")],
                    CallId = Id, Caller = "alice", Called = "+5000", Sequence = Sequence, Phase = Phase, Application = Application, Account = Account, InboundTrunk = Trunk, Controller = Controller, Epoch = Controller is null ? 0 : Epoch,
                };
            }
        }
    }
}
