using MediaCore.Audio.G711;
using MediaCore.Audio.Prompts;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Rtp.Quality;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Descriptions, ports, prompts: where signalling meets media.</summary>
internal sealed partial class BackToBackUserAgent
{
    private static readonly AudioFormatList OwnFormats = AudioFormatList.CreateG711();

    private Timestamp _nextPortLog;

    private bool OpenMedia(Leg leg)
    {
        return (leg.Call.PassesMedia && (leg.IsCaller || leg.Trunk is { MayPassMedia: true })) || TryOpenPort(leg);
    }

    private bool TryOpenPort(Leg leg)
    {
        // Where its media is, as far as it has said so; else where its signalling comes from.
        bool isIPv6 = leg.Remote.Rtp.HasAddress ? leg.Remote.Rtp.IsIPv6 : leg.Flow.Remote.IsIPv6;
        if (!_ports.TryAllocate(_context.Now, GetNetwork(leg), isIPv6, out Transport.Media.MediaPort? port))
        {
            // At most one a second: without ports every call runs into this.
            if (_context.Now >= _nextPortLog)
            {
                _nextPortLog = _context.Now + TimeSpan.FromSeconds(1);
                if (_ports.IsRefusedBySystem)
                {
                    CallLog.MediaPortsNotBound(_log, _ports.LastRefusal);
                }
                else
                {
                    CallLog.MediaPortsExhausted(_log, _ports.LastRefusal);
                }
            }

            return false;
        }

        leg.Media.Open(port, _context.Now);
        leg.Media.Latch.AllowsHandover = _context.Options.MediaHandover;
        leg.Media.Latch.IsUntold = true;
        leg.Media.Latch.SignalsFrom = leg.Flow.Remote;
        leg.Media.CallId = leg.Call.Id;
        leg.Media.LegIndex = leg.Index;
        leg.Keys?.Clear();
        if (GetSrtp(leg) == SrtpPolicy.Require)
        {
            leg.Media.Secure();
        }

        return true;
    }

    private void CloseMedia(Leg leg)
    {
        StopPlayback(leg);
        EndControlledLeg(leg);
        if (leg.ForkOf is null)
        {
            CloseUnused(leg, null);
        }

        EndRecording(leg);
        if (leg.Media.Close() is { } port)
        {
            _ports.Release(port, _context.Now);
        }
    }

    /// <summary>Reads the audio of a message's SDP; false when there is none that we can relay, or none as the leg's policy for SRTP wants it.</summary>
    private bool TryReadSdp(SipMessage message, Leg leg, ref AudioDescription audio)
    {
        SrtpPolicy policy = GetSrtp(leg);
        if (SessionBody.Find(message, out int offset, out int length) != SessionBodyStatus.Found
            || !_sdp.TryParse(message.Buffer, message.BodyOffset + offset, length)
            || !OfferAnswer.TryReadMedia(_sdp, policy != SrtpPolicy.Refuse, out AudioDescription read, out _)
            || !IsAllowed(read, policy)
            || (GetRtcpMux(leg) == RtcpMuxPolicy.Require && !read.RtcpMux))
        {
            return false;
        }

        audio = read;
        if (audio.Others is not null && !MayHaveOtherMedia(leg))
        {
            bool isRest = audio.IsWithoutAudio;
            audio.Others = null;
            return !isRest;
        }

        return true;
    }

    /// <summary>Lets the media leg know where its peer is and what it speaks.</summary>
    private static void ExpectMedia(Leg leg)
    {
        Leg owner = leg.ForkOf ?? leg;
        owner.HasMedia = true;
        ExpectAt(owner.Media, leg, leg.Remote.Rtp, leg.Remote.Rtcp);
        ExpectVoice(owner, leg.Remote.Formats, leg.Formats);
        owner.Media.PacketMilliseconds = leg.Remote.PtimeMilliseconds;
        owner.Media.Agree(GetTerms(leg.Remote, owner.ToldRtcpMux));
    }

