using MediaCore.Audio.Prompts;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Messaging;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Media;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Shards;

/// <summary>
/// All of a shard that is not a socket, a thread or a clock: messages, timers and media packets go in, what is to be sent goes out by
/// <see cref="ISignallingOutput"/>. Tests drive it under simulated time; <see cref="Shard"/> drives it from the network.
/// </summary>
internal sealed class ShardCore : ITimerSink
{
    private readonly SipMessage _message = new();
    private readonly TransactionLayer _transactions;
    private readonly RtpRelay _relay;
    private readonly ILogger _log;
    private Timestamp _nextFaultLog;

    public ShardCore(ShardContext context, IMediaPorts ports, LocationService locations, DigestGate? gate, int maxCalls)
    {
        Context = context;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Shards");
        _transactions = new TransactionLayer(context);
        _relay = new RtpRelay(context);
        Audio = new AudioSessions(context, _relay);
        _relay.Audio = Audio;
        Conferences = new ShardConferences(Audio, context.Rooms);
        Media = new MediaControl(Audio, Conferences);
        Calls = new BackToBackUserAgent(context, _transactions, _relay, ports, locations, maxCalls, Audio, Conferences, Media);
        Ng = new NgSessions(context, ports, _relay, Audio, Media);
        Lamps = new LampNotifier(context, _transactions, locations);
        RegistrarCore? registrar = gate is null ? null : new RegistrarCore(context, _transactions, locations, gate, Lamps);
        if (gate is not null && context.Services.ControlPlane is { } plane)
        {
            context.AccountQuestions = new AccountQuestions(context, _transactions, plane, context.Services.PlaneAccounts) { Handle = (message, flow) => HandleMessage(message, 0, message.Length, flow, handedOver: true) };
        }

        Trunks = new TrunkAgents(context, _transactions);
        Notifier = gate is null ? null : new Notifier(context, _transactions, locations, gate, Calls);
        var messages = new MessageCore(context, _transactions, locations);
        Calls.Messages = messages;
        _transactions.User = new UserAgentCore(context, _transactions, Calls, messages, registrar, Notifier, gate, Trunks);
    }

    public ShardContext Context { get; }

    public BackToBackUserAgent Calls { get; }

    /// <summary>Sessions of the ng protocol.</summary>
    public NgSessions Ng { get; }

    /// <summary>The media graph: calls whose sound is decoded.</summary>
    public AudioSessions Audio { get; }

    /// <summary>Conferences that this shard has members in.</summary>
    public ShardConferences Conferences { get; }

    /// <summary>Commands to the sound of a leg.</summary>
    public MediaControl Media { get; }

    /// <summary>For requests outside any call.</summary>
    public TransactionLayer Transactions => _transactions;

    /// <summary>Registration with trunks and their probing, as far as this shard does it.</summary>
    public TrunkAgents Trunks { get; }

    /// <summary>Subscriptions; null in SBC mode.</summary>
    public Notifier? Notifier { get; }

    /// <summary>Phones that are told of messages without having subscribed.</summary>
    public LampNotifier Lamps { get; }

    /// <summary>When <see cref="HandleTimers"/> wants to be called next.</summary>
    public Timestamp NextDeadline => Context.Wheel.NextDeadline();

    /// <summary>One SIP message: a datagram, a frame of a stream, or what another shard passed on.</summary>
    public void HandleMessage(byte[] buffer, int offset, int length, in Flow flow, bool handedOver)
    {
        // Step 3: keep-alives are no messages (RFC 5626 §4.4.1, and the lone zeros and line ends that phones send).
        if (length <= 4 && buffer.AsSpan(offset, length).IndexOfAnyExcept("\r\n\0"u8) < 0)
        {
            Context.Statistics.KeepAlives++;
            return;
        }

        Context.ForgetTrunk();
        bool isHearing = false;
        if (!handedOver && !Context.Admission.Screen(flow, buffer.AsSpan(offset, length), out isHearing))
        {
            return;
        }

        if (flow.Stream is null && StunKeepAlive.IsRequest(buffer.AsSpan(offset, length)))
        {
            Context.Statistics.StunRequests++;
            int answered = StunKeepAlive.WriteResponse(Context.Scratch, buffer.AsSpan(offset, length), flow.Remote);
            Context.Output.Send(flow, Context.Scratch.AsSpan(0, answered));
            return;
        }

        try
        {
            if (_message.Parse(buffer, offset, length) == ParseStatus.Complete)
            {
                if (handedOver || isHearing || Context.Admission.Admit(_message, flow))
                {
                    _transactions.Receive(_message, flow, handedOver);
                }
            }
            else if (handedOver || Context.Admission.AdmitMalformed(flow))
            {
                _transactions.ReceiveMalformed(_message, flow);
            }
        }
        catch (Exception exception) when (Contain(exception, "message"))
        {
            // The message is dropped; its sender repeats it or gives up.
        }
    }

    /// <summary>Word of another shard, or of the host, about subscriptions.</summary>
    public void HandleSubscription(SubscriptionItem item)
    {
        try
        {
            if (item is SubscriptionItem.LampsChanged changed)
            {
                Lamps.OnChanged(changed.Account);
            }
            else
            {
                Notifier?.Handle(item);
            }
        }
        catch (Exception exception) when (Contain(exception, "subscription"))
        {
            // The next refresh sets it right.
        }
    }

