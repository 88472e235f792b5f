using System.Buffers;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// A server transaction with the bytes it needs: what its responses echo, and its last response. The behaviour is in the sans-IO machines
/// of MediaCore.Sip; this object is pooled, owned by its shard, and holds rented arrays only while it is in use.
/// </summary>
internal sealed class ServerTransaction : TimerNode
{
    /// <summary>
    /// Responses up to here stand in an array that stays with the pooled object: thousands linger 32 s at once, far more than the shared pool keeps, so that
    /// rented ones would be garbage each.
    /// </summary>
    private const int OwnResponseBytes = 512;

    private readonly byte[] _shortKey = new byte[128];
    private byte[]? _ownResponse;
    private byte[] _store = [];
    private int _keyLength;
    private int _headStart;
    private int _headEnd;
    private int _recordRouteEnd;
    private byte[] _response = [];
    private int _responseLength;
    private int _toEnd;
    private Leg? _leg;
    private uint _legEpoch;

    /// <summary>The INVITE machine; in use when <see cref="IsInvite"/>.</summary>
    public InviteServerTransaction Invite { get; } = new();

    /// <summary>The machine of every other method.</summary>
    public NonInviteServerTransaction NonInvite { get; } = new();

    /// <summary>Whether this is an INVITE transaction.</summary>
    public bool IsInvite { get; private set; }

    /// <summary>Where responses go.</summary>
    public Flow ResponseFlow { get; private set; }

    /// <summary>The request's method.</summary>
    public SipMethod Method { get; private set; }

    /// <summary>The trunk that the request came from, with its rules; null for none.</summary>
    public Trunk? Trunk { get; set; }

    /// <summary>Whether the request's To had a tag, which responses then echo as it is.</summary>
    public bool HasToTag { get; private set; }

    /// <summary>Whether the request had a body: for an INVITE, an offer.</summary>
    public bool HasBody { get; private set; }

    /// <summary>CSeq number of the request.</summary>
    public uint CSeq { get; private set; }

    /// <summary>Hash of <see cref="Key"/> in the layer's table.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Next transaction with the same hash.</summary>
    public ServerTransaction? NextInBucket { get; set; }

    /// <summary>The leg that answers this transaction; null for none, and once that leg has gone back to the pool.</summary>
    public Leg? Leg
    {
        get => _leg is { } leg && leg.Epoch == _legEpoch ? leg : null;
        set
        {
            _leg = value;
            _legEpoch = value?.Epoch ?? 0;
        }
    }

    /// <summary>Whether the machine has ended; set by the sink, acted on after the machine returns.</summary>
    public bool HasEnded { get; set; }

    /// <summary>For the INVITE that opened a call: by what repetitions, CANCEL and ACK that reach another shard find this one, as long as the transaction lives.</summary>
    public SessionKey InviteKey { get; set; }

    /// <summary>What <see cref="InviteKey"/> maps to.</summary>
    public SessionHandle InviteOwner { get; set; }

    /// <summary>Whether <see cref="InviteKey"/> stands in the session table.</summary>
    public bool HasInviteKey { get; set; }

    /// <summary>The final status sent; 0 before.</summary>
    public int FinalStatus { get; set; }

    /// <summary>What identifies the transaction (RFC 3261 §17.2.3).</summary>
    public ReadOnlySpan<byte> Key => _keyLength <= _shortKey.Length ? _shortKey.AsSpan(0, _keyLength) : _store.AsSpan(0, _keyLength);

    /// <summary>The stored response, for retransmission.</summary>
    public ReadOnlySpan<byte> Response => _response.AsSpan(0, _responseLength);

    /// <summary>Only absorbs what comes late (timers I, J, L): when exactly it ends is of no matter.</summary>
    public bool IsLingering => IsInvite ? Invite.State is TransactionState.Accepted or TransactionState.Confirmed : NonInvite.State == TransactionState.Completed;

    /// <summary>The deadline of whichever machine is in use.</summary>
    public Timestamp NextDeadline => IsInvite ? Invite.NextDeadline : NonInvite.NextDeadline;