    /// <summary>Lets a stream know where its peer is: a dialog of whoever owns the stream. Before the answer another fork may have been heard there.</summary>
    private static void ExpectAt(MediaLeg media, Leg leg, in NetworkEndpoint rtp, in NetworkEndpoint rtcp)
    {
        media.Latch.SignalsFrom = (leg.ForkOf ?? leg).Media.Latch.SignalsFrom;
        media.Expect(rtp, rtcp, isSamePeer: leg.IsCaller || ReferenceEquals(leg.Call.Connected, leg) || leg.Ties is { IsParked: true });
    }

    /// <summary>
    /// What a peer will speak is the first voice that it and we have described (RFC 3264 §6.1), which says on what clock its jitter is measured; while only it has, its own first.
    /// </summary>
    /// <param name="owner">The leg that has the ports.</param>
    /// <param name="described">In the order of whoever answered, where that is known.</param>
    /// <param name="others">Described by the other of both; empty before.</param>
    private static void ExpectVoice(Leg owner, in AudioFormatList described, in AudioFormatList others)
    {
        int chosen = -1;
        bool isCommon = false;
        for (int i = 0; i < described.Count && !isCommon; i++)
        {
            isCommon = described[i].IsVoice && others.TryFindSame(described, i, out _);
            chosen = isCommon || (chosen < 0 && described[i].IsVoice) ? i : chosen;
        }

        if (chosen >= 0)
        {
            owner.Media.ClockRateHz = described[chosen].ClockRateHz;
            owner.Media.Codec = CodecImpairment.Of(described.GetEncodingName(chosen));
        }
    }

    /// <summary>The policy for RTP and RTCP on one port that holds for a leg; what goes past us, or to a call of ours, has none.</summary>
    private RtcpMuxPolicy GetRtcpMux(Leg leg) =>
        leg.Flow.Stream is LoopbackFlow || (leg.Call.PassesMedia && (leg.IsCaller || leg.Trunk is { MayPassMedia: true })) ? RtcpMuxPolicy.Accept
        : leg.Trunk?.RtcpMux ?? _context.Options.AccountRtcpMux;

    private static LegTerms GetTerms(in AudioDescription remote, bool toldRtcpMux)
    {
        MediaDirection direction = remote.EffectiveDirection;
        return (direction.HasFlag(MediaDirection.SendOnly) ? LegTerms.MaySend : LegTerms.None)
            | (direction.HasFlag(MediaDirection.RecvOnly) ? LegTerms.MayReceive : LegTerms.None)
            | (remote.Protocol is SdpProtocol.RtpAvpf or SdpProtocol.RtpSavpf ? LegTerms.Feedback : LegTerms.None)
            | (toldRtcpMux && remote.RtcpMux ? LegTerms.RtcpMux : LegTerms.None)
            | (remote.Reports.HasFlag(ReportRequests.VoipMetrics) ? LegTerms.VoipMetrics : LegTerms.None)
            | (remote.Reports.HasFlag(ReportRequests.ReceiverRoundTrip) ? LegTerms.ReceiverRoundTrip : LegTerms.None);
    }

    /// <summary>An answer to the offer that <paramref name="leg"/> got from us: keeps what was really offered (RFC 3264 §7).</summary>
    private static bool AcceptAnswer(Leg leg)
    {
        if (leg.Remote.IsWithoutAudio)
        {
            ExpectMedia(leg);
            return true;
        }

        if (!OfferAnswer.TryAcceptAnswer(leg.Formats, leg.Remote.Formats, out AudioFormatList agreed) || !TryTakeKeys(leg, leg.Remote))
        {
            return false;
        }

        leg.Remote.Formats = agreed;
        ExpectMedia(leg);
        return true;
    }

    /// <summary>Writes an offer to <paramref name="leg"/> that passes on what <paramref name="offerer"/> described (its offer, or what was agreed with it).</summary>
    private bool TryWriteOffer(Leg leg, Leg offerer, out int length)
    {
        AudioDescription audio = default;
        audio.Formats = GetOffer(leg, offerer);

        // A party on hold by the one who transfers it is not on hold for the new one; and where nobody is at the other end, nobody holds.
        audio.Direction = (leg.State == LegState.Inviting && leg.Call.Transfer is { IsOpen: true }) || ReferenceEquals(leg, offerer) ? MediaDirection.SendRecv : offerer.Remote.EffectiveDirection;
        audio.Protocol = SdpProtocol.RtpAvp;
        audio.PtimeMilliseconds = offerer.Remote.PtimeMilliseconds;
        audio.MaxPtimeMilliseconds = offerer.Remote.MaxPtimeMilliseconds;
        RepeatLayout(leg, ref audio);
        return TryWriteOwn(leg, offerer, DescriptionKind.Offer, ref audio, out length);
    }

