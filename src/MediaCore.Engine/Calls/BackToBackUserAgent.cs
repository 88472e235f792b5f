using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The calls of one shard: a back-to-back user agent (RFC 3261 §6) that is a user agent server to the caller and a client to each target,
/// with identities of its own on both sides, so that nothing of one side shows on the other. Driven by the transaction layer and by
/// timers; owned by its shard.
/// </summary>
internal sealed partial class BackToBackUserAgent : IPlaybackListener
{
    /// <summary>How often a provisional response is repeated (RFC 3261 §13.3.1.1).</summary>
    private static readonly TimeSpan s_provisionalInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long a TCP connection with a call on it may be silent; a later request opens a new one.</summary>
    private static readonly TimeSpan s_streamSilence = TimeSpan.FromHours(2);

    private readonly ShardContext _context;
    private readonly TransactionLayer _transactions;
    private readonly RtpRelay _relay;
    private readonly IMediaPorts _ports;
    private readonly AudioSessions _audio;
    private readonly ShardConferences _conferences;
    private readonly MediaControl _media;
    private readonly LocationService _locations;
    private readonly SlotArray<Call> _calls;
    private readonly ObjectPool<Call> _pool = new DefaultObjectPool<Call>(new DefaultPooledObjectPolicy<Call>(), 4096);
    private readonly SdpDescription _sdp = new();
    private readonly ILogger _log;

    public BackToBackUserAgent(ShardContext context, TransactionLayer transactions, RtpRelay relay, IMediaPorts ports, LocationService locations, int maxCalls, AudioSessions audio, ShardConferences conferences, MediaControl media)
    {
        _context = context;
        _transactions = transactions;
        _relay = relay;
        _ports = ports;
        _locations = locations;
        _audio = audio;
        _conferences = conferences;
        _media = media;
        relay.Rtcp.Watcher = this;

        // Ended calls keep their slot while their last BYE is answered, so there are more slots than calls.
        _calls = new SlotArray<Call>(context.Index, Math.Min((maxCalls * 2) + 64, SessionHandle.MaxSlot));
        MaxCalls = maxCalls;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Calls");
    }

    /// <summary>Calls that this shard may hold; beyond it new ones get 503.</summary>
    public int MaxCalls { get; }

    /// <summary>Calls whose caller's address is not proved; a flood of spoofed INVITEs may take half of the places, never those of trunks and accounts.</summary>
    public int UnprovenCalls { get; private set; }

    /// <summary>Calls that have not ended.</summary>
    public int ActiveCalls { get; private set; }

    /// <summary>Calls in memory: those that have not ended, and ended ones whose last requests are still open.</summary>
    public int HeldCalls => _calls.Count;

    /// <summary>A timer of a call fired.</summary>
    public void HandleTimer(CallTimer timer)
    {
        Call call = timer.Call;
        switch (timer.Kind)
        {
            case CallTimerKind.Ring:
                OnStepRangOut(call);
                break;
            case CallTimerKind.Attempt:
                OnAttemptUnanswered(call);
                break;
            case CallTimerKind.MaxRinging when call.Origination is not null:
                FailOrigination(call, 480, Q850.NoAnswer);
                break;
            case CallTimerKind.MaxRinging:
                EndUnanswered(call, 480, Q850.NoAnswer, CallEndReason.NoAnswer, CallEndSide.Server);
                break;
            case CallTimerKind.Duration:
                End(call, CallEndReason.MaxDuration, CallEndSide.Server, Q850.NormalClearing);
                break;
            case CallTimerKind.Media:
                CheckMedia(call);
                break;
            case CallTimerKind.OkRetransmission:
                OnOkDeadline(timer.Leg!);
                break;
            case CallTimerKind.Provisional:
                RepeatProvisional(call);
                break;
            case CallTimerKind.Playback:
                OnPlaybackDeadline(timer.Leg!);
                break;
            case CallTimerKind.ReliableProvisional:
                OnReliableDeadline(timer.Leg!);
                break;
            case CallTimerKind.Session:
                OnSessionDeadline(timer.Leg!);
                break;
            case CallTimerKind.Renegotiation:
                OfferHold(timer.Leg!);
                break;
            default:
                break;
        }
    }

