using MediaCore.Audio.Detection;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.MediaSessions.Events;
using MediaCore.Engine.Signalling;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// DTMF digits and what is heard on a line. Each peer has its digits in the form that the configuration says (<see cref="DigitForm"/>) or the descriptions agree on; where the forms differ they are converted (<see cref="LegDigits"/>).
/// A call whose peers are both <see cref="DigitForm.Auto"/> and that nobody listens to has nothing of this.
/// </summary>
internal sealed partial class BackToBackUserAgent : IDigitListener, ILineListener
{
    /// <summary>The form that holds for a leg's peer.</summary>
    private DigitForm GetDigitForm(Leg leg) => leg.Flow.Stream is LoopbackFlow ? DigitForm.Auto : leg.Trunk?.Digits ?? _context.Options.AccountDigits;

    /// <summary>Telephone events in a description of ours: a peer that is to have them gets them, and one that has its digits in another form does not.</summary>
    private void SettleEventFormats(Leg leg, Leg source, DescriptionKind kind, ref AudioDescription audio)
    {
        DigitForm form = GetDigitForm(leg);
        DigitForm other = ReferenceEquals(leg, source) ? form : GetDigitForm(source);
        if (kind == DescriptionKind.Again || (form == DigitForm.Auto && other == DigitForm.Auto) || leg.Call.PassesMedia)
        {
            return;
        }

        bool has = EventFormats.Has(audio.Formats);
        if (form is DigitForm.Info or DigitForm.InBand)
        {
            audio.Formats = has ? EventFormats.Without(audio.Formats) : audio.Formats;
        }
        else if (kind == DescriptionKind.Offer && !has)
        {
            EventFormats.TryOffer(ref audio.Formats);
        }
        else if (kind == DescriptionKind.Answer && !HasOffered(leg, audio.Formats))
        {
            // What the other side has may be of our own offering there; this one may have offered others.
            audio.Formats = has ? EventFormats.Without(audio.Formats) : audio.Formats;
            EventFormats.TryAnswer(leg.Remote.Formats, ref audio.Formats);
        }
    }

    private static bool HasOffered(Leg leg, in AudioFormatList formats) =>
        formats.TryFind(AudioCodec.TelephoneEvent, out int index) && leg.Remote.Formats.TryFindSame(formats, index, out _);

    /// <summary>Two legs are connected, or what was negotiated with one has changed.</summary>
    private void SettleDigits(Leg first, Leg second)
    {
        MediaLeg one = (first.ForkOf ?? first).Media;
        MediaLeg two = (second.ForkOf ?? second).Media;
        DigitForm firstForm = GetDigitForm(first);
        DigitForm secondForm = GetDigitForm(second);
        LineDetection wanted = first.Call.Control is { Controller: not null } ? LineDetection.Digits : LineDetection.None;
        LineDetection firstDetects = wanted | (first.Trunk?.Detects ?? LineDetection.None);
        LineDetection secondDetects = wanted | (second.Trunk?.Detects ?? LineDetection.None);
        bool isPlain = (firstForm | secondForm) == DigitForm.Auto && (firstDetects | secondDetects) == LineDetection.None && one.Digits is null && two.Digits is null;
        if (isPlain || one.Port is null || two.Port is null)
        {
            return;
        }

        OpenDigits(one, firstForm, firstDetects);
        OpenDigits(two, secondForm, secondDetects);
        one.Digits!.Settle();
        two.Digits!.Settle();
        Watch(first, one, firstDetects);
        Watch(second, two, secondDetects);
    }

    private LegDigits OpenDigits(MediaLeg media, DigitForm form, LineDetection detects)
    {
        LegDigits digits = _media.OpenDigits(media);
        digits.Form = form;
        digits.IsWatched = (detects & LineDetection.Digits) != LineDetection.None;
        digits.Listener = this;
        return digits;
    }

    /// <summary>Lets the taps that a trunk wants hear the leg, the one for answerers from the answer on.</summary>
    private void Watch(Leg leg, MediaLeg media, LineDetection detects)
    {
        LineDetection now = detects & (LineDetection.Talk | LineDetection.Tones);
        now |= leg.State == LegState.Answered && !leg.IsInbound ? detects & LineDetection.Answerer : LineDetection.None;
        LineDetection missing = now & ~leg.Watched;
        if (missing != LineDetection.None && _media.TapSaid(media, new LineTap(media, this, missing, _context.Options.Country)))
        {
            leg.Watched |= missing;
        }
    }

    /// <summary>Takes an INFO that is a digit and that the other party does not get as it is; false: it is relayed.</summary>
    private bool TryTakeDigit(Leg leg, Leg other, SipMessage request, in Flow flow)
    {
        if (!DigitInfo.TryRead(request, out DigitInfo info))
        {
            return false;
        }

        MediaLeg media = (leg.ForkOf ?? leg).Media;
        DigitForm form = GetDigitForm(other);
        bool isForeign = form == DigitForm.Rtp || (form == DigitForm.Auto && GetDigitForm(leg) == DigitForm.Info);
        bool isEvents = isForeign && other.HasMedia && other.Formats.TryFind(AudioCodec.TelephoneEvent, out _) && other.Remote.Formats.TryFind(AudioCodec.TelephoneEvent, out _);
        bool isMasked = media.Digits is { Mask: not DigitMask.None };
        bool isConverted = media is { Port: not null, Peer: not null } && (isEvents || form == DigitForm.InBand);
        if (!isConverted && !isMasked)
        {
            media.Digits?.Note(info.Digit, info.Milliseconds, DigitOrigin.Info, _context.Now);
            return false;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return true;
        }

        // Opened here where it is the first: a call without INFO has none.
        LegDigits digits = media.Digits ?? OpenDigits(media, GetDigitForm(leg), leg.Trunk?.Detects ?? LineDetection.None);
        digits.OnReceived(info.Digit, info.Milliseconds, DigitOrigin.Info, _context.Now);
        _transactions.RespondEmpty(transaction, 200, leg.Dialog.LocalTag);
        return true;
    }