    /// <summary>Repeats our last description of this session to <paramref name="leg"/>, under its old version (RFC 4028 §7.4, RFC 3264 §8).</summary>
    private bool TryWriteAgain(Leg leg, Leg other, out int length)
    {
        AudioDescription audio = default;
        audio.Formats = leg.Formats;
        audio.Direction = ReferenceEquals(leg, other) ? MediaDirection.SendRecv : other.Remote.EffectiveDirection;
        audio.Protocol = SdpProtocol.RtpAvp;
        audio.PtimeMilliseconds = ReferenceEquals(leg, other) ? 0 : other.Remote.PtimeMilliseconds;
        audio.MaxPtimeMilliseconds = ReferenceEquals(leg, other) ? 0 : other.Remote.MaxPtimeMilliseconds;
        RepeatLayout(leg, ref audio);
        leg.SdpVersion--;
        return TryWriteOwn(leg, other, DescriptionKind.Again, ref audio, out length);
    }

    /// <summary>Media lines, once there, stay in their places (RFC 3264 §8).</summary>
    private static void RepeatLayout(Leg leg, ref AudioDescription audio)
    {
        if (leg.HasMedia)
        {
            audio.Layout = leg.Remote.Layout;
            audio.AudioIndex = leg.Remote.AudioIndex;
        }
    }

    /// <summary>Writes the answer to the offer of <paramref name="leg"/> that follows from what <paramref name="answerer"/> answered to us.</summary>
    private bool TryWriteAnswer(Leg leg, Leg answerer, out int length)
    {
        length = 0;
        if (!TryGetAnswer(leg, answerer, out AudioFormatList formats))
        {
            return false;
        }

        AudioDescription audio = OfferAnswer.CreateAnswer(leg.Remote, formats, answerer.Remote.EffectiveDirection, default, default, rtcpMux: false);

        // What the answerer may do through us is what we may do towards the offerer, within what the offer allows.
        audio.Direction = answerer.Remote.EffectiveDirection & OfferAnswer.Reverse(leg.Remote.EffectiveDirection);
        audio.PtimeMilliseconds = answerer.Remote.PtimeMilliseconds;
        audio.MaxPtimeMilliseconds = answerer.Remote.MaxPtimeMilliseconds;
        return TryWriteOwn(leg, answerer, DescriptionKind.Answer, ref audio, out length);
    }

    private bool TryWriteOwn(Leg leg, Leg source, DescriptionKind kind, ref AudioDescription audio, out int length)
    {
        if (leg.Ties is { IsHeld: true })
        {
            // RFC 3264 §8.4: whoever holds goes on sending, and what it sends is music.
            audio.Direction &= MediaDirection.SendOnly;
        }

        SettleEventFormats(leg, source, kind, ref audio);
        if (!TrySecure(leg, kind, ref audio))
        {
            length = 0;
            return false;
        }

        SetOwnAddress(leg, source, kind == DescriptionKind.Answer, ref audio);
        SetTransport(leg, source, kind, ref audio);
        SetOtherMedia(leg, source, kind, ref audio);
        leg.Formats = audio.Formats;
        if (kind == DescriptionKind.Answer)
        {
            ExpectVoice(leg.ForkOf ?? leg, leg.Formats, leg.Remote.Formats);
        }

        if (!Passes(leg, source))
        {
            (leg.ForkOf ?? leg).Media.Latch.IsUntold = false;
        }

        return SdpComposer.TryWrite(_context.PartScratch, out length, new SdpSession(leg.SdpSessionId, leg.SdpVersion++, default), audio);
    }