    /// <summary>The leg of a message in a dialog: Call-ID, our tag, the peer's tag (RFC 3261 §12.2).</summary>
    private Leg? FindLeg(SipMessage message) => FindLeg(message.CallId, message.ToTag, message.FromTag);

    private Leg? FindLeg(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
    {
        SessionKey key = SessionKey.From(callId, localTag);
        if (!_context.Sessions.TryGet(key, out SessionHandle handle) || handle.Shard != _context.Index || !_calls.TryGet(handle, out Call? call))
        {
            return null;
        }

        if (call.Caller.Dialog.Matches(callId, localTag, remoteTag))
        {
            return call.Caller;
        }

        foreach (Leg leg in call.Callees)
        {
            if (leg.Dialog.Matches(callId, localTag, remoteTag))
            {
                return leg;
            }
        }

        return null;
    }

    /// <summary>The account at the other end of the dialog that a request belongs to; null when it is a trunk, a stranger, or there is no such dialog.</summary>
    public string? FindAccount(SipMessage request) => FindLeg(request) is { PeerIsTrunk: false } leg ? leg.Peer : null;

    /// <summary>The leg at the other end of the media, once connected.</summary>
    private static Leg? GetOther(Leg leg) => leg.IsCaller ? leg.Call.Connected : leg.Ties is { IsParked: true } ? null : leg.Call.Caller;

    private bool Register(Call call, Leg leg)
    {
        leg.DialogKey = SessionKey.From(leg.Dialog.CallId, leg.Dialog.LocalTag);
        leg.HasDialogKey = _context.Sessions.TryAdd(leg.DialogKey, call.Handle) == SessionAddResult.Added;
        return leg.HasDialogKey;
    }

    /// <summary>Lets commands find the call by its identifier; false when another call has that, or the table has no room.</summary>
    private bool RegisterId(Call call)
    {
        call.HasIdKey = CallKey.TryMake(call.Id, out SessionKey key) && _context.Sessions.TryAdd(key, call.Handle) == SessionAddResult.Added;
        return call.HasIdKey;
    }

    private void UnregisterId(Call call)
    {
        if (call.HasIdKey && CallKey.TryMake(call.Id, out SessionKey key))
        {
            _context.Sessions.TryRemove(key, call.Handle);
            call.HasIdKey = false;
        }
    }

    private void Unregister(Call call, Leg leg)
    {
        if (leg.HasDialogKey)
        {
            _context.Sessions.TryRemove(leg.DialogKey, call.Handle);
            leg.HasDialogKey = false;
        }
    }

    /// <summary>The caller's ACK came: what we sent reached the address that it claims.</summary>
    private void Prove(Leg leg)
    {
        if (leg.IsCaller && leg.Call.IsUnproven)
        {
            leg.Call.IsUnproven = false;
            UnprovenCalls--;
            _context.Guard.NoteReachable(leg.Flow.Remote, _context.Now);
        }
    }

    /// <summary>Ends a call because the server stops, after the drain's limit.</summary>
    public void Shutdown(Call call)
    {
        if (call.State == CallState.Setup)
        {
            EndUnanswered(call, 503, Q850.TemporaryFailure, CallEndReason.Shutdown, CallEndSide.Server);
        }
        else
        {
            End(call, CallEndReason.Shutdown, CallEndSide.Server, Q850.NormalClearing);
        }
    }

    /// <summary>The calls that have not ended; allocates, for shutdown and listings.</summary>
    public List<Call> Snapshot()
    {
        var calls = new List<Call>(ActiveCalls);
        for (int slot = 0; slot < _calls.HighWater; slot++)
        {
            if (_calls.TryGetAt(slot, out Call? call) && call.State != CallState.Ended)
            {
                calls.Add(call);
            }
        }

        return calls;
    }
}
