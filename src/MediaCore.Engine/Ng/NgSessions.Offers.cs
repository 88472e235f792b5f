using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>Offers and answers (RFC 3264): who is meant, which ports, and what is agreed on with each side.</summary>
internal sealed partial class NgSessions
{
    private NgDictionary Offer(NgRequest request)
    {
        if (request.FromTag is null)
        {
            return NgAnswers.Error("No from-tag in message");
        }

        if (Parse(request) is { } problem)
        {
            return NgAnswers.Error(problem);
        }

        if (request.Has(NgFlags.LoopProtect) && _rewriter.IsOurs(_description))
        {
            return Describe(request.Sdp);
        }

        if (!_sessions.TryGetValue(request.CallId, out NgSession? session))
        {
            if (_context.IsDraining)
            {
                return NgAnswers.LoadLimit(request, "Shutting down, no new sessions are taken", CommandStatus.Unavailable);
            }

            if (TotalSessions >= _maxSessions)
            {
                _context.Statistics.NgRejected++;
                return NgAnswers.LoadLimit(request, "Parallel session limit reached", CommandStatus.ResourceExhausted);
            }

            session = new NgSession(this, request.CallId, _context.WallClock, _context.Now);
            _sessions.Add(request.CallId, session);
            _context.Statistics.NgSessionsStarted++;
            _context.Statistics.NgSessions = _sessions.Count;
            _context.Statistics.MediaRelaySessions += session.IsMediaRelay ? 1 : 0;
        }

        NgDictionary answer = Offer(session, request);
        if (NgAnswers.IsOk(answer))
        {
            // An offer brings a session back that waits for its deletion: a call that failed at one target goes on to the next.
            session.EndsAt = Timestamp.Never;
            Touch(session);
        }

        if (session.Parties.Count == 0)
        {
            End(session, NgSessionEnd.Deleted);
        }
        else
        {
            Watch(session);
        }

        return answer;
    }

    private NgDictionary Offer(NgSession session, NgRequest request)
    {
        for (int i = 0; i < _description.MediaCount; i++)
        {
            if (!Admits(_description.GetMedia(i), request, out string? refusal))
            {
                return NgAnswers.Error(refusal!);
            }
        }

        int known = session.Parties.Count;
        NgParty? from = session.Find(request.FromTag) ?? AddParty(session, request.FromTag, null, isOfferer: known == 0);
        NgParty? to = from is null ? null : FindOffered(session, from, request);
        if (from is null || to is null)
        {
            Undo(session, known);
            return NgAnswers.Error("Too many branches", CommandStatus.ResourceExhausted);
        }

        Mark(session, request);
        Drop(from);
        Drop(to);
        NgDictionary answer = TryDraft(session, from, to, request) ? Tell(to, from, request, isOffer: true) : NgAnswers.Error("Ran out of ports", CommandStatus.ResourceExhausted);
        if (!NgAnswers.IsOk(answer))
        {
            Drop(from);
            Drop(to);
            Undo(session, known);
            return answer;
        }

        if (request.ToTag is { Length: > 0 } tag)
        {
            to.Tag ??= tag;
        }

        from.Label = request.SetLabel ?? request.Label ?? from.Label;
        from.Mask = request.Has(NgFlags.BlockDtmf) ? request.Mask : from.Mask;
        session.IsToBeRecorded |= request.Has(NgFlags.RecordCall);
        from.Counterpart = to;
        to.Counterpart = from;
        Propose(from, hasOffered: true);
        Propose(to, hasOffered: false);
        return answer;
    }

    /// <summary>Writes what a party gets to see, and keeps which formats it was told.</summary>
    private NgDictionary Tell(NgParty to, NgParty from, NgRequest request, bool isOffer)
    {
        List<NgStream> streams = isOffer ? to.Drafts : to.Streams;
        if (request.AddressFamily != 0 && streams.Exists(s => s.Leg.Port is { } port && port.LocalRtp.IsIPv6 != (request.AddressFamily == 6)))
        {
            // Its ports have another family already, or there are none of this one.
            request.Warn("ignored: address-family");
        }

        ReadOnlySpan<byte> text = _rewriter.Write(_description, request, to, from, isOffer, GetLocal);
        NgDictionary answer = Describe(text);
        byte[] written = text.ToArray();
        if (_written.TryParse(written, 0, written.Length))
        {
            for (int i = 0; i < Math.Min(_written.MediaCount, streams.Count); i++)
            {
                streams[i].Local = ReadFormats(_written.GetMedia(i));
            }
        }

        return answer;
    }