    /// <summary>What a description of ours says of RTCP, of feedback and of bundling: what this peer has, or its trunk's policy wants, and nothing of the other side's.</summary>
    private void SetTransport(Leg leg, Leg source, DescriptionKind kind, ref AudioDescription audio)
    {
        Leg owner = leg.ForkOf ?? leg;
        audio.Mid = leg.Remote.Mid;
        if (Passes(leg, source))
        {
            audio.RtcpMux = source.Remote.RtcpMux && (kind != DescriptionKind.Answer || leg.Remote.RtcpMux);
            return;
        }

        RtcpMuxPolicy policy = GetRtcpMux(leg);
        if (kind == DescriptionKind.Answer)
        {
            audio.RtcpMux = leg.Remote.RtcpMux && policy >= RtcpMuxPolicy.Accept;
            owner.ToldRtcpMux = audio.RtcpMux;
            owner.Media.Agree(GetTerms(leg.Remote, audio.RtcpMux));
            return;
        }

        // What was agreed on once is offered again.
        audio.RtcpMux = owner.ToldRtcpMux = policy >= RtcpMuxPolicy.Offer || (policy == RtcpMuxPolicy.Accept && owner.Media.Terms.HasFlag(LegTerms.RtcpMux));
        bool wantsFeedback = leg.Trunk?.OffersFeedback ?? _context.Options.AccountsGetFeedback;
        if (leg.Flow.Stream is not LoopbackFlow && (wantsFeedback || leg.Remote.Protocol is SdpProtocol.RtpAvpf or SdpProtocol.RtpSavpf))
        {
            audio.Protocol = audio.IsSecure ? SdpProtocol.RtpSavpf : SdpProtocol.RtpAvpf;
        }
    }

    private NetworkEndpoint GetOwnEndpoint(Leg leg) => GetOwnEndpoint(leg, (leg.ForkOf ?? leg).Media.Port!);

    /// <summary>Where a leg's peer sends to. Media between two calls of ours never leaves the machine, so it needs the address that it is bound to.</summary>
    private NetworkEndpoint GetOwnEndpoint(Leg leg, Transport.Media.MediaPort port) => leg.Flow.Stream is LoopbackFlow ? port.LocalRtp : _context.Networks.GetAdvertised(port);

    /// <summary>The network that a leg's media goes over: its trunk's, else that of the listener which its signalling goes by. Branches of one leg have the ports of the first.</summary>
    private int GetNetwork(Leg leg) => leg.Trunk?.Network is { } name ? _context.Networks.NumberOf(name) : leg.Flow.Local.Network;

    private void StartAnnouncement(Call call, AnnouncementStep step)
    {
        if (_context.Services.Prompts is { } prompts)
        {
            if (prompts.TryGetCached(step.Prompt, out AudioClip? clip))
            {
                Play(call, clip);
                return;
            }

            call.AwaitsPrompt = true;
            _context.Output.FetchPrompt(step.Prompt, call.Handle);
            return;
        }

        OnPromptFailed(call, "no prompt store is configured");
    }

    /// <summary>A prompt that a call waited for is there, or will not come.</summary>
    public void OnPromptReady(SessionHandle handle, AudioClip? clip, string problem)
    {
        if (!_calls.TryGet(handle, out Call? call) || call.State == CallState.Ended)
        {
            return;
        }

        if (!call.AwaitsPrompt)
        {
            OnSoundReady(call, clip, problem);
            return;
        }

        call.AwaitsPrompt = false;
        if (clip is null)
        {
            OnPromptFailed(call, problem);
        }
        else
        {
            Play(call, clip);
        }
    }

    private void OnPromptFailed(Call call, string problem)
    {
        if (call.Plan.Steps[call.StepIndex] is AnnouncementStep step)
        {
            CallLog.PromptFailed(_log, call.Id, step.Prompt.ToString(), problem);
        }

        NoteFailure(call, 500, Q850.TemporaryFailure);
        NextStep(call);
    }

    /// <summary>Answers the caller if need be and plays a clip to it.</summary>
    private void Play(Call call, AudioClip clip)
    {
        Leg caller = call.Caller;
        if (call.State == CallState.Setup && caller.Pending is { IsOutstanding: true, HasBody: true } pending)
        {
            // RFC 3262 §3: no 2xx before the PRACK of a response with SDP.
            call.PendingClip = clip;
            pending.OwesAnswer = true;
            return;
        }

        if (call.State == CallState.Setup && !AnswerByUs(call))
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return;
        }

