using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// REFER (RFC 3515): the one who transfers leaves, the one who stays takes the caller's place (<see cref="Call.SwapRoles"/>), and the new party is dialled as
/// any target is. Until it answers, nothing changes between the two; if nobody answers, nothing has changed.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Plan of an attended transfer: the one thing to dial is our own other call.</summary>
    private static readonly RoutePlan s_replacement = new() { Steps = [new DialStep([new ReplacedDialog()], Parallel: false, TimeSpan.FromSeconds(20))] };

    private sealed record ReplacedDialog : DialTarget;

    private void OnRefer(Leg leg, SipMessage request, in Flow flow)
    {
        if (!TryAskController(leg, request, flow) && !TryAskTransfer(leg, request, flow))
        {
            HandleRefer(leg, request, flow, GetTransferPolicy(leg), opened: null, command: null);
        }
    }

    /// <summary>Does what a REFER asks for, or refuses it.</summary>
    /// <param name="leg">Who asks.</param>
    /// <param name="request">The REFER.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="policy">What the party may do.</param>
    /// <param name="opened">Its transaction, where it was kept for the call's controller; null for one that has just come.</param>
    /// <param name="command">The command that accepts it; null for none.</param>
    private void HandleRefer(Leg leg, SipMessage request, in Flow flow, TransferPolicy policy, ServerTransaction? opened, OpenCommand? command)
    {
        Call call = leg.Call;
        Leg? staying = GetOther(leg);
        bool isTalking = call.State == CallState.Answered && leg.State == LegState.Answered && (leg.IsCaller || ReferenceEquals(call.Connected, leg));
        int refusal = policy == TransferPolicy.Refuse ? 403
            : !isTalking || staying is not { State: LegState.Answered } ? 480
            : call.Transfer is { IsOpen: true } || call.ReInviteFrom is not null ? 491
            : 0;
        Span<byte> replacesBytes = stackalloc byte[EngineLimits.MaxReplacesBytes];
        int replacesLength = 0;
        SipUri target = default;
        if (refusal == 0)
        {
            refusal = ReadReferTo(request, out target, replacesBytes, out replacesLength);
        }

        if (refusal != 0)
        {
            CountTransfer(replacesLength > 0 ? TransferKind.Attended : TransferKind.Blind, TransferResult.Refused);
            if (opened is not null)
            {
                _transactions.RespondEmpty(opened, refusal, leg.Dialog.LocalTag);
            }
            else
            {
                _transactions.RespondStateless(request, flow, refusal, default);
            }

            return;
        }

        if (policy == TransferPolicy.Pass && replacesLength == 0 && command is null)
        {
            CountTransfer(TransferKind.Blind, TransferResult.Passed);
            Relay(leg, request, flow, opened);
            return;
        }

        if ((opened ?? _transactions.Open(request, flow)) is not { } transaction)
        {
            return;
        }

        if (request.TryGetContact(out NameAddress contact) && !contact.IsWildcard && SetTarget(leg, contact.Uri))
        {
            FollowTarget(leg);
        }

        bool silent = request.TryGetHeader("Refer-Sub"u8, out ReadOnlySpan<byte> subscription) && System.Text.Ascii.EqualsIgnoreCase(subscription[..Math.Min(5, subscription.Length)], "false"u8);
        AcceptRefer(transaction, leg, silent);

        Span<byte> user = stackalloc byte[256];
        int userLength = target.User.Length > user.Length ? 0 : Math.Max(0, target.UnescapeUser(user));
        ReadOnlySpan<byte> replaces = replacesBytes[..replacesLength];
        SessionHandle replaced = default;
        bool isKnown = replacesLength == 0
            || (ReplacesHeader.TryParse(replaces, out ReplacesHeader dialog) && _context.Sessions.TryGet(SessionKey.From(dialog.CallId, dialog.ToTag), out replaced));
        var transfer = new Transfer(this, call, leg, replacesLength > 0 ? TransferKind.Attended : TransferKind.Blind)
        {
            Target = Clip(user[..userLength]),
            Command = command,
            Subscription = silent ? null : new ReferSubscription(this, call, leg, transaction.CSeq),
            Replaces = replaces.ToArray(),
            ReplacedShard = replaced.Shard,
        };
        Begin(transfer, staying!, target.User);
        Notify(transfer, 100);
        if (!isKnown)
        {
            FailTransfer(transfer, 481, Q850.TemporaryFailure);
            return;
        }

        RoutePlan plan = replacesLength > 0 ? s_replacement : RouteTransfer(leg, user[..userLength]);
        if (plan.RejectStatus != 0 || plan.Steps.IsEmpty)
        {
            int status = plan.RejectStatus == 0 ? 404 : plan.RejectStatus;
            FailTransfer(transfer, status, plan.RejectCause == 0 ? Q850.FromStatus(status) : plan.RejectCause);
            return;
        }

        call.FirstNumber ??= call.Plan.Number;
        call.Plan = plan;
        call.StepIndex = 0;
        StartStep(call);
    }

    /// <summary>202: the transferring party will be told what becomes of it, unless it does not want to be.</summary>
    private void AcceptRefer(ServerTransaction transaction, Leg leg, bool isSilent)
    {
        SipWriter writer = transaction.BeginResponse(_context.Scratch, 202, leg.Dialog.LocalTag);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.Raw(isSilent ? "Refer-Sub: false\r\n"u8 : default);
        FinishResponse(ref writer, leg, SipMethod.Refer, 202, 0);
        _transactions.Respond(transaction, 202, writer);
    }

    /// <summary>Reads Refer-To: a SIP or tel URI for INVITE, perhaps with the dialog to replace; 0, or the status that refuses it.</summary>
    private static int ReadReferTo(SipMessage request, out SipUri target, scoped Span<byte> replaces, out int replacesLength)
    {
        replacesLength = 0;
        target = default;
        if (!request.TryGetHeader(SipHeaderName.ReferTo, out ReadOnlySpan<byte> value) || !NameAddress.TryParse(value, out NameAddress address) || !SipUri.TryParse(address.Uri, out target))
        {
            return 400;
        }

        if (target.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips or SipUriScheme.Tel))
        {
            return 416;
        }

        if (target.TryGetParameter("method"u8, out ReadOnlySpan<byte> method) && !method.SequenceEqual("INVITE"u8))
        {
            // RFC 3515 §2.4.2: what we will not do for a stranger's wish is declined.
            return 603;
        }

        ReadOnlySpan<byte> headers = target.Headers;
        while (!headers.IsEmpty)
        {
            int end = headers.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? headers : headers[..end];
            headers = end < 0 ? default : headers[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (equals == 8 && System.Text.Ascii.EqualsIgnoreCase(pair[..equals], "Replaces"u8))
            {
                if (replacesLength > 0 || !TryUnescape(pair[(equals + 1)..], replaces, out replacesLength) || !ReplacesHeader.TryParse(replaces[..replacesLength], out _))
                {
                    replacesLength = 0;
                    return 400;
                }
            }
        }

        return target.User.IsEmpty && replacesLength == 0 ? 404 : 0;
    }

    /// <summary>Undoes the escapes of a URI header; false when it does not fit or holds a control character.</summary>
    private static bool TryUnescape(scoped ReadOnlySpan<byte> text, scoped Span<byte> destination, out int length)
    {
        length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            if (value == (byte)'%' && i + 2 < text.Length && System.Buffers.Text.Utf8Parser.TryParse(text.Slice(i + 1, 2), out byte escaped, out int used, 'x') && used == 2)
            {
                value = escaped;
                i += 2;
            }

            if (length == destination.Length || value is < 0x20 or 0x7f)
            {
                return false;
            }

            destination[length++] = value;
        }

        return length > 0;
    }

    /// <summary>The one who stays takes the caller's place, and what is dialled from now on is dialled for it.</summary>
    private static void Begin(Transfer transfer, Leg staying, ReadOnlySpan<byte> user)
    {
        Call call = transfer.Call;
        if (!staying.IsCaller)
        {
            transfer.IsReferrerHidden = transfer.Referrer.Index == 0 && call.Identities is { IsPrivate: true };
            call.SwapRoles();
            RememberStaying(call, staying);

            // What was asserted of the one who called is not true of the one who stays.
            call.Identities = null;
        }

        call.Transfer = transfer;
        call.Attempts = call.BestStatus = call.BestCause = 0;
        call.BestContacts = [];
        call.CalledUser.Set(user.Length <= Call.MaxCalledUserBytes ? user : default);
    }

    /// <summary>From of the legs to come: the staying party's user at our host.</summary>
    private static void RememberStaying(Call call, Leg staying)
    {
        Span<byte> address = stackalloc byte[Call.MaxCallerAddressBytes];
        var writer = new SipWriter(address);
        writer.Raw("<sip:"u8);
        ReadOnlySpan<byte> user = GetPeerUser(staying);
        writer.Raw(user.IsEmpty ? "anonymous"u8 : user);
        writer.Raw("@"u8);
        writer.Raw(staying.Flow.Local.Host);
        writer.Raw(">"u8);
        call.CallerAddress.Set(writer.Overflowed ? default : writer.Written);
    }

    /// <summary>User part of a party's address, as its dialog with us has it; empty when there is none, or an absurdly long one.</summary>
    private static ReadOnlySpan<byte> GetPeerUser(Leg leg) =>
        NameAddress.TryParse(leg.Dialog.RemoteAddress, out NameAddress address) && SipUri.TryParse(address.Uri, out SipUri uri) && uri.User.Length <= 128 ? uri.User : default;

    /// <summary>The plan for the new party: what the transferring party would get if it dialled by itself, no more (AC-30).</summary>
    private RoutePlan RouteTransfer(Leg referrer, ReadOnlySpan<byte> called)
    {
        Span<byte> caller = stackalloc byte[128];
        int length = 0;
        if (NameAddress.TryParse(referrer.Dialog.RemoteAddress, out NameAddress address) && SipUri.TryParse(address.Uri, out SipUri uri) && uri.User.Length <= caller.Length)
        {
            length = Math.Max(0, uri.UnescapeUser(caller));
        }

        return _context.Services.Policy.Route(new RouteRequest
        {
            Called = called,
            Caller = caller[..length],
            Source = referrer.Flow.Remote,
            InboundTrunk = FindTrunk(referrer),
            Account = referrer.PeerIsTrunk ? null : referrer.Peer,
        });
    }

    private TransferPolicy GetTransferPolicy(Leg leg) =>
        leg.Flow.Stream is LoopbackFlow ? TransferPolicy.Refuse
        : FindTrunk(leg) is { } trunk ? trunk.Transfers
        : leg is { PeerIsTrunk: false, Peer: not null } ? _context.Options.AccountTransfers
        : TransferPolicy.Refuse;

    /// <summary>The trunk at the other end of a leg; null for accounts and strangers.</summary>
    private static Trunk? FindTrunk(Leg leg) => leg.PeerIsTrunk ? leg.Trunk : null;

    /// <summary>Dials our own other call: an INVITE with Replaces that no network sees (RFC 3891).</summary>
    private bool DialReplaced(Call call)
    {
        if (call.Transfer is not { IsOpen: true } transfer)
        {
            return false;
        }

        Leg referrer = transfer.Referrer;
        ListenerIdentity local = referrer.Flow.Local;
        (string? peer, bool peerIsTrunk) = transfer.InNameOf ?? (referrer.Peer, referrer.PeerIsTrunk);
        var flow = new Flow(local, local.Local, new LoopbackFlow(_context.Index, transfer.ReplacedShard, peer, peerIsTrunk));
        var uri = new SipWriter(_context.PartScratch);
        uri.Raw("sip:mediacore@"u8);
        uri.Raw(local.HostPort);
        return Invite(call, flow, uri.Written, uri.Written, peer: null, trunk: null);
    }

    /// <summary>Headers of an INVITE that a transfer causes: by whom (RFC 3892), and in place of which dialog.</summary>
    private static void WriteTransferHeaders(ref SipWriter writer, Leg leg)
    {
        if (leg.Call.Transfer is not { IsOpen: true } transfer)
        {
            return;
        }

        ReadOnlySpan<byte> user = GetPeerUser(transfer.Referrer);
        if (!user.IsEmpty && !transfer.IsReferrerHidden)
        {
            writer.HeaderStart(SipHeaderName.ReferredBy);
            writer.Raw("<sip:"u8);
            writer.Raw(user);
            writer.Raw("@"u8);
            writer.Raw(leg.Flow.Local.Host);
            writer.Raw(">"u8);
            writer.EndLine();
        }

        if (leg.Flow.Stream is LoopbackFlow)
        {
            writer.Header(SipHeaderName.Replaces, transfer.Replaces);
            writer.Header(SipHeaderName.Require, "replaces"u8);
        }
    }

    /// <summary>Refer-To of a REFER that is passed on: the same user, at our address; where the asking party would have sent it is its own affair.</summary>
    private static void WriteReferTo(ref SipWriter writer, SipMessage request, Leg other)
    {
        if (request.TryGetHeader(SipHeaderName.ReferTo, out ReadOnlySpan<byte> value) && NameAddress.TryParse(value, out NameAddress address) && SipUri.TryParse(address.Uri, out SipUri uri))
        {
            writer.HeaderStart(SipHeaderName.ReferTo);
            writer.Raw("<sip:"u8);
            writer.Raw(uri.User);
            writer.Raw("@"u8);
            writer.Raw(other.Flow.Local.HostPort);
            writer.Raw(other.Flow.Local.UriParameters);
            writer.Raw(">"u8);
            writer.EndLine();
        }
    }

    /// <summary>Tells the transferring party how far it is, and those who listen.</summary>
    private void Notify(Transfer transfer, int status)
    {
        NoteTransfer(transfer.Referrer, transfer.Kind, status);
        transfer.Subscription?.Tell(status);
    }

    /// <summary>Nobody answered: the two talk on, or, if the transferring party has left already, the call is over.</summary>
    private void FailTransfer(Transfer transfer, int status, int cause)
    {
        Call call = transfer.Call;
        StopStepTimers(call);
        Close(transfer, status, TransferResult.Failed);
        if (call.Connected is { } connected)
        {
            SettleMediaWay(call, connected);
        }

        if (call.Connected is null && call.State == CallState.Answered && call.Control is not { Decides: true })
        {
            End(call, GetReason(status, cause), CallEndSide.Callee, cause);
        }
    }

    /// <summary>The new party has answered (or a prompt has, then <paramref name="party"/> is null): the transferring party is let go.</summary>
    private void CompleteTransfer(Transfer transfer, Leg? party)
    {
        Call call = transfer.Call;
        Close(transfer, 200, TransferResult.Completed);
        DropReInvite(call);
        LetGo(transfer.Referrer);
        if (party is not null)
        {
            Renegotiate(transfer);
        }
    }

    private void Close(Transfer transfer, int status, TransferResult result)
    {
        Call call = transfer.Call;
        transfer.IsOpen = false;
        CountTransfer(transfer.Kind, result);
        AddRecord(call, new TransferRecord
        {
            At = _context.WallClock,
            Kind = transfer.Kind,
            By = $"{call.Id}-{transfer.Referrer.Index}",
            To = transfer.Target,
            Status = status,
        });
        CallLog.Transferred(_log, call.Id, transfer.Kind, transfer.Referrer.Index, status);
        Notify(transfer, status);
        EndCommandedTransfer(transfer, status);
    }

    private static void AddRecord(Call call, TransferRecord record)
    {
        call.Transfers ??= [];
        if (call.Transfers.Count < CallRecordLimits.MaxTransfers)
        {
            call.Transfers.Add(record);
        }
    }

    private void CountTransfer(TransferKind kind, TransferResult result) =>
        _context.Statistics.Transfers[((int)kind * (int)TransferResult.Count) + (int)result]++;

    /// <summary>A party leaves a call that goes on without it.</summary>
    private void LetGo(Leg leg)
    {
        if (leg.State != LegState.Answered)
        {
            return;
        }

        leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Server;
        HangUp(leg, Q850.NormalClearing, default);
        Leave(leg);
    }

    /// <summary>Gives back what a leg had that its call goes on without: its port, its place on the trunk.</summary>
    private void Leave(Leg leg)
    {
        NoteDialog(leg);
        EndTies(leg);
        KeepRecording(leg);
        CloseMedia(leg);
        LeaveTrunk(leg);
        StopLegTimers(leg);
        leg.OwesOffer = leg.OwesRefresh = false;
        if (leg.IsCountedInbound)
        {
            leg.IsCountedInbound = false;
            LeaveInbound(leg.Call);
        }
    }

    /// <summary>The transferring party hangs up before the new one answers, as many phones do at the 202: the search goes on without it.</summary>
    private void OnReferrerLeft(Leg leg)
    {
        Call call = leg.Call;
        DropReInvite(call);
        TakePassedReason();
        leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Callee;
        leg.State = LegState.Ended;
        leg.AwaitsAck = leg.OwesBye = false;
        _context.Wheel.Cancel(leg.OkTimer);
        LimitWait(leg);
        Leave(leg);
        call.Connected = null;
        StartRingback(call);
    }

    /// <summary>An offer (re-INVITE or UPDATE) between two parties of whom one leaves has nobody to be answered by.</summary>
    private void DropReInvite(Call call)
    {
        if (call.ReInviteFrom is not { } from)
        {
            return;
        }

        call.ReInviteFrom = null;
        RestoreRemote(from);
        RefuseOffer(from, 491);
    }

    /// <summary>Asks the staying party to talk with the new one: an offer of what the new one answered (RFC 3261 §14.1).</summary>
    internal void Renegotiate(Transfer transfer)
    {
        Call call = transfer.Call;
        if (call.State != CallState.Answered || !ReferenceEquals(call.Transfer, transfer) || call.Connected is not { State: LegState.Answered } party)
        {
            return;
        }

        Leg staying = call.Caller;
        if (call.ReInviteFrom is not null || staying.InviteClient is { HasFinal: false } || !CanOffer(staying, out _))
        {
            RetryRenegotiation(transfer, TimeSpan.FromMilliseconds(500));
            return;
        }

        transfer.PreviousFormats = staying.Formats;
        staying.InviteCSeq = staying.Dialog.NextLocalCSeq();
        staying.AckCarriedAnswer = false;
        SendInvite(staying, RequestPurpose.Renegotiation, party, 70);
    }

    private void RetryRenegotiation(Transfer transfer, TimeSpan after)
    {
        if (++transfer.Attempts > EngineLimits.MaxRenegotiations)
        {
            End(transfer.Call, CallEndReason.MediaMismatch, CallEndSide.Server, Q850.TemporaryFailure);
            return;
        }

        _context.Wheel.Schedule(transfer.Timer, _context.Now + after);
    }

    private void OnRenegotiated(Leg leg, ClientTransaction transaction, SipMessage response, int status)
    {
        Call call = leg.Call;
        if (call.Transfer is not { } transfer || call.State == CallState.Ended || transfer.RenegotiatedCSeq == transaction.CSeq)
        {
            if (status < 300)
            {
                ResendAck(leg, transaction.CSeq);
            }

            return;
        }

        if (status >= 300)
        {
            if (status == 422 && RaiseInterval(leg, response))
            {
                leg.Formats = transfer.PreviousFormats;
                RetryRenegotiation(transfer, TimeSpan.Zero);
                return;
            }

            OnRenegotiationRefused(leg, status);
            return;
        }

        transfer.RenegotiatedCSeq = transaction.CSeq;
        RefreshTarget(leg, response);
        TakeAgreedInterval(leg, response, isInitial: false);
        bool understood = TryReadSdp(response, leg, ref leg.Remote) && AcceptAnswer(leg);
        SendAck(leg);
        if (!understood)
        {
            End(call, CallEndReason.MediaMismatch, CallEndSide.Server, 88);
            return;
        }

        // Both number their formats alike from here on.
        call.Connected?.Media.MapPayloadType(0, 0);
    }

    private void OnRenegotiationRefused(Leg leg, int status)
    {
        Call call = leg.Call;
        if (call.Transfer is not { } transfer || call.State != CallState.Answered)
        {
            return;
        }

        leg.Formats = transfer.PreviousFormats;
        if (status == 491)
        {
            // RFC 3261 §14.1: 2.1 to 4 s for the one who made the Call-ID; half the choice is enough for both cases.
            RetryRenegotiation(transfer, TimeSpan.FromMilliseconds(2100 + (_context.Identifiers.Next() % 1900)));
        }
        else if (status is 408 or 481)
        {
            End(call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
        }
        else if (call.Connected is { } party && !Sdp.OfferAnswer.TryAcceptAnswer(leg.Formats, party.Remote.Formats, out _))
        {
            // It keeps what it had, and that is nothing that the new party speaks.
            End(call, CallEndReason.MediaMismatch, CallEndSide.Server, 88);
        }
    }
}
