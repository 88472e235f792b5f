using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Trunks.Probing;

/// <summary>Asks one destination by OPTIONS whether it is there, again and again, and counts to the thresholds. Owned by the trunk's shard.</summary>
internal sealed class DestinationProbe : SoleRequestOwner, ITimerOwner
{
    private readonly ProbeAgent _agent;
    private readonly ShardContext _context;
    private readonly TransactionLayer _transactions;
    private readonly OwnedTimer _timer;
    private readonly SipPeer _peer;
    private Timestamp _sentAt;
    private Timestamp _next;
    private int _failures;
    private int _successes;
    private bool _isStopped;

    public DestinationProbe(ProbeAgent agent, ShardContext context, TransactionLayer transactions, SipPeer peer, SipDestination destination)
    {
        _agent = agent;
        _context = context;
        _transactions = transactions;
        _peer = peer;
        _timer = new OwnedTimer(this);
        Status = new TrunkProbeStatus(destination, IsUp: true, 0, TimeSpan.Zero);
    }

    /// <summary>What it has found.</summary>
    public TrunkProbeStatus Status { get; private set; }

    /// <summary>Whether it is the probe of this destination.</summary>
    public bool IsFor(in SipDestination destination) => Status.Destination == destination;

    /// <summary>Sends the first probe after so long.</summary>
    public void Start(TimeSpan delay) => _context.Wheel.Schedule(_timer, _context.Now + delay);

    public void Stop()
    {
        _isStopped = true;
        Tell(isReachable: true);
        _context.Wheel.Cancel(_timer);
        Pending?.Disown();
        Pending = null;
    }

    /// <inheritdoc/>
    public void OnTimer(OwnedTimer timer)
    {
        if (Pending is { } late)
        {
            // Its transaction goes on repeating itself to its end, which no longer matters.
            late.Disown();
            Conclude(isAlive: false, 0);
            return;
        }

        Send();
    }

    /// <inheritdoc/>
    public override void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (ReferenceEquals(transaction, Pending) && response.StatusCode >= 200)
        {
            Conclude(_agent.Options.IsAlive(response.StatusCode), response.StatusCode);
        }
    }

    /// <inheritdoc/>
    public override void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (ReferenceEquals(transaction, Pending))
        {
            Conclude(isAlive: false, 0);
        }
    }

    /// <summary>Lets dialling know, which passes over what is not reachable.</summary>
    private void Tell(bool isReachable)
    {
        if (_agent.Status.GetDestination(Status.Destination) is { } destination)
        {
            destination.IsReachable = isReachable;
        }
    }

    private void Send()
    {
        _sentAt = _context.Now;
        _next = _context.Now + _agent.DrawInterval();
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        if (!_context.Output.TryOpenFlow(Status.Destination, _context.Networks.NumberOf(_agent.Trunk.Network), out Flow flow) || _transactions.Open(SipMethod.Options, 1, this, flow, branch) is not { } transaction)
        {
            Conclude(isAlive: false, 0);
            return;
        }

        transaction.Trunk = _agent.Trunk;
        Pending = transaction;
        _context.Wheel.Schedule(_timer, _context.Now + _agent.Options.Timeout);
        SipWriter writer = new(_context.Scratch);
        int branchOffset = Write(ref writer, flow, branch);
        _transactions.Start(transaction, writer, branchOffset);
    }

    private int Write(ref SipWriter writer, in Flow flow, scoped ReadOnlySpan<byte> branch)
    {
        Span<byte> text = stackalloc byte[512];
        var uri = new SipWriter(text);
        Span<byte> host = stackalloc byte[256];
        uri.Raw("sip:"u8);
        uri.Raw(System.Text.Encoding.ASCII.TryGetBytes(_peer.Host, host, out int length) ? host[..length] : default);
        if (_peer.Port != SipPeerUri.DefaultPort)
        {
            uri.Raw(":"u8);
            uri.Raw(_peer.Port);
        }

        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        Span<byte> callId = stackalloc byte[32];
        _context.Identifiers.WriteTag(tag);
        IdentifierSource.WriteHex(_context.Identifiers.Next(), callId[..16]);
        IdentifierSource.WriteHex(_context.Identifiers.Next(), callId[16..]);
        writer.RequestLine(SipMethod.Options, uri.Written);
        int branchOffset = TrunkRequests.WriteVia(ref writer, flow, branch);
        writer.HeaderStart(SipHeaderName.From);
        writer.Raw("<sip:mediacore@"u8);
        writer.Raw(flow.Local.Host);
        writer.Raw(">;tag="u8);
        writer.Raw(tag);
        writer.EndLine();
        writer.HeaderStart(SipHeaderName.To);
        writer.Raw("<"u8);
        writer.Raw(uri.Written);
        writer.Raw(">"u8);
        writer.EndLine();
        writer.Header(SipHeaderName.CallId, callId);
        TrunkRequests.WriteCSeq(ref writer, 1, SipMethod.Options);
        OurContact.Write(ref writer, flow, _context.Index);
        writer.Header(SipHeaderName.Accept, Capabilities.Accept);
        TrunkRequests.Finish(ref writer, _context);
        return branchOffset;
    }

    private void Conclude(bool isAlive, int status)
    {
        Pending = null;
        if (_isStopped)
        {
            return;
        }

        bool wasUp = Status.IsUp;
        bool isUp = wasUp;
        if (isAlive)
        {
            _failures = 0;
            isUp |= ++_successes >= _agent.Options.Successes;
        }
        else
        {
            _successes = 0;
            isUp &= ++_failures < _agent.Options.Failures;
        }

        Tell(isUp);
        Status = Status with { IsUp = isUp, LastStatus = status, Latency = status == 0 ? TimeSpan.Zero : _context.Now - _sentAt };
        Timestamp soonest = _context.Now + TimeSpan.FromMilliseconds(100);
        _context.Wheel.Schedule(_timer, _next > soonest ? _next : soonest);
        _agent.OnConcluded(this, wasUp);
    }
}