        // Not before the ACK: without it the caller's description may be missing, and the address in it may be somebody else's.
        call.PendingClip = clip;
        if (!caller.AwaitsAck && !caller.ExpectsAnswerInAck)
        {
            StartPendingClip(call);
        }
    }

    private bool AnswerByUs(Call call)
    {
        Leg caller = call.Caller;
        int length;
        if (call.IsDelayedOffer && !caller.AnsweredReliably)
        {
            if (!TryWriteOwnOffer(caller, out length))
            {
                return false;
            }
        }
        else
        {
            if (!TryWriteOwnAnswer(caller, out length))
            {
                return false;
            }
        }

        AnswerCaller(call, caller.AnsweredReliably ? 0 : length, expectsAnswerInAck: call.IsDelayedOffer && !caller.AnsweredReliably);
        ScheduleTalkTimers(call);
        return true;
    }

    /// <summary>An offer of our own, where nobody else's can be passed on.</summary>
    private bool TryWriteOwnOffer(Leg leg, out int length)
    {
        AudioDescription offer = default;
        offer.Formats = CreateOwnOffer();
        offer.Direction = MediaDirection.SendRecv;
        offer.Protocol = SdpProtocol.RtpAvp;
        return TryWriteOwn(leg, leg, DescriptionKind.Offer, ref offer, out length);
    }

    /// <summary>Our own answer to a leg's offer: the first voice codec in common and telephone-event, so that it is clear what is spoken.</summary>
    private bool TryWriteOwnAnswer(Leg leg, out int length)
    {
        length = 0;
        if (!TryChooseOwn(leg.Remote, out AudioDescription answer))
        {
            return false;
        }

        AudioFormatList chosen = default;
        bool hasVoice = false;
        for (int i = 0; i < answer.Formats.Count; i++)
        {
            if (!answer.Formats[i].IsVoice || !hasVoice)
            {
                chosen.TryAdd(answer.Formats[i], answer.Formats.GetEncodingName(i), answer.Formats.GetParameters(i));
                hasVoice |= answer.Formats[i].IsVoice;
            }
        }

        answer.Formats = chosen;
        leg.Remote.Formats = chosen;
        return TryWriteOwn(leg, leg, DescriptionKind.Answer, ref answer, out length);
    }

    private void StartPendingClip(Call call)
    {
        NoteReady(call);
        JoinPendingRoom(call);
        if (call.PendingClip is { } clip)
        {
            call.PendingClip = null;
            StartClip(call.Caller, clip, loop: false);
        }
    }

    /// <summary>A caller who was already answered hears the ringing from us while the next target rings.</summary>
    private void StartRingback(Call call)
    {
        if (call.State == CallState.Answered && call.Connected is null && !call.Caller.AwaitsAck && !call.Caller.ExpectsAnswerInAck)
        {
            if (call.Control is { Dial.Dial.Ringback: { } media })
            {
                PlayRingback(call, media);
            }
            else
            {
                StartClip(call.Caller, _context.Tones.Ringback, loop: true);
            }
        }
    }

    private void StartClip(Leg leg, AudioClip clip, bool loop)
    {
        if (leg.Media.Port is null)
        {
            // Its media is passed: there is nowhere to play from.
            return;
        }

        if (leg.Media.Audio is not null || !HasG711(leg.Remote.Formats))
        {
            // Its sound is decoded and coded, or it is not G.711 that it wants: the clip is coded for it.
            StopPlayback(leg);
            if (!_media.Play(leg.Media, new ClipSource(clip, loop ? ClipSource.Endless : 1), SourceMode.Exclusive, this) && !loop && leg.Call.State == CallState.Answered && leg.Call.Connected is null)
            {
                NextStep(leg.Call);
            }

            return;
        }

        G711Law law = leg.Remote.Formats.TryFind(AudioCodec.Pcmu, out int pcmu) && (!leg.Remote.Formats.TryFind(AudioCodec.Pcma, out int pcma) || pcmu < pcma) ? G711Law.Pcmu : G711Law.Pcma;
        byte payloadType = law == G711Law.Pcmu ? (byte)0 : (byte)8;
        if (leg.Media.Player.Ssrc == 0)
        {
            ulong random = _context.Identifiers.Next();
            leg.Media.Player.Start(clip, payloadType, law, loop, (uint)random | 1, (ushort)(random >> 32), (uint)(random >> 24), _context.Now);
        }
        else
        {
            leg.Media.Player.Continue(clip, payloadType, law, loop, _context.Now);
        }

        _context.Wheel.Schedule(leg.PlaybackTimer, leg.Media.Player.NextDeadline);
    }

    private void StopPlayback(Leg leg)
    {
        leg.Media.Player.Stop();
        _context.Wheel.Cancel(leg.PlaybackTimer);
        if (leg.Media.Audio?.Source is ClipSource { IsMusic: false })
        {
            _media.StopPlaying(leg.Media);
        }
    }

    void IPlaybackListener.OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed)
    {
        if (completed && leg.Owner is Leg { Call: { State: CallState.Answered, Connected: null } call })
        {
            NextStep(call);
        }
    }

    private static bool HasG711(in AudioFormatList formats) => formats.TryFind(AudioCodec.Pcmu, out _) || formats.TryFind(AudioCodec.Pcma, out _);

    private void OnPlaybackDeadline(Leg leg)
    {
        if (_relay.PlayNext(leg.Media))
        {
            _context.Wheel.Schedule(leg.PlaybackTimer, leg.Media.Player.NextDeadline);
            return;
        }

        if (leg.Call.State == CallState.Answered && leg.Call.Connected is null)
        {
            NextStep(leg.Call);
        }
    }

    /// <summary>How often silence is looked for; zero for never.</summary>
    private TimeSpan GetMediaCheckInterval()
    {
        TimeSpan timeout = _context.Options.MediaTimeout;
        TimeSpan probe = _context.Options.SilentCallProbe;
        return timeout == TimeSpan.Zero || (probe > TimeSpan.Zero && probe < timeout) ? probe : timeout;
    }

    /// <summary>When anything came from a side: its sound, or what it sends beside it, as a fax or a picture.</summary>
    private static Timestamp GetLastHeard(Leg leg) => (leg.ForkOf ?? leg).Streams is { } others ? Later(leg.Media.LastHeard, others.LastHeard) : leg.Media.LastHeard;

    /// <summary>
    /// Both sides silent for the media time-out: the call is dead, whatever signalling says. A side on hold may be silent; whether such a call is still
    /// there is asked by OPTIONS now and then. So it is with media that does not come by.
    /// </summary>
    private void CheckMedia(Call call)
    {
        if (call.State != CallState.Answered)
        {
            return;
        }

        Timestamp heard = GetLastHeard(call.Caller);
        bool mayBeSilent = call.PassesMedia || call.Caller.Remote.IsHold || call.Connected is null;
        if (call.Connected is { } callee)
        {
            heard = Later(heard, GetLastHeard(callee));
            mayBeSilent |= callee.Remote.IsHold;
        }

        TimeSpan timeout = _context.Options.MediaTimeout;
        TimeSpan interval = GetMediaCheckInterval();
        if (!mayBeSilent && timeout > TimeSpan.Zero)
        {
            Timestamp deadline = heard + timeout;
            if (deadline <= _context.Now)
            {
                End(call, CallEndReason.MediaTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
                return;
            }

            call.ProbeAt = default;
            _context.Wheel.Schedule(call.MediaTimer, Timestamp.Min(deadline, _context.Now + interval));
            return;
        }

        if (mayBeSilent)
        {
            call.Caller.Media.LastHeard = _context.Now;
        }

        _context.Wheel.Schedule(call.MediaTimer, _context.Now + interval);
        TimeSpan probe = _context.Options.SilentCallProbe;
        if (probe == TimeSpan.Zero || (!mayBeSilent && heard + probe > _context.Now))
        {
            return;
        }

        bool isDue = call.ProbeAt != default && _context.Now >= call.ProbeAt;
        call.ProbeAt = call.ProbeAt == default || isDue ? _context.Now + probe : call.ProbeAt;
        if (isDue)
        {
            Probe(call);
        }
    }
}
