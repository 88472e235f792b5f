using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Defence;

/// <summary>
/// What a message has to pass on its way into one shard: the lists and bans before it is parsed (<see cref="Screen"/>), the limits of strangers before a transaction is
/// looked for (<see cref="Admit"/>), the load before a new one is begun (<see cref="AdmitNew"/>); and on the way out, whether a stranger is answered
/// at all (<see cref="MayAnswer"/>). Allocates nothing.
/// </summary>
internal sealed class Admission
{
    private readonly ShardContext _context;
    private readonly ILogger _log;
    private readonly bool _canProve;
    private readonly byte[][] _priorityNumbers;
    private long _refusedBefore;

    public Admission(ShardContext context)
    {
        _context = context;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Defence");
        _canProve = context.Services.Accounts is not null;
        Gate = new OverloadGate(context.Options.Defence.Overload);
        _priorityNumbers = [.. context.Options.Defence.Overload.PriorityNumbers.Select(System.Text.Encoding.UTF8.GetBytes)];
    }

    public OverloadGate Gate { get; }

    private SourceGuard Guard => _context.Guard;

    /// <summary>Before parsing: whether the message is looked at. <paramref name="isHearing"/>: only if it is a REGISTER, the source being banned.</summary>
    public bool Screen(in Flow flow, ReadOnlySpan<byte> message, out bool isHearing)
    {
        isHearing = false;
        bool isResponse = message.StartsWith("SIP/2.0 "u8);
        if (Guard.IsDenied(flow.Remote, isResponse))
        {
            return Drop(DefenceReason.Denied);
        }

        // A response is to what we have sent; one that is to nothing is dropped by the transaction layer, and none is ever answered.
        // A trunk that was added after its address had been banned is not made to wait the ban out.
        if (isResponse || !Guard.IsBanned(flow.Remote, _context.Now) || GetStanding(flow) == Standing.Trusted)
        {
            return true;
        }

        // Over a stream the ban is the peer's own work.
        isHearing = _canProve && flow.Stream is null && message.StartsWith("REGISTER "u8) && Guard.TryHear(flow.Remote, _context.Now);
        return isHearing || Drop(DefenceReason.Banned);
    }

    /// <summary>After parsing: whether a request may go on. Everything inside a dialog does; what belongs to none is seen when it is answered.</summary>
    public bool Admit(SipMessage request, in Flow flow)
    {
        if (!Guard.Options.IsEnabled || request.IsResponse || request.Method == SipMethod.Ack || !request.ToTag.IsEmpty)
        {
            return true;
        }

        Timestamp now = _context.Now;
        if (GetStanding(flow) >= Standing.Proved)
        {
            return true;
        }

        if (Guard.Scanners.Matches(request))
        {
            Guard.Strike(flow.Remote, DefenceLimits.StrikesPerScannerMessage, now);
            return Drop(DefenceReason.Scanner);
        }

        if (!Guard.TryTakeRequest(flow.Remote, now))
        {
            Guard.Strike(flow.Remote, 1, now);
            return Drop(DefenceReason.Rate);
        }

        // Credentials are looked at: one phone of an office proves its password, and the others are heard again.
        if (!request.Has(SipHeaderName.Authorization) && !Guard.HasAnswer(flow.Remote, now))
        {
            Guard.Strike(flow.Remote, 1, now);
            return Drop(DefenceReason.Unidentified);
        }

        return true;
    }

    /// <summary>A message that could not be parsed.</summary>
    public bool AdmitMalformed(in Flow flow)
    {
        if (!Guard.Options.IsEnabled || GetStanding(flow) >= Standing.Proved)
        {
            return true;
        }

        if (Guard.TryTakeRequest(flow.Remote, _context.Now))
        {
            return true;
        }

        Guard.Strike(flow.Remote, 1, _context.Now);
        return Drop(DefenceReason.Rate);
    }