    /// <summary>A command of the ng protocol, answered at once.</summary>
    public NgDictionary HandleNg(NgRequest request)
    {
        try
        {
            return request.Command == NgCommand.List ? Ng.List(request) : Ng.Handle(request);
        }
        catch (Exception exception) when (Contain(exception, "ng command"))
        {
            return NgAnswers.Error("Internal error");
        }
    }

    /// <summary>A command to a call or to the relay, or a question; answered at once.</summary>
    public void HandleControl(ShardExchange exchange)
    {
        Context.ForgetTrunk();
        try
        {
            exchange.Run(this);
        }
        catch (Exception exception) when (Contain(exception, "command"))
        {
            exchange.Fail();
        }
    }

    /// <summary>A media socket has something to read.</summary>
    public void HandleMedia(MediaPort port, bool isRtcp)
    {
        try
        {
            _relay.HandleReadable(port, isRtcp);
        }
        catch (Exception exception) when (Contain(exception, "media packet"))
        {
            // The packet is lost, as packets are.
        }
    }

    /// <summary>A media packet of a simulated network; it may be rewritten in place.</summary>
    public void HandleMedia(MediaPort port, Span<byte> packet, bool isRtcp, in NetworkEndpoint source) => _relay.HandlePacket(port, packet, isRtcp, source);

    /// <summary>A prompt that a call waits for is there, or will not come.</summary>
    public void HandlePrompt(SessionHandle call, AudioClip? clip, string problem)
    {
        try
        {
            Calls.OnPromptReady(call, clip, problem);
        }
        catch (Exception exception) when (Contain(exception, "prompt"))
        {
            // The call's own limits end it.
        }
    }

    /// <summary>A name that a peer gave is resolved, or does not resolve.</summary>
    public void HandleLocated(PeerLookup lookup)
    {
        try
        {
            lookup.Complete();
        }
        catch (Exception exception) when (Contain(exception, "lookup"))
        {
            // Whoever waited for it goes on with the address that he has.
        }
    }

    /// <summary>Ends every call, at shutdown; one that cannot be ended does not keep the others.</summary>
    public void EndCalls()
    {
        try
        {
            Ng.EndAll();
        }
        catch (Exception exception) when (Contain(exception, "shutdown"))
        {
            // The calls still end.
        }

        foreach (Call call in Calls.Snapshot())
        {
            try
            {
                Calls.Shutdown(call);
            }
            catch (Exception exception) when (Contain(exception, "shutdown"))
            {
                // The next one.
            }
        }
    }

    /// <summary>New calls are refused from now on, and the registrars of trunks are told that we are gone.</summary>
    public void BeginDrain()
    {
        Context.IsDraining = true;
        try
        {
            Trunks.BeginDrain();
            Notifier?.BeginDrain();
        }
        catch (Exception exception) when (Contain(exception, "drain"))
        {
            // The registrations run out by themselves.
        }
    }

    /// <summary>New calls are taken again; the trunks that are then applied are registered with and probed anew.</summary>
    public void EndDrain()
    {
        Context.IsDraining = false;
        Trunks.EndDrain();
    }

    /// <summary>Takes the trunks of the configuration.</summary>
    public void ApplyTrunks(System.Collections.Immutable.ImmutableArray<Trunk> trunks)
    {
        try
        {
            Trunks.Apply(trunks);
        }
        catch (Exception exception) when (Contain(exception, "reload"))
        {
            // What was begun goes on; the next reload tries again.
        }
    }

    /// <summary>Fires what is due.</summary>
    public void HandleTimers()
    {
        var sink = new TimerDispatch(this);
        Context.Wheel.Advance(Context.Now, ref sink);
    }

    public void HandleStreamLost(IStreamFlow stream)
    {
        try
        {
            _transactions.HandleStreamLost(stream);
            Trunks.HandleStreamLost(stream);
        }
        catch (Exception exception) when (Contain(exception, "lost stream"))
        {
            // The transactions' timers find out.
        }
    }

    /// <summary>
    /// No input is meant to throw; one that does shows a defect of ours. It must not take the shard's other calls along, so it ends with that one
    /// input: counted, and logged at most once a second, without the bytes that caused it.
    /// </summary>
    private bool Contain(Exception exception, string input)
    {
        Context.Statistics.Faults++;
        if (Context.Now >= _nextFaultLog)
        {
            _nextFaultLog = Context.Now + TimeSpan.FromSeconds(1);
            ShardLog.Faulted(_log, Context.Index, input, Context.Statistics.Faults, exception);
        }

        return exception is not OutOfMemoryException;
    }

    void ITimerSink.OnTimer(TimerNode node)
    {
        Context.ForgetTrunk();
        try
        {
            if (node is CallTimer timer)
            {
                Calls.HandleTimer(timer);
            }
            else if (node is OwnedTimer owned)
            {
                owned.Fire();
            }
            else
            {
                _transactions.HandleDeadline(node);
            }
        }
        catch (Exception exception) when (Contain(exception, "timer"))
        {
            // The other timers of this turn still fire.
        }
    }

    private readonly struct TimerDispatch(ITimerSink core) : ITimerSink
    {
        public void OnTimer(TimerNode node) => core.OnTimer(node);
    }
}