    private NgDictionary Answer(NgRequest request)
    {
        if (request.FromTag is null || request.ToTag is null)
        {
            return NgAnswers.Error(request.FromTag is null ? "No from-tag in message" : "No to-tag in message");
        }

        if (Parse(request) is { } problem)
        {
            return NgAnswers.Error(problem);
        }

        if (request.Has(NgFlags.LoopProtect) && _rewriter.IsOurs(_description))
        {
            return Describe(request.Sdp);
        }

        if (!_sessions.TryGetValue(request.CallId, out NgSession? session))
        {
            return NgAnswers.Error("Unknown call-id", CommandStatus.NotFound);
        }

        if (session.Find(request.FromTag) is not { } offerer)
        {
            return NgAnswers.Error("Unknown from-tag", CommandStatus.NotFound);
        }

        if (FindAnswerer(session, offerer, request) is not { } answerer)
        {
            return NgAnswers.Error("There is no offer to be answered by this to-tag", CommandStatus.FailedPrecondition);
        }

        NgDictionary answer = Answer(session, offerer, answerer, request);
        if (NgAnswers.IsOk(answer))
        {
            session.EndsAt = Timestamp.Never;
            Touch(session);
        }

        Watch(session);
        return answer;
    }

    private NgDictionary Answer(NgSession session, NgParty offerer, NgParty answerer, NgRequest request)
    {
        List<NgStream> answered = answerer is { Drafts.Count: > 0, HasOffered: false } ? answerer.Drafts : answerer.Streams;
        for (int i = 0; i < Math.Min(_description.MediaCount, answered.Count); i++)
        {
            SdpMedia media = _description.GetMedia(i);
            if (media.Port != 0 && answered[i] is { Leg.Port: not null, IsRtp: true } theirs && !HasKeys(theirs, media))
            {
                return NgAnswers.Error("The answer has no SRTP key that goes with the offer");
            }
        }

        // A repeated answer, or one that crosses another offer, has no drafts of its own.
        Commit(offerer, hasOffered: true);
        Commit(answerer, hasOffered: false);
        session.IsToBeRecorded |= request.Has(NgFlags.RecordCall);
        answerer.Label = request.SetLabel ?? request.Label ?? answerer.Label;
        int count = Math.Min(_description.MediaCount, Math.Min(offerer.Streams.Count, answerer.Streams.Count));
        for (int i = 0; i < count; i++)
        {
            Connect(offerer.Streams[i], answerer.Streams[i], _description.GetMedia(i), request, isFork: session.Parties.Count > 2);
        }

        // The declined lines of a shorter answer.
        for (int i = count; i < answerer.Streams.Count; i++)
        {
            Close(answerer.Streams[i]);
        }

        Leave(offerer, answerer);
        Leave(answerer, offerer);
        offerer.Peer = answerer;
        answerer.Peer = offerer;
        session.IsAnswered = true;
        NgDictionary answer = Tell(offerer, answerer, request, isOffer: false);
        for (int i = 0; i < count; i++)
        {
            // An offerer sends what it was answered with, not what it would have liked best.
            Measure(offerer.Streams[i], offerer.Streams[i].Local);
            Settle(offerer.Streams[i], answerer.Streams[i]);
        }

        ApplyBlock(offerer);
        ApplyBlock(answerer);
        SettleDigits(offerer, request, isDescriber: false);
        SettleDigits(answerer, request, isDescriber: true);
        SettleRecording(session, request);
        return answer;
    }

    /// <summary>A party talks to another one from now on: the one before is heard no more and hears no more, not by a single line.</summary>
    private static void Leave(NgParty party, NgParty next)
    {
        if (party.Peer is not { } former || ReferenceEquals(former, next))
        {
            return;
        }

        for (int i = 0; i < Math.Min(party.Streams.Count, former.Streams.Count); i++)
        {
            MediaLeg.Separate(party.Streams[i].Leg, former.Streams[i].Leg);
        }

        former.Peer = ReferenceEquals(former.Peer, party) ? null : former.Peer;
    }

