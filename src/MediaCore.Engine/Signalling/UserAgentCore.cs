using MediaCore.Engine.Calls;
using MediaCore.Engine.Messaging;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// The user agent core of one shard (RFC 3261 §8.2): looks at what every request must satisfy and gives it to the registrar or to the calls.
/// What is refused here is answered without keeping state.
/// </summary>
internal sealed class UserAgentCore(ShardContext context, TransactionLayer transactions, BackToBackUserAgent calls, MessageCore messages, RegistrarCore? registrar, Notifier? notifier, DigestGate? gate, TrunkAgents trunks) : ITransactionUser
{
    private readonly byte[] _calledUser = new byte[256];
    private readonly byte[] _presentedUser = new byte[256];
    private readonly byte[] _assertedUser = new byte[256];

    public void OnRequest(SipMessage request, in Flow flow)
    {
        // Step 7: §8.2.1 method, §8.2.2 headers, §8.2.3 content.
        if (!IsServed(request.Method))
        {
            transactions.RespondStateless(request, flow, request.Method == SipMethod.Unknown ? 501 : 405, default);
            return;
        }

        if (RefuseExtensions(request, flow))
        {
            return;
        }

        if (request.Method == SipMethod.Subscribe)
        {
            notifier!.OnSubscribe(request, flow);
            return;
        }

        if (!request.ToTag.IsEmpty && request.Method != SipMethod.Register)
        {
            if ((request.Method is not (SipMethod.Invite or SipMethod.Update or SipMethod.Prack) || AcceptsBody(request, flow)) && Authenticates(request, flow))
            {
                calls.OnInDialogRequest(request, flow);
            }

            return;
        }

        switch (request.Method)
        {
            case SipMethod.Invite:
                OnInvite(request, flow);
                break;
            case SipMethod.Options:
                OnOptions(request, flow);
                break;
            case SipMethod.Register when registrar is not null:
                registrar.OnRegister(request, flow);
                break;
            case SipMethod.Refer:
                // Outside a call there is nothing to transfer, and we dial at nobody's wish (AC-30).
                transactions.RespondStateless(request, flow, 403, default);
                break;
            case SipMethod.Message:
                OnMessage(request, flow);
                break;
            case SipMethod.Register:
                transactions.RespondStateless(request, flow, 405, default);
                break;
            default:
                transactions.RespondStateless(request, flow, 481, default);
                break;
        }
    }

    public int ChooseShard() => context.Placement.Choose(context.Index);

    public void OnCancel(SipMessage cancel, in Flow flow, ServerTransaction? invite)
    {
        if (invite is not null || context.AccountQuestions?.TryCancel(cancel, flow) != true)
        {
            calls.OnCancel(cancel, flow, invite);
        }
    }