    /// <summary>
    /// A request that would begin something here: whether there is room for it. Otherwise <paramref name="isAnswered"/> says whether it gets 503 or nothing.
    /// </summary>
    public bool AdmitNew(SipMessage request, in Flow flow, out bool isAnswered)
    {
        isAnswered = true;
        if (!Gate.IsShedding || !request.ToTag.IsEmpty || request.Method is SipMethod.Ack or SipMethod.Cancel or SipMethod.Bye or SipMethod.Prack)
        {
            return true;
        }

        if (Gate.IsDropping && request.Method == SipMethod.Invite && !IsVouchedFor(flow))
        {
            isAnswered = false;
            return Drop(DefenceReason.OverloadDropped);
        }

        return IsPriority(request, flow) || Gate.TryEnter() || Drop(DefenceReason.Overload);
    }

    /// <summary>
    /// Whether a request that is refused without state is told so. A stranger is told a few times and then nothing, whatever is refused: the silence must not say
    /// which accounts exist either.
    /// </summary>
    public bool MayAnswer(SipMessage request, in Flow flow, int status)
    {
        // What happens inside calls, and our own troubles, are no search; nor is a registration, for which a password was proved.
        bool isOrdinary = status is 482 or 488 or 491 or 500 or 503 || (status < 300 && (!request.ToTag.IsEmpty || request.Method == SipMethod.Register));
        if (isOrdinary || !Guard.Options.IsEnabled || IsVouchedFor(flow) || Guard.TryTakeAnswer(flow.Remote, _context.Now))
        {
            return true;
        }

        Guard.Strike(flow.Remote, 1, _context.Now);
        return Drop(DefenceReason.Unidentified);
    }

    /// <summary>A stranger's call went to a number that there is none of: counts like <see cref="MayAnswer"/>, though it is answered.</summary>
    public void NoteUnknownNumber(in Flow flow)
    {
        if (Guard.Options.IsEnabled && !IsVouchedFor(flow))
        {
            Guard.TryTakeAnswer(flow.Remote, _context.Now);
        }
    }

    /// <summary>A turn of the loop; see <see cref="OverloadGate.Note"/>.</summary>
    public void NoteTurn(TimeSpan delay)
    {
        bool wasShedding = Gate.IsShedding;
        Gate.Note(delay, _context.Guard.Cpu, _context.Now);
        _context.Statistics.AdmittedPerMille = (long)(Gate.Share * 1000);
        if (Gate.IsShedding == wasShedding)
        {
            return;
        }

        long refused = _context.Statistics.DefenceDrops[(int)DefenceReason.Overload] + _context.Statistics.DefenceDrops[(int)DefenceReason.OverloadDropped];
        if (wasShedding)
        {
            DefenceLog.OverloadEnded(_log, _context.Index, refused - _refusedBefore);
        }
        else
        {
            _refusedBefore = refused;
            DefenceLog.OverloadBegan(_log, _context.Index, (long)Gate.StandingDelay.TotalMilliseconds);
        }
    }

    /// <summary>What is known of the peer: its address, or the trunk that it has proved to be on a connection of ours.</summary>
    private Standing GetStanding(in Flow flow) =>
        _context.FindTrunk(flow) is not null ? Standing.Trusted : Guard.GetStanding(flow.Remote, _context.Now);

    private bool IsVouchedFor(in Flow flow) => GetStanding(flow) >= Standing.Proved;

    /// <summary>RFC 3261 §20.26 and RFC 4412, believed of those who are vouched for, and emergency numbers (RFC 5031 URNs among them).</summary>
    private bool IsPriority(SipMessage request, in Flow flow)
    {
        if (!IsVouchedFor(flow))
        {
            return false;
        }

        if ((request.TryGetHeader(SipHeaderName.Priority, out ReadOnlySpan<byte> priority) && System.Text.Ascii.EqualsIgnoreCase(priority, "emergency"u8))
            || request.TryGetHeader("Resource-Priority"u8, out _))
        {
            return true;
        }

        if (request.Method != SipMethod.Invite)
        {
            return false;
        }

        ReadOnlySpan<byte> uri = request.RequestUri;
        if (uri.Length >= 15 && System.Text.Ascii.EqualsIgnoreCase(uri[..15], "urn:service:sos"u8))
        {
            return true;
        }

        if (SipUri.TryParse(uri, out SipUri parsed))
        {
            foreach (byte[] number in _priorityNumbers)
            {
                if (parsed.User.SequenceEqual(number))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool Drop(DefenceReason reason)
    {
        _context.Statistics.DefenceDrops[(int)reason]++;
        return false;
    }
}