    private void Connect(NgStream offerer, NgStream answerer, SdpMedia media, NgRequest request, bool isFork)
    {
        if (offerer.Leg.Port is null || answerer.Leg.Port is null)
        {
            return;
        }

        if (media.Port == 0)
        {
            // Declined. Another branch may still want the offerer's.
            Close(answerer);
            if (!isFork)
            {
                Close(offerer);
            }

            return;
        }

        if (answerer.IsRtp)
        {
            TakeKeys(answerer, media);
        }

        SdpProtocol protocol = answerer.Protocol;
        Note(answerer, media, request, isOffer: false);
        answerer.Protocol = protocol;
        Enforce(answerer);
        answerer.IsMuxed = answerer.WasOfferedMux && answerer.HasMux;
        offerer.IsMuxed = offerer.HasMux && !request.Has(NgFlags.MuxReject)
            && (answerer.HasMux || request.Has(NgFlags.MuxAccept | NgFlags.MuxRequire) || !answerer.WasOfferedMux);
        Expect(offerer, isSamePeer: true);
        Expect(answerer, isSamePeer: false);
        AnswerKeys(offerer);
        AnswerCodecs(offerer, answerer, request);
        MediaLeg.Bridge(offerer.Leg, answerer.Leg);
        offerer.Leg.Agree(GetTerms(offerer));
        answerer.Leg.Agree(GetTerms(answerer));
        MediaLeg.Answer(offerer.Leg, answerer.Leg, _context.Now);
    }

    private static LegTerms GetTerms(NgStream stream)
    {
        MediaDirection direction = stream.Signalled.IsUnspecified ? stream.Direction & MediaDirection.SendOnly : stream.Direction;
        return (direction.HasFlag(MediaDirection.SendOnly) ? LegTerms.MaySend : LegTerms.None)
            | (direction.HasFlag(MediaDirection.RecvOnly) ? LegTerms.MayReceive : LegTerms.None)
            | (stream.IsMuxed ? LegTerms.RtcpMux : LegTerms.None)
            | (stream.Protocol is SdpProtocol.RtpAvpf or SdpProtocol.RtpSavpf ? LegTerms.Feedback : LegTerms.None);
    }

    /// <summary>What a description says about a stream of its sender's.</summary>
    private static void Note(NgStream stream, SdpMedia media, NgRequest request, bool isOffer)
    {
        stream.Kind = System.Text.Encoding.Latin1.GetString(media.KindToken);
        stream.Protocol = media.Protocol;
        stream.IsOfferer = isOffer;
        stream.Direction = media.Port == 0 ? MediaDirection.Inactive : media.Direction;
        stream.HasMux = media.HasRtcpMux;
        media.TryGetRtpEndpoint(out NetworkEndpoint rtp);
        media.TryGetRtcpEndpoint(out NetworkEndpoint rtcp);
        if (request.Has(NgFlags.SipSourceAddress) && !request.Has(NgFlags.TrustAddress) && request.ReceivedFrom.HasAddress && !rtp.IsUnspecified)
        {
            rtp = request.ReceivedFrom.WithPort(rtp.Port);
            rtcp = request.ReceivedFrom.WithPort(rtcp.Port);
        }

        stream.Remote = ReadFormats(media);
        stream.Signalled = rtp;
        stream.SignalledRtcp = rtcp;
        stream.Ways = request.Flags & WayFlags;
        stream.IsPierced = request.Has(NgFlags.PierceNat);
        stream.SaidMilliseconds = media.PtimeMilliseconds;
        for (int i = 0; i < media.FormatCount; i++)
        {
            if (media.TryGetPayloadType(i, out byte payloadType) && media.TryGetRtpMap(payloadType, out RtpMap map))
            {
                stream.ClockRateHz = map.ClockRateHz;
                break;
            }
        }

        stream.SignalsFrom = request.ReceivedFrom;
        stream.IsNew = true;
    }

    /// <summary>From now on the stream is expected where its description says; what went before an answer was only noted. Another fork may answer at the ports of one that has.</summary>
    private static void Expect(NgStream stream, bool isSamePeer)
    {
        if (!stream.Signalled.HasAddress || stream.Signalled.IsUnspecified)
        {
            return;
        }

        stream.Leg.Expect(stream.Signalled, stream.IsMuxed ? stream.Signalled : stream.SignalledRtcp, isSamePeer);
    }