    public void OnAck(SipMessage ack) => calls.OnAck(ack);

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.Purpose == RequestPurpose.Owned)
        {
            transaction.Owner?.OnResponse(transaction, response);
            return;
        }

        calls.OnResponse(transaction, response);
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (transaction.Purpose == RequestPurpose.Owned)
        {
            transaction.Owner?.OnFailure(transaction, timedOut);
            return;
        }

        calls.OnFailure(transaction, timedOut);
    }

    public void OnEnded(ClientTransaction transaction)
    {
        if (transaction.Purpose == RequestPurpose.Owned)
        {
            transaction.Owner?.OnEnded(transaction);
            return;
        }

        calls.OnEnded(transaction);
    }

    public bool TryGetNextCSeq(ClientTransaction transaction, out uint cseq)
    {
        cseq = 0;
        if (transaction.Owner is { } owner)
        {
            cseq = owner.NextCSeq(transaction);
            return true;
        }

        if (transaction.Leg is not { } leg || transaction.IsCancelWanted || !BackToBackUserAgent.IsStillWanted(leg, transaction))
        {
            return false;
        }

        cseq = leg.Dialog.NextLocalCSeq();
        return true;
    }

    public void OnRepeated(ClientTransaction transaction, ClientTransaction repetition)
    {
        if (transaction.Owner is { } owner)
        {
            owner.OnRepeated(transaction, repetition);
            transaction.Disown();
        }
        else if (transaction.Leg is { } leg)
        {
            calls.OnRepeated(leg, transaction, repetition);
        }
    }

    public void OnEnded(ServerTransaction transaction)
    {
        if (transaction.HasInviteKey)
        {
            context.Sessions.TryRemove(transaction.InviteKey, transaction.InviteOwner);
        }

        if (transaction.Leg is { } leg && ReferenceEquals(leg.InviteServer, transaction))
        {
            leg.InviteServer = null;
        }
        else if (transaction.Leg is { } updated && ReferenceEquals(updated.UpdateServer, transaction))
        {
            updated.UpdateServer = null;
        }
    }

    /// <summary>
    /// Methods that are answered at all. INFO and NOTIFY have a meaning only within a dialog (RFC 6086 §4.2.1, RFC 6665 §4.1.3): elsewhere they get 481.
    /// </summary>
    private bool IsServed(SipMethod method) =>
        (method == SipMethod.Subscribe && notifier is not null) || method is SipMethod.Invite or SipMethod.Bye or SipMethod.Options or SipMethod.Register or SipMethod.Prack or SipMethod.Update
            or SipMethod.Info or SipMethod.Message or SipMethod.Notify or SipMethod.Refer;

    /// <summary>
    /// What a party does within a call in its own name, beyond the call itself, is proved again when the party is an account: knowing a dialog's tags is not
    /// knowing the password (AC-27). False when the request was answered.
    /// </summary>
    private bool Authenticates(SipMessage request, in Flow flow)
    {
        if (gate is null || request.Method is not (SipMethod.Message or SipMethod.Refer) || calls.FindAccount(request) is not { } account)
        {
            return true;
        }

        GateVerdict verdict = gate.Check(request, flow, context, out Account? found);
        if (verdict == GateVerdict.Accepted && found is not null && found.Name == account)
        {
            return true;
        }

        gate.Refuse(request, flow, verdict == GateVerdict.Accepted ? GateVerdict.Forbidden : verdict, context, transactions);
        return false;
    }

    private void OnInvite(SipMessage request, in Flow flow)
    {
        if (!AcceptsBody(request, flow))
        {
            return;
        }

        if (flow.Stream is LoopbackFlow)
        {
            calls.OnReplacingInvite(request, flow, trunk: null, account: null);
            return;
        }

        // Anybody may call a number where the policy says so; to take another's place in a call one has to be somebody.
        if (!TryAdmit(ref request, flow, isOpenToAll: !request.Has(SipHeaderName.Replaces), out RouteRequest facts, out ReadOnlySpan<byte> presented))
        {
            return;
        }

        if (request.Has(SipHeaderName.Replaces))
        {
            calls.OnReplacingInvite(request, flow, facts.InboundTrunk, facts.Account);
            return;
        }

        calls.OnInvite(request, flow, facts.InboundTrunk, facts.Account, facts.Called, facts.Caller, presented);
    }

    /// <summary>A number may be called by anybody where the policy says so; written to only by those who are known, so a phone that may call without a password is asked for it.</summary>
    private void OnMessage(SipMessage request, in Flow flow)
    {
        if (TryAdmit(ref request, flow, isOpenToAll: false, out RouteRequest facts, out ReadOnlySpan<byte> presented))
        {
            messages.OnMessage(request, flow, facts, presented);
        }
    }

    /// <summary>
    /// What a request that begins something has to pass: hops left, its trunk's rules, and the policy's word on who it is from. False when it was answered. The
    /// facts are good until the next request.
    /// </summary>
    private bool TryAdmit(ref SipMessage request, in Flow flow, bool isOpenToAll, out RouteRequest facts, out ReadOnlySpan<byte> presented)
    {
        facts = default;
        presented = default;
        if (request.TryGetMaxForwards(out int maxForwards) && maxForwards == 0)
        {
            // A B2BUA goes on with the request like a proxy, so an exhausted hop count ends here (RFC 7332).
            transactions.RespondStateless(request, flow, 483, default);
            return false;
        }

        Span<byte> contactUser = stackalloc byte[256];
        Trunk? trunk = trunks.FindByContact(flow.Remote, ReadUser(request.RequestUri, null, contactUser)) ?? context.FindTrunk(flow);
        transactions.NoteTrunk(trunk);
        if (!calls.TryFilterInbound(trunk, ref request))
        {
            transactions.RespondStateless(request, flow, 513, default);
            return false;
        }

        NumberRewrite? rewrite = trunk?.Numbers?.Inbound;
        ReadOnlySpan<byte> called = ReadUser(request.RequestUri, rewrite, _calledUser);
        presented = request.TryGetFrom(out NameAddress from) ? ReadUser(from.Uri, rewrite, _presentedUser) : default;
        ReadOnlySpan<byte> caller = ReadCaller(request, trunk, presented, _assertedUser);
        facts = new RouteRequest { Called = called, Caller = caller, Source = flow.Remote, InboundTrunk = trunk, Time = context.WallClock };
        CallerAdmission admission = context.Services.Policy.Admit(facts);
        admission = admission == CallerAdmission.Accept && trunk is null && !isOpenToAll ? CallerAdmission.Challenge : admission;
        switch (admission)
        {
            case CallerAdmission.Forbid:
                transactions.RespondStateless(request, flow, 403, "Reason: Q.850;cause=21;text=\"Call rejected\"\r\n"u8);
                return false;
            case CallerAdmission.Challenge when gate is not null:
                GateVerdict verdict = gate.Check(request, flow, context, out Account? found);
                if (verdict != GateVerdict.Accepted || found is null || !IsSelf(presented, found.Name))
                {
                    gate.Refuse(request, flow, verdict == GateVerdict.Accepted ? GateVerdict.Forbidden : verdict, context, transactions);
                    return false;
                }

                facts = facts with { Account = found.Name };
                break;
            case CallerAdmission.Challenge:
                transactions.RespondStateless(request, flow, 403, default);
                return false;
            default:
                break;
        }

        return true;
    }

    private void OnOptions(SipMessage request, in Flow flow)
    {
        var headers = new SipWriter(context.PartScratch);
        headers.Header(SipHeaderName.Allow, context.Capabilities.Allow);
        headers.Header(SipHeaderName.Accept, Capabilities.Accept);
        headers.Header(SipHeaderName.AcceptEncoding, "identity"u8);
        headers.Header(SipHeaderName.AcceptLanguage, "en"u8);
        if (notifier is not null)
        {
            headers.Header(SipHeaderName.AllowEvents, EventPackages.AllowEvents);
        }

        SipExtensions supported = context.Capabilities.GetSupported(SipMethod.Invite) | context.Capabilities.GetSupported(SipMethod.Register);
        if (supported == SipExtensions.None)
        {
            headers.Header(SipHeaderName.Supported, ReadOnlySpan<byte>.Empty);
        }

        SipOptionTags.Write(ref headers, SipHeaderName.Supported, supported);

        // A probe learns that we drain, so that it sends its calls elsewhere.
        transactions.RespondStateless(request, flow, context.IsDraining ? 503 : 200, headers.Written);
    }

    /// <summary>Option tags that we do not have get 420 (§8.2.2.3).</summary>
    private bool RefuseExtensions(SipMessage request, in Flow flow)
    {
        if (request.Method == SipMethod.Cancel || !request.Has(SipHeaderName.Require)
            || !SipOptionTags.HasUnknown(request, SipHeaderName.Require, context.Capabilities.GetSupported(request.Method)))
        {
            return false;
        }

        // One header with a bounded list: the answer to a spoofed request must not be larger than the request.
        SipExtensions known = context.Capabilities.GetSupported(request.Method);
        var headers = new SipWriter(context.PartScratch);
        headers.HeaderStart(SipHeaderName.Unsupported);
        int tags = 0;
        foreach (ReadOnlySpan<byte> tag in request.EnumerateValues(SipHeaderName.Require))
        {
            if ((SipOptionTags.Parse(tag) & known) != SipExtensions.None)
            {
                continue;
            }

            if (++tags > EngineLimits.MaxUnsupportedTags)
            {
                break;
            }

            headers.Raw(tags == 1 ? default : ", "u8);
            headers.Text(tag);
        }

        headers.EndLine();
        transactions.RespondStateless(request, flow, 420, headers.Written);
        return true;
    }

    /// <summary>Only SDP, unencoded, from callers who take SDP back (§8.2.3, §20.1).</summary>
    private bool AcceptsBody(SipMessage request, in Flow flow)
    {
        switch (SessionBody.Find(request, out _, out _))
        {
            case SessionBodyStatus.Unsupported:
                transactions.RespondStateless(request, flow, 415, "Accept-Encoding: identity\r\n"u8);
                return false;
            case SessionBodyStatus.Malformed:
                transactions.RespondStateless(request, flow, 400, default);
                return false;
            default:
                break;
        }

        if (request.Has(SipHeaderName.Accept))
        {
            foreach (ReadOnlySpan<byte> range in request.EnumerateValues(SipHeaderName.Accept))
            {
                if (MediaType.TryParse(range, out MediaType accepted) && accepted.Covers(MediaType.Sdp))
                {
                    return true;
                }
            }

            transactions.RespondStateless(request, flow, 406, default);
            return false;
        }

        return true;
    }

    /// <summary>
    /// Who calls, as far as routing and prices go: what is configured for the trunk, what a trusted trunk asserts, else From. What an untrusted one asserts is
    /// never looked at (AC-30).
    /// </summary>
    private static ReadOnlySpan<byte> ReadCaller(SipMessage request, Trunk? trunk, ReadOnlySpan<byte> presented, Span<byte> destination)
    {
        if (trunk is { Identity.Assert: { } number })
        {
            return System.Text.Encoding.UTF8.TryGetBytes(number, destination, out int written) ? destination[..written] : presented;
        }

        return trunk is { Identity.IsTrusted: true } && CallIdentities.TryReadAsserted(request, trunk.Numbers?.Inbound, destination, out int length)
            ? destination[..length]
            : presented;
    }

    private static ReadOnlySpan<byte> ReadUser(ReadOnlySpan<byte> uri, NumberRewrite? rewrite, Span<byte> destination)
    {
        if (!SipUri.TryParse(uri, out SipUri parsed))
        {
            return default;
        }

        int length = NumberText.Unescape(parsed, rewrite, destination);
        return length <= 0 ? default : destination[..length];
    }

    private static bool IsSelf(ReadOnlySpan<byte> user, string account)
    {
        Span<char> name = stackalloc char[256];
        return System.Text.Encoding.UTF8.TryGetChars(user, name, out int length) && account.AsSpan().SequenceEqual(name[..length]);
    }
}