    /// <summary>Takes what later responses need out of the request; false when it does not fit <paramref name="scratch"/>.</summary>
    public bool Open(SipMessage request, in Flow flow, ReadOnlySpan<byte> key, ulong hash, Span<byte> scratch)
    {
        var writer = new SipWriter(scratch);
        writer.Raw(key);
        ResponseHead.WriteVias(ref writer, request, flow.Remote);
        WriteEchoed(ref writer, request, SipHeaderName.From);
        WriteEchoed(ref writer, request, SipHeaderName.CallId);
        WriteEchoed(ref writer, request, SipHeaderName.CSeq);
        int recordRoutes = writer.Length;
        foreach (ReadOnlySpan<byte> route in request.EnumerateValues(SipHeaderName.RecordRoute))
        {
            writer.HeaderStart(SipHeaderName.RecordRoute);
            writer.Text(route);
            writer.EndLine();
        }

        int to = writer.Length;
        writer.HeaderStart(SipHeaderName.To);
        if (request.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> toValue))
        {
            writer.Text(toValue);
        }

        if (writer.Overflowed || writer.Length > EngineLimits.MaxEchoedBytes)
        {
            return false;
        }

        _store = ArrayPool<byte>.Shared.Rent(writer.Length);
        writer.Written.CopyTo(_store);
        key[..Math.Min(key.Length, _shortKey.Length)].CopyTo(_shortKey);
        _keyLength = key.Length;
        _headStart = key.Length;
        _headEnd = recordRoutes;
        _recordRouteEnd = to;
        _toEnd = writer.Length;
        HasToTag = !request.ToTag.IsEmpty;
        HasBody = !request.Body.IsEmpty;
        Method = request.Method;
        IsInvite = request.Method == SipMethod.Invite;
        CSeq = request.TryGetCSeq(out CSeqHeader cseq) ? cseq.Number : 0;
        ResponseFlow = ResponseHead.GetResponseFlow(request, flow);
        Hash = hash;
        HasEnded = false;
        FinalStatus = 0;
        return true;
    }

    /// <summary>Starts a response: status line and echoed headers; <paramref name="toTag"/> is added where the request had none.</summary>
    public SipWriter BeginResponse(Span<byte> destination, int status, ReadOnlySpan<byte> toTag, bool recordRoutes = false, ReadOnlySpan<byte> reasonPhrase = default)
    {
        var writer = new SipWriter(destination);
        writer.StatusLine(status, reasonPhrase);
        writer.Raw(_store.AsSpan(_headStart, (recordRoutes ? _recordRouteEnd : _headEnd) - _headStart));
        writer.Raw(_store.AsSpan(_recordRouteEnd, _toEnd - _recordRouteEnd));
        if (!HasToTag && !toTag.IsEmpty)
        {
            writer.Raw(";tag="u8);
            writer.Raw(toTag);
        }

        writer.EndLine();
        return writer;
    }

    /// <summary>Keeps a response for retransmission.</summary>
    public void StoreResponse(ReadOnlySpan<byte> response)
    {
        if (_response.Length < response.Length)
        {
            ReleaseResponse();
            _response = response.Length <= OwnResponseBytes ? _ownResponse ??= new byte[OwnResponseBytes] : ArrayPool<byte>.Shared.Rent(response.Length);
        }

        response.CopyTo(_response);
        _responseLength = response.Length;
    }

    /// <summary>Gives the response's bytes back, when nothing will retransmit it any more.</summary>
    public void ReleaseResponse()
    {
        if (ReferenceEquals(_response, _ownResponse))
        {
            _response = [];
        }

        Return(ref _response);
        _responseLength = 0;
    }

    /// <summary>Gives the echoed headers back, when no other response will be built.</summary>
    public void ReleaseHead()
    {
        // The key is still needed to recognise retransmissions; only an unusually long one stands in the store alone.
        if (_keyLength <= _shortKey.Length)
        {
            Return(ref _store);
        }

        _headStart = _headEnd = _recordRouteEnd = _toEnd = 0;
    }

    /// <summary>Back to the pool: nothing of this request is left behind for the next.</summary>
    public void Clear()
    {
        Return(ref _store);
        ReleaseResponse();
        Invite.Reset();
        NonInvite.Reset();
        _keyLength = _headStart = _headEnd = _recordRouteEnd = _toEnd = 0;
        Leg = null;
        Trunk = null;
        NextInBucket = null;
        HasInviteKey = false;
        ResponseFlow = default;
    }

    private static void Return(ref byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
            array = [];
        }
    }

    private static void WriteEchoed(ref SipWriter writer, SipMessage request, SipHeaderName name)
    {
        if (request.TryGetHeader(name, out ReadOnlySpan<byte> value))
        {
            writer.HeaderStart(name);
            writer.Text(value);
            writer.EndLine();
        }
    }
}