    private string? Parse(NgRequest request) =>
        request.Sdp.Length == 0 ? "No SDP body in message"
        : !_description.TryParse(request.Sdp, 0, request.Sdp.Length) ? "Failed to parse SDP"
        : _description.MediaCount == 0 ? "No media in SDP"
        : null;

    /// <summary>Streams that can be carried at all; others make the whole description unusable, since one side would speak what the other cannot.</summary>
    private static bool Admits(SdpMedia media, NgRequest request, out string? refusal)
    {
        refusal = null;
        if (media.Port == 0)
        {
            return true;
        }

        if (media.Protocol is SdpProtocol.UdpTlsRtpSavp or SdpProtocol.UdpTlsRtpSavpf)
        {
            refusal = "DTLS-SRTP is not supported";
        }
        else if (media.Protocol is SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf && FilterKeys(media, request).Count == 0)
        {
            refusal = "No usable SRTP key in SDP";
        }

        return refusal is null;
    }

    private static bool IsRtp(SdpProtocol protocol) => protocol is SdpProtocol.RtpAvp or SdpProtocol.RtpAvpf or SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf;

    /// <summary>Over UDP at a port of its own; streams over TCP cannot be relayed and are declined.</summary>
    private static bool IsRelayable(SdpMedia media) => !System.Text.Ascii.EqualsIgnoreCase(media.ProtocolToken[..Math.Min(3, media.ProtocolToken.Length)], "TCP"u8);

    /// <summary>Whom an offer goes to.</summary>
    private NgParty? FindOffered(NgSession session, NgParty from, NgRequest request)
    {
        if (request.ToTag is { Length: > 0 } tag)
        {
            if (session.Find(tag) is { } known && !ReferenceEquals(known, from))
            {
                return known;
            }

            if (from.Counterpart is { Tag: null } untagged)
            {
                return untagged;
            }

            return AddParty(session, tag, request.ViaBranch, isOfferer: false);
        }

        if (request.ViaBranch is { Length: > 0 } branch)
        {
            return session.Parties.FirstOrDefault(p => !ReferenceEquals(p, from) && p.ViaBranch == branch) ?? AddParty(session, null, branch, isOfferer: false);
        }

        // The same offer once more, or one to the next target.
        return from.Counterpart is { Tag: null, ViaBranch: null } waiting ? waiting : AddParty(session, null, null, isOfferer: false);
    }

    /// <summary>Whose answer it is: the one with the tag, else the branch, else whoever was offered last and has not answered, else a fork that answers at the ports of one that has.</summary>
    private static NgParty? FindAnswerer(NgSession session, NgParty offerer, NgRequest request)
    {
        string tag = request.ToTag!;
        if (session.Find(tag) is { } known)
        {
            return ReferenceEquals(known, offerer) ? null : known;
        }

        NgParty? found = request.ViaBranch is { Length: > 0 } branch ? session.Parties.FirstOrDefault(p => p.ViaBranch == branch && !ReferenceEquals(p, offerer)) : null;
        found ??= offerer.Counterpart;
        if (found is null)
        {
            return null;
        }

        if (found.Tag is null)
        {
            found.Tag = tag;
        }
        else if (found.Aliases.Count < NgLimits.MaxAliases)
        {
            found.Aliases.Add(tag);
        }

        return found;
    }

    private NgParty? AddParty(NgSession session, string? tag, string? branch, bool isOfferer)
    {
        if (session.Parties.Count >= NgLimits.MaxParties)
        {
            return null;
        }

        NgParty party = new() { Tag = tag, ViaBranch = branch, IsOfferer = isOfferer, CreatedAt = _context.WallClock };
        session.Parties.Add(party);
        return party;
    }

    /// <summary>An offer that failed leaves nobody behind whom it brought.</summary>
    private void Undo(NgSession session, int known)
    {
        while (session.Parties.Count > known)
        {
            Remove(session, session.Parties[^1]);
        }
    }

    private static NgDictionary Describe(ReadOnlySpan<byte> description)
    {
        if (description.IsEmpty)
        {
            return NgAnswers.Error("The description is too long");
        }

        NgDictionary answer = NgAnswers.Ok();
        answer["sdp"] = System.Text.Encoding.Latin1.GetString(description);
        return answer;
    }
}
