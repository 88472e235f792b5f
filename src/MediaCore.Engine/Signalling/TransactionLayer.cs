using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.ObjectPool;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// The transaction layer of RFC 3261 §17 on one shard: matches messages to transactions, runs the sans-IO machines, keeps their bytes and
/// deadlines, and hands messages of other shards' calls over. Step numbers are those of the SIP receive path in docs/architecture.md.
/// </summary>
internal sealed partial class TransactionLayer
{
    private readonly ShardContext _context;
    private readonly Dictionary<ulong, ServerTransaction> _servers = new(1024);
    private readonly SlotArray<ClientTransaction> _clients;
    private readonly ObjectPool<ServerTransaction> _serverPool = new DefaultObjectPool<ServerTransaction>(new DefaultPooledObjectPolicy<ServerTransaction>(), 4_096);
    private readonly ObjectPool<ClientTransaction> _clientPool = new DefaultObjectPool<ClientTransaction>(new DefaultPooledObjectPolicy<ClientTransaction>(), 16_384);
    private readonly byte[] _keyScratch = new byte[TransactionKey.MaxBytes];
    private readonly TrunkAuthentication _authentication;
    private NetworkEndpoint _responseSource;
    private int _serverCount;

    public TransactionLayer(ShardContext context)
    {
        _context = context;
        _authentication = new TrunkAuthentication(context);
        _clients = new SlotArray<ClientTransaction>(context.Index, EngineLimits.MaxClientTransactionsPerShard);
    }

    /// <summary>Who handles what no transaction absorbs; set once, before the first message.</summary>
    public ITransactionUser User { get; set; } = null!;

    /// <summary>Handles one parsed message. <paramref name="handedOver"/>: another shard found that it belongs here, so it is not passed on again.</summary>
    public void Receive(SipMessage message, in Flow flow, bool handedOver)
    {
        if (message.IsResponse)
        {
            ReceiveResponse(message, flow, handedOver);
            return;
        }

        _context.Statistics.RequestsReceived[(int)message.Method]++;
        ForgetTrunk();

        // Step 4: is it a message at all that we may act on?
        SipValidation validation = message.Validate();
        if (!validation.IsValid)
        {
            _context.Statistics.MalformedMessages++;
            if (validation.StatusCode != 0 && message.Method != SipMethod.Ack)
            {
                RespondStateless(message, flow, validation.StatusCode, default);
            }

            return;
        }

        if (flow.Stream is { MayTakeAlias: true } stream && message.TryGetTopVia(out ViaHeader via) && via.TransportKind == SipTransport.Tls && via.TryGetParameter("alias"u8, out _))
        {
            stream.TakeAlias(via.SentByHost, via.Port);
        }

        ReceiveRequest(message, flow, handedOver);
    }

    /// <summary>Answers a message that could not be parsed, where enough of it could be read (RFC 3261 §16.3, §21.4.1); ACKs and responses never.</summary>
    public void ReceiveMalformed(SipMessage message, in Flow flow)
    {
        _context.Statistics.MalformedMessages++;
        ForgetTrunk();
        if (message.CanAnswer && message.IsRequest && message.Method != SipMethod.Ack)
        {
            RespondStateless(message, flow, message.Error == SipParseError.MessageTooLarge ? 513 : message.Error == SipParseError.Version ? 505 : 400, default);
        }
    }