    /// <inheritdoc/>
    void IDigitListener.OnDigit(MediaLeg leg, char digit, bool isSecret, int milliseconds, DigitOrigin origin)
    {
        char told = isSecret ? '\0' : digit;
        if (leg.Owner is Leg { Trunk.Detects: var detects } owner && (detects & LineDetection.Digits) != LineDetection.None)
        {
            (owner.Line ??= new LineNotes()).Add(told);
        }

        Publish(leg, new MediaEventDraft(MediaEventKind.Digit) { Digit = told, Milliseconds = milliseconds, Origin = origin });
        if (leg.Owner is Leg { Call: { Control: { Controller: not null } control, State: not CallState.Ended } } typist)
        {
            TakeDigit(typist, control, digit);
            if (!isSecret && origin != DigitOrigin.InBand)
            {
                PassOverBridge(typist, digit, milliseconds);
            }
        }
    }

    /// <inheritdoc/>
    bool IDigitListener.SendInfo(MediaLeg leg, char digit, int milliseconds)
    {
        if (leg.Owner is not Leg { State: LegState.Answered or LegState.Inviting, HungUp: false, Dialog.RemoteTag.IsEmpty: false } owner || owner.Call.State == CallState.Ended)
        {
            return false;
        }

        ReopenFlow(owner);
        var sent = new DigitRequest(this, owner);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = owner.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Info, cseq, sent, owner.Flow, branch) is not { } transaction)
        {
            return false;
        }

        transaction.Trunk = owner.Trunk;
        SipWriter writer = BeginRequest(owner, SipMethod.Info, cseq, branch, 70, out int branchOffset);
        Span<byte> body = stackalloc byte[DigitLimits.MaxInfoBytes];
        int length = new DigitInfo(digit, milliseconds).Write(body);
        FinishRequest(ref writer, owner, SipMethod.Info, DigitInfo.MediaType, body[..length]);
        owner.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
        return true;
    }

    /// <summary>The transaction of an INFO of ours with a digit is over: the call no longer waits for it.</summary>
    internal void OnDigitRequestEnded(Leg leg)
    {
        leg.OpenRequests--;
        Release(leg.Call);
    }

    /// <inheritdoc/>
    void ILineListener.OnTalk(MediaLeg leg, bool isTalking) => Publish(leg, new MediaEventDraft(isTalking ? MediaEventKind.TalkStarted : MediaEventKind.TalkStopped));

    /// <inheritdoc/>
    void ILineListener.OnTone(MediaLeg leg, LineTone tone)
    {
        if (leg.Owner is Leg owner)
        {
            (owner.Line ??= new LineNotes()).Add(tone);
        }

        Publish(leg, new MediaEventDraft(MediaEventKind.Tone) { Tone = tone });
    }

    /// <inheritdoc/>
    void ILineListener.OnAnswerer(MediaLeg leg, AnswererVerdict verdict, int milliseconds)
    {
        if (leg.Owner is Leg owner)
        {
            (owner.Line ??= new LineNotes()).Answerer = verdict;
        }

        Publish(leg, new MediaEventDraft(MediaEventKind.Answerer) { Answerer = verdict, Milliseconds = milliseconds });
    }

    private void Publish(MediaLeg leg, in MediaEventDraft draft)
    {
        if (leg.Owner is not Leg owner)
        {
            return;
        }

        // Digits may be secret even where nobody said so: no log has them.
        CallLog.MediaHappened(_log, owner.Call.Id, owner.Index, draft.Kind, draft.Tone, draft.Answerer, draft.Milliseconds);
        if (WantsEvents)
        {
            Publish(owner.Call, Describe(GetLegId(owner), draft));
        }
    }

    private static CallEvent Describe(string legId, in MediaEventDraft draft) => draft.Kind switch
    {
        MediaEventKind.Digit => new DigitReceived { LegId = legId, Digit = draft.Digit, Milliseconds = draft.Milliseconds, Origin = draft.Origin },
        MediaEventKind.TalkStarted => new TalkStarted { LegId = legId },
        MediaEventKind.TalkStopped => new TalkStopped { LegId = legId },
        MediaEventKind.Tone => new ToneDetected { LegId = legId, Tone = draft.Tone },
        _ => new AnswererDetected { LegId = legId, Verdict = draft.Answerer, Milliseconds = draft.Milliseconds },
    };

    private readonly record struct MediaEventDraft(MediaEventKind Kind)
    {
        public char Digit { get; init; }

        public DigitOrigin Origin { get; init; }

        public int Milliseconds { get; init; }

        public LineTone Tone { get; init; }

        public AnswererVerdict Answerer { get; init; }
    }
}
