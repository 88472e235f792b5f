using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Session timers (RFC 4028), negotiated on each side of a call by itself, so that neither depends on what the other can do. A refresh of ours is an
/// UPDATE without SDP where the peer takes UPDATE, else a re-INVITE that repeats our last description.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>How often a 422 may make us raise the interval of one INVITE; each proxy on the way may ask once.</summary>
    private const int MaxIntervalRaises = 4;

    private SessionTimerOptions GetSessionTimers(Trunk? trunk) => trunk?.SessionTimers ?? _context.Options.SessionTimers;

    /// <summary>Answers 422 to a request whose session interval is too short (RFC 4028 §9), where its sender can make sense of that.</summary>
    private bool RefuseSessionInterval(SipMessage request, in Flow flow, Trunk? trunk)
    {
        SessionTimerOptions options = GetSessionTimers(trunk);
        if (!options.Enabled || !request.TryGetHeader(SipHeaderName.SessionExpires, out ReadOnlySpan<byte> value)
            || !SessionExpiresHeader.TryParse(value, out SessionExpiresHeader expires) || expires.Seconds >= options.Minimum.TotalSeconds
            || (SipOptionTags.Read(request, SipHeaderName.Supported) & SipExtensions.SessionTimer) == SipExtensions.None)
        {
            return false;
        }

        var headers = new SipWriter(_context.PartScratch);
        headers.Header(SipHeaderName.MinSE, (long)options.Minimum.TotalSeconds);
        _transactions.RespondStateless(request, flow, 422, headers.Written);
        return true;
    }

    /// <summary>What a peer's INVITE or UPDATE asks for; answered by <see cref="WriteAgreedInterval"/>.</summary>
    private void TakeSessionWish(Leg leg, SipMessage request)
    {
        SessionTimerOptions options = GetSessionTimers(leg.Trunk);
        leg.PeerSupports |= SipOptionTags.Read(request, SipHeaderName.Supported) | SipOptionTags.Read(request, SipHeaderName.Require);
        bool supports = (leg.PeerSupports & SipExtensions.SessionTimer) != SipExtensions.None;
        SessionExpiresHeader expires = default;
        bool asks = request.TryGetHeader(SipHeaderName.SessionExpires, out ReadOnlySpan<byte> value) && SessionExpiresHeader.TryParse(value, out expires);
        if (!options.Enabled || !(supports || asks))
        {
            return;
        }

        SessionTimer timer = leg.SessionTimer ??= new SessionTimer(leg.Call, leg);
        timer.WishSeconds = asks ? expires.Seconds : 0;
        timer.Wish = asks ? expires.Refresher : SessionRefresher.Unspecified;
        if (request.TryGetNumber(SipHeaderName.MinSE, out uint minimum))
        {
            timer.MinimumSeconds = Math.Max(timer.MinimumSeconds, minimum);
        }
    }

    /// <summary>The interval and refresher of our 2xx (RFC 4028 §9); the session is refreshed by it.</summary>
    private void WriteAgreedInterval(ref SipWriter writer, Leg leg)
    {
        SessionTimerOptions options = GetSessionTimers(leg.Trunk);
        if (!options.Enabled || leg.SessionTimer is not { } timer)
        {
            return;
        }

        bool supports = (leg.PeerSupports & SipExtensions.SessionTimer) != SipExtensions.None;
        uint ours = timer.IsActive ? timer.IntervalSeconds : (uint)options.Expires.TotalSeconds;

        // RFC 4028 §9: not longer than asked for, and not shorter than anybody on the way takes.
        uint interval = timer.WishSeconds == 0
            ? Math.Max(ours, Math.Max((uint)options.Minimum.TotalSeconds, timer.MinimumSeconds))
            : Math.Min(timer.WishSeconds, Math.Max((uint)options.Expires.TotalSeconds, timer.MinimumSeconds));
        bool byUs = timer.Wish switch
        {
            // RFC 4028 table 2: a client that does not support it cannot refresh; what a client wishes is law.
            _ when !supports => true,
            SessionRefresher.Uac => false,
            SessionRefresher.Uas => true,
            _ when timer.IsActive => timer.IsRefresher,
            _ => options.Refresher != SessionRefresherChoice.Remote,
        };
        writer.HeaderStart(SipHeaderName.SessionExpires);
        writer.Raw(interval);
        writer.Raw(byUs ? ";refresher=uas"u8 : ";refresher=uac"u8);
        writer.EndLine();
        if (!byUs)
        {
            SipOptionTags.Write(ref writer, SipHeaderName.Require, SipExtensions.SessionTimer);
        }

        StartSession(timer, interval, byUs);
    }

    /// <summary>Session-Expires and Min-SE of a request of ours (RFC 4028 §7.1, §7.4).</summary>
    private void WriteOwnInterval(ref SipWriter writer, Leg leg, bool isInitial)
    {
        SessionTimerOptions options = GetSessionTimers(leg.Trunk);
        SessionTimer? timer = leg.SessionTimer;
        if (!options.Enabled || (!isInitial && timer is not { IsActive: true }))
        {
            return;
        }

        uint floor = Math.Max((uint)options.Minimum.TotalSeconds, timer?.MinimumSeconds ?? 0);
        uint interval = Math.Max(floor, timer is { IsActive: true } ? timer.IntervalSeconds : (uint)options.Expires.TotalSeconds);
        writer.HeaderStart(SipHeaderName.SessionExpires);
        writer.Raw(interval);
        bool? byUs = timer is { IsActive: true } ? timer.IsRefresher
            : options.Refresher == SessionRefresherChoice.Auto ? null
            : options.Refresher == SessionRefresherChoice.Local;
        writer.Raw(byUs switch { null => default, true => ";refresher=uac"u8, _ => ";refresher=uas"u8 });
        writer.EndLine();
        if (floor > 90)
        {
            writer.Header(SipHeaderName.MinSE, floor);
        }
    }

    /// <summary>What a 2xx to our INVITE or UPDATE says (RFC 4028 §7.2).</summary>
    private void TakeAgreedInterval(Leg leg, SipMessage response, bool isInitial)
    {
        SessionTimerOptions options = GetSessionTimers(leg.Trunk);
        if (!options.Enabled || (!isInitial && leg.SessionTimer is not { IsActive: true }))
        {
            return;
        }

        if (!response.TryGetHeader(SipHeaderName.SessionExpires, out ReadOnlySpan<byte> value) || !SessionExpiresHeader.TryParse(value, out SessionExpiresHeader expires) || expires.Seconds == 0)
        {
            if (leg.SessionTimer is { } stopped)
            {
                // RFC 4028 §7.2: without the header the session does not expire.
                StopSession(stopped);
            }

            return;
        }

        SessionTimer timer = leg.SessionTimer ??= new SessionTimer(leg.Call, leg);
        timer.Raises = 0;

        StartSession(timer, expires.Seconds, expires.Refresher != SessionRefresher.Uas);
    }

    private void StartSession(SessionTimer timer, uint intervalSeconds, bool byUs)
    {
        timer.IsActive = true;
        timer.IsRefresher = byUs;
        timer.IntervalSeconds = Math.Clamp(intervalSeconds, EngineLimits.MinSessionIntervalSeconds, EngineLimits.MaxSessionIntervalSeconds);
        timer.Wish = SessionRefresher.Unspecified;
        timer.WishSeconds = 0;
        timer.ExpiresAt = _context.Now + TimeSpan.FromSeconds(timer.IntervalSeconds);
        _context.Wheel.Schedule(timer.Timer, byUs ? _context.Now + (TimeSpan.FromSeconds(timer.IntervalSeconds) / 2) : GetLastMoment(timer));
    }

    private void StopSession(SessionTimer timer)
    {
        timer.IsActive = false;
        _context.Wheel.Cancel(timer.Timer);
    }

    /// <summary>When a session that nobody refreshed is given up: a third of the interval before its end, 32 s at most (RFC 4028 §10).</summary>
    private static Timestamp GetLastMoment(SessionTimer timer) => timer.ExpiresAt + TimeSpan.FromSeconds(-Math.Min(32, timer.IntervalSeconds / 3.0));

    private void OnSessionDeadline(Leg leg)
    {
        Call call = leg.Call;
        if (leg.SessionTimer is not { IsActive: true } timer || call.State != CallState.Answered || leg.State != LegState.Answered)
        {
            return;
        }

        if (_context.Now >= GetLastMoment(timer))
        {
            End(call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
            return;
        }

        _context.Wheel.Schedule(timer.Timer, GetLastMoment(timer));
        if (timer.IsRefresher)
        {
            leg.OwesRefresh = true;
            Renegotiate(leg);
        }
    }

    /// <summary>A 422 to our INVITE (RFC 4028 §7.3): the same once more with the interval that is asked for. False when that cannot help.</summary>
    private bool RaiseInterval(Leg leg, SipMessage response)
    {
        SessionTimerOptions options = GetSessionTimers(leg.Trunk);
        if (!options.Enabled || !response.TryGetNumber(SipHeaderName.MinSE, out uint minimum) || minimum > EngineLimits.MaxSessionIntervalSeconds)
        {
            return false;
        }

        SessionTimer timer = leg.SessionTimer ??= new SessionTimer(leg.Call, leg);
        if (minimum <= timer.MinimumSeconds || timer.Raises >= MaxIntervalRaises)
        {
            return false;
        }

        timer.MinimumSeconds = minimum;
        timer.Raises++;
        return true;
    }
}