    private void ReceiveRequest(SipMessage request, in Flow flow, bool handedOver)
    {
        // Step 5: a retransmission, an ACK or a CANCEL finds its transaction.
        SipMethod matched = request.Method is SipMethod.Ack ? SipMethod.Invite : request.Method;
        if (!TransactionKey.TryWrite(request, matched, _keyScratch, out int keyLength))
        {
            RejectUnanswerable(request, flow);
            return;
        }

        ReadOnlySpan<byte> key = _keyScratch.AsSpan(0, keyLength);
        ulong hash = SipHash24.Hash(key, _context.HashKey.K0, _context.HashKey.K1);
        ServerTransaction? existing = Find(key, hash);
        if (existing is not null)
        {
            Trace(request, flow);
            Absorb(existing, request);
            return;
        }

        // Step 6: the call may live on another shard.
        if (handedOver ? TryHandBack(request, flow) : TryHandOver(request, flow))
        {
            return;
        }

        if (!_context.Admission.AdmitNew(request, flow, out bool isAnswered))
        {
            if (isAnswered)
            {
                _context.Statistics.OverloadRefusals++;
                RespondStateless(request, flow, 503, default);
            }

            return;
        }

        switch (request.Method)
        {
            case SipMethod.Ack:
                Trace(request, flow);
                User.OnAck(request);
                break;
            case SipMethod.Cancel:
                Trace(request, flow);
                ServerTransaction? invite = TransactionKey.TryWrite(request, SipMethod.Invite, _keyScratch, out int inviteKeyLength)
                    ? Find(_keyScratch.AsSpan(0, inviteKeyLength), SipHash24.Hash(_keyScratch.AsSpan(0, inviteKeyLength), _context.HashKey.K0, _context.HashKey.K1))
                    : null;
                User.OnCancel(request, flow, invite);
                break;
            case SipMethod.Invite when !handedOver && request.ToTag.IsEmpty && !request.Has(SipHeaderName.Replaces) && User.ChooseShard() is int shard && shard != _context.Index:
                // One carrier sends from one socket, which the kernel gives to one shard: new calls are spread here.
                HandOver(shard, request, flow);
                break;
            default:
                Trace(request, flow);
                User.OnRequest(request, flow);
                break;
        }
    }

    /// <summary>Keeps a message that stays on this shard, where traces are kept; one that had to wait for its account, as it came.</summary>
    private void Trace(SipMessage message, in Flow flow)
    {
        if (_context.Trace is { } trace && _context.AccountQuestions is not { IsHandlingAgain: true })
        {
            trace.Record(isSent: false, flow, message.Buffer.AsSpan(message.Offset, message.Length), _context.WallClock);
        }
    }

    private void RejectUnanswerable(SipMessage request, in Flow flow)
    {
        _context.Statistics.MalformedMessages++;
        if (request.Method != SipMethod.Ack)
        {
            RespondStateless(request, flow, 400, default);
        }
    }

