using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>The caller's INVITE.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Opens a call for an INVITE that was admitted (RFC 3261 §13.3.1).</summary>
    /// <param name="request">The INVITE.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="trunk">The trunk it came in by, or null.</param>
    /// <param name="account">The account that authenticated itself, or null.</param>
    /// <param name="called">User part of the Request-URI, unescaped.</param>
    /// <param name="caller">Who calls: what a trusted trunk asserts, else as presented.</param>
    /// <param name="presented">User part of From, unescaped.</param>
    public void OnInvite(SipMessage request, in Flow flow, Trunk? trunk, string? account, ReadOnlySpan<byte> called, ReadOnlySpan<byte> caller, ReadOnlySpan<byte> presented)
    {
        uint loopToken = LoopToken.Compute(called, presented, trunk?.Name ?? account, _context.HashKey);
        if (LoopToken.IsIn(request, loopToken))
        {
            // RFC 5393 §4.2: it was here with the same facts, and would go the same way once more.
            _context.Statistics.LoopedRequests++;
            _transactions.RespondStateless(request, flow, 482, "Reason: Q.850;cause=25;text=\"Exchange routing error\"\r\n"u8);
            return;
        }

        int maxBreadth = ReadMaxBreadth(request);
        if (maxBreadth == 0)
        {
            _transactions.RespondStateless(request, flow, 440, default);
            return;
        }

        bool isUnproven = trunk is null && account is null;
        if (_context.IsDraining || ActiveCalls >= MaxCalls || (isUnproven && UnprovenCalls >= Math.Max(1, MaxCalls / 2)))
        {
            _context.Statistics.OverloadRefusals++;
            _transactions.RespondStateless(request, flow, 503, default);
            return;
        }

        if (RefuseRequired(request, flow, trunk) || RefuseSessionInterval(request, flow, trunk))
        {
            return;
        }

        SessionKey inviteKey = TransactionLayer.GetInviteKey(request);
        if (_context.Sessions.TryGet(inviteKey, out _))
        {
            // The same request by two ways, RFC 3261 §8.2.2.2.
            _context.Statistics.MergedRequests++;
            _transactions.RespondStateless(request, flow, 482, default);
            return;
        }

        if (!TryEnterInbound(request, flow, trunk, account))
        {
            return;
        }

        Call call = _pool.Get();
        SessionHandle handle = _calls.Allocate(call);
        if (handle.IsNone)
        {
            UndoEnterInbound(trunk, account);
            _pool.Return(call);
            _context.Statistics.OverloadRefusals++;
            _transactions.RespondStateless(request, flow, 503, default);
            return;
        }

        call.Handle = handle;
        call.InboundStatus = trunk is null ? null : _context.Trunks.Get(trunk);
        call.CountedAccount = _context.Options.MaxCallsPerAccount > 0 ? account : null;
        _context.Statistics.HeldCalls = _calls.Count;
        Leg leg = call.Caller;
        leg.Trunk = trunk;
        leg.IsCountedInbound = true;
        call.LoopToken = loopToken;
        call.MaxBreadth = maxBreadth;
        if (!SetUpCaller(call, request, flow, account))
        {
            Discard(call);
            _transactions.RespondStateless(request, flow, 400, default);
            return;
        }

        if (_context.Sessions.TryAdd(inviteKey, handle) != SessionAddResult.Added || !Register(call, leg))
        {
            _context.Sessions.TryRemove(inviteKey, handle);
            Discard(call);
            _context.Statistics.OverloadRefusals++;
            _transactions.RespondStateless(request, flow, 503, default);
            return;
        }

        ServerTransaction? transaction = _transactions.Open(request, flow);
        if (transaction is null)
        {
            _context.Sessions.TryRemove(inviteKey, handle);
            Discard(call);
            return;
        }

        transaction.InviteKey = inviteKey;
        transaction.InviteOwner = handle;
        transaction.HasInviteKey = true;
        transaction.Leg = leg;
        leg.InviteServer = transaction;
        leg.State = LegState.Inviting;
        ActiveCalls++;
        call.IsUnproven = isUnproven;
        UnprovenCalls += isUnproven ? 1 : 0;
        _context.Statistics.ActiveCalls = ActiveCalls;
        _context.Statistics.CallsStarted++;
        call.Id = CallIdentifier.Create(_context.WallClock, _context.Identifiers);
        TraceLeg(leg);
        leg.InvitedAt = _context.WallClock;
        call.InboundTrunk = trunk;
        call.Account = account;
        leg.Peer = trunk?.Name ?? account;
        leg.PeerIsTrunk = trunk is not null;
        leg.RequiresReliable = (SipOptionTags.Read(request, SipHeaderName.Require) & SipExtensions.ReliableProvisionals) != SipExtensions.None;
        leg.PeerAllowsUpdate = Allows(request, SipMethod.Update);
        TakeSessionWish(leg, request);
        FollowTarget(leg);
        call.CalledIdentity = Clip(called);
        call.CallerIdentity = Clip(presented);
        call.AssertedIdentity = trunk is not null && call.Identities is { Asserted.Length: > 0 } ? Clip(caller) : null;
        if (_log.IsEnabled(Microsoft.Extensions.Logging.LogLevel.Debug))
        {
            CallLog.Invited(_log, call.Id, new Pii<string>(call.CallerIdentity), new Pii<string>(call.CalledIdentity));
        }

        RegisterId(call);
        _transactions.RespondEmpty(transaction, 100, default);
        NoteCreated(call, controller: null);
        NoteDialog(leg);
        Route(call, request, flow, called, caller);
    }

    /// <summary>Extensions that we have, but that are turned off for this peer, cannot be required of us (RFC 3261 §8.2.2.3).</summary>
    private bool RefuseRequired(SipMessage request, in Flow flow, Trunk? trunk)
    {
        SipExtensions off = SipExtensions.None;
        off |= (trunk?.ReliableProvisionals ?? _context.Options.ReliableProvisionals) == ReliableProvisionals.Off ? SipExtensions.ReliableProvisionals : SipExtensions.None;
        off |= GetSessionTimers(trunk).Enabled ? SipExtensions.None : SipExtensions.SessionTimer;
        SipExtensions missing = off == SipExtensions.None ? off : SipOptionTags.Read(request, SipHeaderName.Require) & off;
        if (missing == SipExtensions.None)
        {
            return false;
        }

        var headers = new SipWriter(_context.PartScratch);
        SipOptionTags.Write(ref headers, SipHeaderName.Unsupported, missing);
        _transactions.RespondStateless(request, flow, 420, headers.Written);
        return true;
    }

    private void Route(Call call, SipMessage request, in Flow flow, ReadOnlySpan<byte> called, ReadOnlySpan<byte> caller)
    {
        ReadOnlySpan<byte> body = request.Body;
        call.IsDelayedOffer = body.IsEmpty;
        if (!call.IsDelayedOffer && !TryReadSdp(request, call.Caller, ref call.Caller.Remote))
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return;
        }

        call.Plan = _context.Services.Policy.Route(new RouteRequest
        {
            Called = called,
            Caller = caller,
            Source = flow.Remote,
            InboundTrunk = call.InboundTrunk,
            Account = call.Account,
            Time = _context.WallClock,
        });
        if (call.Plan.RejectStatus != 0 || call.Plan.Steps.IsEmpty)
        {
            int status = call.Plan.RejectStatus == 0 ? 404 : call.Plan.RejectStatus;
            int cause = call.Plan.RejectCause == 0 ? Q850.FromStatus(status) : call.Plan.RejectCause;
            EndUnanswered(call, status, cause, status == 403 ? CallEndReason.Forbidden : status == 404 ? CallEndReason.NotFound : CallEndReason.Failed, CallEndSide.Server);
            return;
        }

        RememberOfferedHeaders(call, request);
        call.PassesMedia = MayPassMedia(call);
        if (!OpenMedia(call.Caller))
        {
            EndUnanswered(call, 503, Q850.ResourceUnavailable, CallEndReason.NoResources, CallEndSide.Server);
            return;
        }

        if (!call.IsDelayedOffer)
        {
            ExpectMedia(call.Caller);
        }

        _context.Wheel.Schedule(call.MaxRingingTimer, _context.Now + _context.Options.MaxRinging);
        StartStep(call);
    }

    /// <summary>Branches that the INVITE allows at once (RFC 5393 §5.3); -1 when it says nothing.</summary>
    private static int ReadMaxBreadth(SipMessage request) =>
        request.TryGetHeader("Max-Breadth"u8, out ReadOnlySpan<byte> value) && System.Buffers.Text.Utf8Parser.TryParse(value, out uint breadth, out int used) && used == value.Length
            ? (int)Math.Min(breadth, MaxBreadth)
            : -1;

    private bool SetUpCaller(Call call, SipMessage request, in Flow flow, string? account)
    {
        Leg leg = call.Caller;
        leg.Index = 0;
        leg.Flow = flow;
        call.MaxForwards = request.TryGetMaxForwards(out int maxForwards) ? Math.Min(maxForwards, _context.Options.MaxForwards) : _context.Options.MaxForwards;
        if (!TakeInvite(leg, request) || !request.TryGetFrom(out NameAddress from))
        {
            return false;
        }

        NumberRewrite? rewrite = leg.Trunk?.Numbers?.Inbound;
        RememberCaller(call, from, flow, rewrite);
        RememberCalled(call, request, rewrite);
        RememberPassedHeaders(call, request);
        RememberCarriedHeaders(call, request, leg.Trunk);
        call.Identities = CallIdentities.Read(request, leg.Trunk, account);
        return true;
    }

    /// <summary>The dialog that an INVITE to us makes (RFC 3261 §12.1.1).</summary>
    private bool TakeInvite(Leg leg, SipMessage request)
    {
        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        _context.Identifiers.WriteTag(tag);
        if (!request.TryGetTo(out NameAddress to) || !request.TryGetFrom(out NameAddress from) || !request.TryGetContact(out NameAddress contact)
            || contact.IsWildcard || !request.TryGetCSeq(out CSeqHeader cseq))
        {
            return false;
        }

        var local = new SipWriter(_context.Scratch);
        WriteAddress(ref local, to);
        var remote = new SipWriter(_context.PartScratch);
        WriteAddress(ref remote, from);
        if (local.Overflowed || remote.Overflowed
            || !leg.Dialog.SetIdentity(request.CallId, tag, request.FromTag, local.Written, remote.Written)
            || !SetTarget(leg, contact.Uri)
            || !leg.Dialog.AcceptRemoteCSeq(cseq.Number))
        {
            return false;
        }

        foreach (ReadOnlySpan<byte> route in request.EnumerateValues(SipHeaderName.RecordRoute))
        {
            if (!leg.Dialog.AddRoute(route))
            {
                return false;
            }
        }

        leg.SdpSessionId = _context.Identifiers.Next() >> 2;
        leg.SdpVersion = 1;
        return true;
    }

    /// <summary>Writes an address as we repeat it: display name and URI, none of the header parameters.</summary>
    private static void WriteAddress(ref SipWriter writer, scoped in NameAddress address)
    {
        if (!address.DisplayName.IsEmpty)
        {
            writer.Text(address.DisplayName);
            writer.Raw(" "u8);
        }

        writer.Raw("<"u8);
        writer.Raw(address.Uri);
        writer.Raw(">"u8);
    }

    /// <summary>From of the legs to come: the caller's name and user at our own host. A user that does not fit is anonymous.</summary>
    private static void RememberCaller(Call call, scoped in NameAddress from, in Flow flow, NumberRewrite? rewrite)
    {
        Span<byte> scratch = stackalloc byte[NumberText.ScratchBytes];
        bool hasUser = SipUri.TryParse(from.Uri, out SipUri uri) && !uri.User.IsEmpty && uri.User.Length <= CallIdentities.MaxUserBytes;
        Span<byte> address = stackalloc byte[Call.MaxCallerAddressBytes];
        var writer = new SipWriter(address);
        if (NumberText.IsDisplayable(from.DisplayName))
        {
            writer.Text(from.DisplayName);
            writer.Raw(" "u8);
        }

        writer.Raw("<sip:"u8);
        if (hasUser)
        {
            writer.Raw(NumberText.GetUser(uri, rewrite, scratch));
        }
        else
        {
            writer.Raw("anonymous"u8);
        }

        writer.Raw("@"u8);
        writer.Raw(flow.Local.Host);
        writer.Raw(">"u8);
        call.CallerAddress.Set(writer.Overflowed ? default : writer.Written);
    }

    private static void RememberCalled(Call call, SipMessage request, NumberRewrite? rewrite)
    {
        Span<byte> scratch = stackalloc byte[NumberText.ScratchBytes];
        if (SipUri.TryParse(request.RequestUri, out SipUri uri) && NumberText.GetUser(uri, rewrite, scratch) is var user && user.Length <= Call.MaxCalledUserBytes)
        {
            call.CalledUser.Set(user);
        }
    }

    private static void RememberPassedHeaders(Call call, SipMessage request)
    {
        Span<byte> headers = stackalloc byte[Call.MaxPassedHeaderBytes];
        var writer = new SipWriter(headers);
        WritePassed(ref writer, request);
        call.PassedHeaders.Set(writer.Overflowed ? default : writer.Written);
    }

    /// <summary>The few end-to-end headers that say nothing about where the caller is; all others stop here (topology hiding).</summary>
    internal static void WritePassed(ref SipWriter writer, SipMessage request)
    {
        for (int i = 0; i < request.HeaderCount; i++)
        {
            if (request.GetHeaderName(i) is SipHeaderName.Subject or SipHeaderName.Priority or SipHeaderName.AcceptLanguage or SipHeaderName.RecvInfo)
            {
                writer.CopyHeader(request, i);
            }
        }
    }

    private static string Clip(ReadOnlySpan<byte> identity)
    {
        identity = identity[..Math.Min(identity.Length, EngineLimits.MaxRecordedIdentityChars)];
        return identity.IndexOfAnyInRange((byte)0, (byte)0x1f) < 0 && !identity.Contains((byte)0x7f)
            ? Encoding.UTF8.GetString(identity)
            : ClipControls(identity);
    }

    /// <summary>An escaped control character must not reach a terminal, a log or a report by way of a record (AC-13).</summary>
    private static string ClipControls(ReadOnlySpan<byte> identity)
    {
        Span<byte> clean = stackalloc byte[EngineLimits.MaxRecordedIdentityChars];
        for (int i = 0; i < identity.Length; i++)
        {
            clean[i] = identity[i] is < 0x20 or 0x7f ? (byte)'?' : identity[i];
        }

        return Encoding.UTF8.GetString(clean[..identity.Length]);
    }
}