    private bool TryHandOver(SipMessage request, in Flow flow)
    {
        if (request.Method is SipMethod.Register or SipMethod.Options && request.ToTag.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> tag = request.ToTag;
        SessionKey key = tag.IsEmpty ? GetInviteKey(request) : SessionKey.From(request.CallId, tag);
        int shard = _context.Sessions.TryGet(key, out SessionHandle owner) ? owner.Shard : IdentifierSource.ReadShard(tag);
        if (shard < 0 && request.Method == SipMethod.Invite && request.TryGetHeader(SipHeaderName.Replaces, out ReadOnlySpan<byte> value)
            && ReplacesHeader.TryParse(value, out ReplacesHeader replaces))
        {
            // It is for the call that it names (RFC 3891).
            shard = _context.Sessions.TryGet(SessionKey.From(replaces.CallId, replaces.ToTag), out SessionHandle replaced) ? replaced.Shard : IdentifierSource.ReadShard(replaces.ToTag);
        }

        if (shard == _context.Index || (uint)shard >= (uint)_context.AllStatistics.Length)
        {
            return false;
        }

        HandOver(shard, request, flow);
        return true;
    }

    /// <summary>
    /// A new INVITE that was handed over finds, where it had to wait for this shard, that its repetition has become a call of another one meanwhile. The owner tells whether it is the same
    /// request, which it absorbs, or one that came by another way, which gets 482 (RFC 3261 §8.2.2.2); from here both look alike.
    /// </summary>
    private bool TryHandBack(SipMessage request, in Flow flow)
    {
        if (request.Method != SipMethod.Invite || !request.ToTag.IsEmpty || !_context.Sessions.TryGet(GetInviteKey(request), out SessionHandle owner) || owner.Shard == _context.Index)
        {
            return false;
        }

        HandOver(owner.Shard, request, flow);
        return true;
    }

    /// <summary>
    /// What an INVITE, its repetitions, its CANCEL and its merged copies have in common: Call-ID, From tag and CSeq number (RFC 3261 §8.2.2.2). A new
    /// attempt of the same caller has a higher number.
    /// </summary>
    public static SessionKey GetInviteKey(SipMessage request)
    {
        SessionKey key = SessionKey.From(request.CallId, request.FromTag);
        ulong number = request.TryGetCSeq(out CSeqHeader cseq) ? cseq.Number : 0;
        return key with { Low = key.Low ^ (number * 0x9E37_79B9_7F4A_7C15) };
    }

    private void HandOver(int shard, SipMessage message, in Flow flow)
    {
        if (_context.Output.HandOver(shard, flow, message.Buffer.AsSpan(message.Offset, message.Length)))
        {
            _context.Statistics.HandedOver++;
        }
        else
        {
            _context.Statistics.HandOverDropped++;
        }
    }

    private void ReceiveResponse(SipMessage response, in Flow flow, bool handedOver)
    {
        // Step 4 for responses: a bad one is dropped, never answered.
        if (!response.Validate().IsValid)
        {
            _context.Statistics.MalformedMessages++;
            return;
        }

        _context.Statistics.CountResponseReceived(response.StatusCode);

        // Step 5 for responses: our branch says shard, slot and generation.
        ReadOnlySpan<byte> branch = response.TopBranch;
        if (!TryReadBranch(branch, out SessionHandle handle))
        {
            _context.Statistics.StrayResponses++;
            return;
        }

        if (handle.Shard != _context.Index)
        {
            if (!handedOver)
            {
                HandOver(handle.Shard, response, flow);
            }

            return;
        }

        Trace(response, flow);
        if (!TryMatch(response, handle, branch, out ClientTransaction? transaction) || !IsAddressedToUs(response, transaction))
        {
            _context.Statistics.StrayResponses++;
            return;
        }

        if (response.StatusCode < 200)
        {
            transaction.HasProvisional = true;
        }

        _responseSource = flow.Remote;
        var sink = new ClientSink(this, transaction, response);
        if (transaction.IsInvite)
        {
            transaction.Invite.HandleResponse(_context.Now, response.StatusCode, ref sink);
        }
        else
        {
            transaction.NonInvite.HandleResponse(_context.Now, response.StatusCode, ref sink);
        }

        // What lingers now only absorbs repetitions: a 2xx is acknowledged by its dialog, and nothing else is sent again.
        if (response.StatusCode >= 200 && (!transaction.IsInvite || response.StatusCode < 300))
        {
            transaction.ReleaseRequest();
        }

        Settle(transaction);
    }

    private bool TryMatch(SipMessage response, SessionHandle handle, ReadOnlySpan<byte> branch, [NotNullWhen(true)] out ClientTransaction? transaction)
    {
        transaction = null;
        if (!response.TryGetCSeq(out CSeqHeader cseq) || !_clients.TryGet(handle, out ClientTransaction? found) || !found.Branch.SequenceEqual(branch))
        {
            return false;
        }

        // A CANCEL has its INVITE's branch and so its slot; its own transaction is noted there (RFC 3261 §17.1.3).
        if (cseq.Method == SipMethod.Cancel && found.IsInvite && !_clients.TryGet(found.Canceller, out found))
        {
            return false;
        }

        if (cseq.Method != found.Method || cseq.Number != found.CSeq)
        {
            return false;
        }

        transaction = found;
        return true;
    }

    /// <summary>
    /// Whether the response's Via is the one that we wrote, and no other's is below it (RFC 3261 §18.1.2, §8.1.3.3): a response that somebody
    /// misrouted, or a forged one by a peer who only knows the branch.
    /// </summary>
    private static bool IsAddressedToUs(SipMessage response, ClientTransaction transaction)
    {
        ReadOnlySpan<byte> own = transaction.Flow.Local.HostPort;
        if (!response.TryGetTopVia(out ViaHeader via) || own.Length < via.SentByHost.Length + 1
            || !System.Text.Ascii.EqualsIgnoreCase(own[..via.SentByHost.Length], via.SentByHost) || own[via.SentByHost.Length] != (byte)':'
            || !Utf8Parser.TryParse(own[(via.SentByHost.Length + 1)..], out ushort port, out _) || (port != via.Port && !(via.Port == 0 && port is (5060 or 5061))))
        {
            return false;
        }

        HeaderValueEnumerator vias = response.EnumerateValues(SipHeaderName.Via);
        return vias.MoveNext() && !vias.MoveNext();
    }

    /// <summary>A timer of a transaction fired.</summary>
    public void HandleDeadline(TimerNode node)
    {
        if (node is ClientTransaction client)
        {
            var sink = new ClientSink(this, client, null) { IsRetransmission = true };
            if (client.IsInvite)
            {
                client.Invite.HandleDeadline(_context.Now, ref sink);
            }
            else
            {
                client.NonInvite.HandleDeadline(_context.Now, ref sink);
            }

            Settle(client);
        }
        else if (node is ServerTransaction server)
        {
            var sink = new ServerSink(this, server) { IsRetransmission = true };
            if (server.IsInvite)
            {
                server.Invite.HandleDeadline(_context.Now, ref sink);
            }
            else
            {
                server.NonInvite.HandleDeadline(_context.Now, ref sink);
            }

            Settle(server);
        }
    }

    /// <summary>A stream that requests were waiting on, or were sent on, is gone: their transactions fail (RFC 3261 §17.1.4).</summary>
    public void HandleStreamLost(IStreamFlow stream)
    {
        for (int slot = 0; slot < _clients.HighWater; slot++)
        {
            if (_clients.TryGetAt(slot, out ClientTransaction? transaction) && ReferenceEquals(transaction.Flow.Stream, stream))
            {
                Fail(transaction);
            }
        }
    }

    private void Fail(ClientTransaction transaction)
    {
        var sink = new ClientSink(this, transaction, null);
        if (transaction.IsInvite)
        {
            transaction.Invite.HandleTransportError(_context.Now, ref sink);
        }
        else
        {
            transaction.NonInvite.HandleTransportError(_context.Now, ref sink);
        }

        Settle(transaction);
    }

    private ServerTransaction? Find(ReadOnlySpan<byte> key, ulong hash)
    {
        if (_servers.TryGetValue(hash, out ServerTransaction? transaction))
        {
            for (; transaction is not null; transaction = transaction.NextInBucket)
            {
                if (transaction.Key.SequenceEqual(key))
                {
                    return transaction;
                }
            }
        }

        return null;
    }

    private void Absorb(ServerTransaction transaction, SipMessage request)
    {
        var sink = new ServerSink(this, transaction) { Ack = request };
        if (request.Method == SipMethod.Ack)
        {
            transaction.Invite.HandleAck(_context.Now, ref sink);
        }
        else
        {
            _context.Statistics.RequestRetransmissionsReceived++;
            sink.IsRetransmission = true;
            if (transaction.IsInvite)
            {
                transaction.Invite.HandleRequest(_context.Now, ref sink);
            }
            else
            {
                transaction.NonInvite.HandleRequest(_context.Now, ref sink);
            }
        }

        Settle(transaction);
    }

    private static bool TryReadBranch(ReadOnlySpan<byte> branch, out SessionHandle handle)
    {
        handle = default;
        if (branch.Length != ClientTransaction.BranchBytes || !branch.StartsWith("z9hG4bK"u8)
            || !Utf8Parser.TryParse(branch.Slice(7, 2), out byte shard, out int a, 'x') || a != 2
            || !Utf8Parser.TryParse(branch.Slice(9, 6), out uint slot, out int b, 'x') || b != 6
            || !Utf8Parser.TryParse(branch.Slice(15, 8), out uint generation, out int c, 'x') || c != 8)
        {
            return false;
        }

        handle = new SessionHandle(shard, (int)slot, generation);
        return true;
    }

    private void WriteBranch(SessionHandle handle, Span<byte> destination)
    {
        "z9hG4bK"u8.CopyTo(destination);
        IdentifierSource.WriteHex((ulong)handle.Shard, destination.Slice(7, 2));
        IdentifierSource.WriteHex((ulong)handle.Slot, destination.Slice(9, 6));
        IdentifierSource.WriteHex(handle.Generation, destination.Slice(15, 8));
        IdentifierSource.WriteHex(_context.Identifiers.Next(), destination.Slice(23, 16));
    }
}
