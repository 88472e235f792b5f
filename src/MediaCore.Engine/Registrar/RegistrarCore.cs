using System.Text;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// The registrar of RFC 3261 §10.3 with Path (RFC 3327) and outbound flows (RFC 5626 §6): authenticated accounts bind contacts to themselves, all of a
/// request's or none. The refresh of a contact over the flow it stands on, which is nearly every REGISTER, changes one word and allocates nothing.
/// </summary>
/// <remarks>
/// No REGISTER keeps a transaction: those of the last 32 s would take more memory than the contacts. Its retransmission is known by the nonce count that it used
/// (<see cref="GateVerdict.Repeated"/>); it changes nothing and is answered from what is bound now, which RFC 3261 §8.2.7 asks of who keeps no transaction: the
/// same answer to the same request.
/// </remarks>
internal sealed class RegistrarCore(ShardContext context, TransactionLayer transactions, LocationService locations, DigestGate gate, LampNotifier lamps)
{
    private readonly byte[] _path = new byte[RegistrarLimits.MaxPathBytes];
    private readonly List<Binding> _next = new(16);
    private readonly RegistrationNews _news = new(context);

    public void OnRegister(SipMessage request, in Flow flow)
    {
        // §10.3 steps 1 and 2: which extensions are required was looked at before. Step 3: who is it?
        GateVerdict verdict = gate.Check(request, flow, context, out Account? account, transactions.GetMark(request));
        if (verdict is not (GateVerdict.Accepted or GateVerdict.Repeated) || account is null)
        {
            gate.Refuse(request, flow, verdict, context, transactions);
            return;
        }

        // Steps 4 and 5: the address of record must be the account's own, and nobody registers for another (AC-29); To is a SIP URI or it cannot be.
        if (!request.TryGetTo(out NameAddress to) || !SipUri.TryParse(to.Uri, out SipUri aor) || aor.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips))
        {
            transactions.RespondStateless(request, flow, 400, default);
            return;
        }

        if (!IsAccount(aor, account.Name) || !request.TryGetFrom(out NameAddress from) || !SipUri.TryParse(from.Uri, out SipUri sender) || !IsAccount(sender, account.Name))
        {
            transactions.RespondStateless(request, flow, 403, default);
            return;
        }

        int status = RegistrationTerms.TryRead(request, _path, out RegistrationTerms terms);
        if (status != 0)
        {
            Refuse(request, flow, status);
            return;
        }

        if (verdict == GateVerdict.Repeated)
        {
            AnswerAgain(request, flow, terms, locations.GetStored(account.Name));
            return;
        }

        for (int attempt = 0; attempt < RegistrarLimits.MaxAttempts; attempt++)
        {
            AccountBindings entry = locations.GetEntry(account.Name);
            Binding[] stored = entry.Stored;
            if (entry.IsRetired)
            {
                continue;
            }

            if (TryRefresh(request, flow, terms, stored, out status) is { } refreshed)
            {
                // Another shard may have dropped the binding at the same moment; then it is bound anew.
                Binding[] current = entry.Stored;
                if (status != 0 || ReferenceEquals(current, stored) || Array.IndexOf(current, refreshed) >= 0)
                {
                    Finish(request, flow, terms, entry, status != 0 ? stored : current, status);
                    return;
                }

                continue;
            }

            status = Update(request, flow, terms, stored, isRepeated: false, out Binding[] next);
            if (status != 0 || ReferenceEquals(next, stored) || entry.TryReplace(stored, next))
            {
                if (status == 0 && !ReferenceEquals(next, stored) && _news.IsWanted)
                {
                    _news.Tell(entry, stored, flow.DescribeRemote());
                }

                Finish(request, flow, terms, entry, next, status);
                return;
            }
        }

        transactions.RespondStateless(request, flow, 503, default);
    }

    /// <summary>What a retransmission asks for has been done or refused already, so it is gone through once more without effect, for the answer alone.</summary>
    private void AnswerAgain(SipMessage request, in Flow flow, in RegistrationTerms terms, Binding[] stored)
    {
        context.Statistics.RequestRetransmissionsReceived++;
        context.Statistics.RetransmissionsSent++;
        int status = Update(request, flow, terms, stored, isRepeated: true, out _);
        if (status == 0)
        {
            Accept(request, flow, terms, stored);
        }
        else
        {
            Refuse(request, flow, status);
        }
    }

    private void Finish(SipMessage request, in Flow flow, in RegistrationTerms terms, AccountBindings entry, Binding[] bindings, int status)
    {
        if (status != 0)
        {
            Refuse(request, flow, status);
            return;
        }

        if (!request.Has(SipHeaderName.Contact))
        {
            Accept(request, flow, terms, bindings);
            return;
        }

        context.Statistics.Registrations++;
        locations.NoteChange(entry);
        NoteLife(flow, bindings);
        Accept(request, flow, terms, bindings);
        lamps.OnRegistered(entry.Account, flow.Remote);
    }

    /// <summary>A registered phone's address is not limited as a stranger's, and a minute longer than its registration, within which it comes again.</summary>
    private void NoteLife(in Flow flow, Binding[] bindings)
    {
        Timestamp until = context.Now;
        foreach (Binding binding in bindings)
        {
            if (binding.Flow.Remote.HasSameAddress(flow.Remote) && binding.ExpiresAt > until)
            {
                until = binding.ExpiresAt;
            }
        }

        context.Guard.NoteProof(flow.Remote, until + TimeSpan.FromMinutes(1), context.Now);
    }

    private static bool IsAccount(in SipUri uri, string account)
    {
        Span<byte> user = stackalloc byte[256];
        Span<char> name = stackalloc char[256];
        return uri.User.Length <= user.Length
            && uri.UnescapeUser(user) is var bytes and > 0
            && Encoding.UTF8.TryGetChars(user[..bytes], name, out int length)
            && account.AsSpan().SequenceEqual(name[..length]);
    }

    /// <summary>Step 7 for one contact that is bound already just as it is: that binding, with the status; null when it takes more.</summary>
    private Binding? TryRefresh(SipMessage request, in Flow flow, in RegistrationTerms terms, Binding[] stored, out int status)
    {
        status = 0;
        if (stored.Length == 0 || request.CountHeaders(SipHeaderName.Contact) != 1 || !request.TryGetHeader(SipHeaderName.Contact, out ReadOnlySpan<byte> value)
            || !NameAddress.TryParse(value, out NameAddress contact) || contact.IsWildcard)
        {
            return null;
        }

        TimeSpan expires = GetExpires(contact, request);
        if (expires < context.Options.MinExpires)
        {
            return null;
        }

        BindingTexts texts = ReadTexts(contact, request, terms);
        request.TryGetCSeq(out CSeqHeader cseq);
        foreach (Binding binding in stored)
        {
            if (binding.IsSame(texts, flow) && binding.ExpiresAt > context.Now)
            {
                status = binding.TryRefresh(cseq.Number, context.Now + expires) ? 0 : 500;
                if (status == 0)
                {
                    KeepFlow(flow, terms, expires);
                }

                return binding;
            }
        }

        return null;
    }

    private static BindingTexts ReadTexts(scoped in NameAddress contact, SipMessage request, scoped in RegistrationTerms terms) => new()
    {
        Uri = contact.Uri,
        CallId = request.CallId,
        Instance = ContactParameters.GetInstance(contact),
        Path = terms.Path,
        RegId = terms.IsOutbound && !ContactParameters.GetInstance(contact).IsEmpty ? ContactParameters.GetRegId(contact) : 0,
        Quality = ContactParameters.GetQuality(contact),
    };

    /// <summary>
    /// The list after this request; a status other than 0 refuses the whole of it. <paramref name="isRepeated"/>: what is bound may be of the request itself, and is no reason to refuse it then.
    /// </summary>
    private int Update(SipMessage request, in Flow flow, in RegistrationTerms terms, Binding[] stored, bool isRepeated, out Binding[] next)
    {
        next = stored;
        _next.Clear();
        foreach (Binding binding in stored)
        {
            if (binding.ExpiresAt > context.Now && !binding.IsFlowLost)
            {
                _next.Add(binding);
            }
        }

        bool isChanged = _next.Count != stored.Length;
        if (request.CallId.Length > RegistrarLimits.MaxCallIdBytes)
        {
            return 400;
        }

        int flows = 0;
        request.TryGetCSeq(out CSeqHeader cseq);
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Contact))
        {
            if (!NameAddress.TryParse(value, out NameAddress contact))
            {
                return 400;
            }

            isChanged = true;
            if (contact.IsWildcard)
            {
                int removed = RemoveAll(request, cseq.Number, isRepeated);
                next = removed == 0 ? [] : stored;
                return removed;
            }

            if (contact.Uri.Length > RegistrarLimits.MaxContactBytes || !SipUri.TryParse(contact.Uri, out SipUri uri) || uri.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips))
            {
                return 400;
            }

            BindingTexts texts = ReadTexts(contact, request, terms);
            TimeSpan expires = GetExpires(contact, request);
            if (texts.RegId != 0 && expires > TimeSpan.Zero && ++flows > 1)
            {
                // RFC 5626 §6: one REGISTER comes by one flow and so can bind one only.
                return 400;
            }

            int status = Bind(texts, expires, flow, terms, cseq.Number, isRepeated);
            if (status != 0)
            {
                return status;
            }
        }

        next = isChanged ? [.. _next] : stored;
        return 0;
    }

    /// <summary>Step 6: <c>*</c>, only alone and with Expires: 0 (§10.2.2); a late one must not undo a newer binding of the same phone.</summary>
    private int RemoveAll(SipMessage request, uint cseq, bool isRepeated)
    {
        int contacts = 0;
        foreach (ReadOnlySpan<byte> unused in request.EnumerateValues(SipHeaderName.Contact))
        {
            contacts++;
        }

        if (contacts != 1 || !request.TryGetNumber(SipHeaderName.Expires, out uint expires) || expires != 0)
        {
            return 400;
        }

        foreach (Binding binding in _next)
        {
            if (IsLate(binding, request.CallId, cseq, isRepeated))
            {
                return 500;
            }
        }

        return 0;
    }

    /// <summary>Whether a binding is newer than the request: of a higher CSeq of the same Call-ID, or of the same one unless the request itself has made it.</summary>
    private static bool IsLate(Binding binding, ReadOnlySpan<byte> callId, uint cseq, bool isRepeated) =>
        (isRepeated ? cseq < binding.CSeq : cseq <= binding.CSeq) && binding.CallId.SequenceEqual(callId);

    private int Bind(in BindingTexts texts, TimeSpan expires, in Flow flow, in RegistrationTerms terms, uint cseq, bool isRepeated)
    {
        int existing = Find(texts);
        if (existing >= 0 && IsLate(_next[existing], texts.CallId, cseq, isRepeated))
        {
            return 500;
        }

        if (expires == TimeSpan.Zero)
        {
            if (existing >= 0)
            {
                _next.RemoveAt(existing);
            }

            return 0;
        }

        if (expires < context.Options.MinExpires)
        {
            return 423;
        }

        if (existing < 0 && _next.Count >= context.Options.MaxContactsPerAccount && !TryMakeRoom(texts, flow, cseq))
        {
            return 403;
        }

        if (!isRepeated)
        {
            KeepFlow(flow, terms, expires);
        }

        var binding = new Binding(texts, flow, cseq, context.Now + expires);
        if (existing >= 0)
        {
            if (binding.Quality == _next[existing].Quality && !binding.IsOutbound)
            {
                _next[existing] = binding;
                return 0;
            }

            _next.RemoveAt(existing);
        }

        int index = 0;
        while (index < _next.Count && _next[index].Quality > binding.Quality)
        {
            index++;
        }

        _next.Insert(index, binding);
        return 0;
    }

    /// <summary>A phone that is silent on its connection is kept for as long as it said it would be, or as we told it to speak up.</summary>
    private void KeepFlow(in Flow flow, in RegistrationTerms terms, TimeSpan expires)
    {
        TimeSpan silence = terms.IsOutbound && context.Options.FlowTimer > TimeSpan.Zero ? context.Options.FlowTimer * 1.5 : expires;
        flow.Stream?.KeepFor(silence + TimeSpan.FromMinutes(1));
    }

    /// <summary>
    /// A phone that takes a new port at every restart must not lock itself out: contacts on connections that are gone make room first, then the
    /// oldest one of the same instance or address, and where the operator wants it simply the oldest one.
    /// </summary>
    private bool TryMakeRoom(in BindingTexts texts, in Flow flow, uint cseq)
    {
        int victim = -1;
        int oldest = -1;
        for (int i = 0; i < _next.Count; i++)
        {
            Binding binding = _next[i];
            if (binding.CSeq == cseq && binding.CallId.SequenceEqual(texts.CallId))
            {
                // Of this very request.
                continue;
            }

            oldest = oldest < 0 || binding.ExpiresAt <= _next[oldest].ExpiresAt ? i : oldest;
            if (binding.Flow.Stream is { IsClosed: true })
            {
                victim = i;
                break;
            }

            if (binding.Flow.Remote.HasSameAddress(flow.Remote) || (!texts.Instance.IsEmpty && texts.Instance.SequenceEqual(binding.Instance)))
            {
                victim = i;
            }
        }

        if (victim < 0 && context.Options.RemoveExistingContacts)
        {
            victim = oldest;
        }

        if (victim >= 0)
        {
            _next.RemoveAt(victim);
        }

        return victim >= 0;
    }

    /// <summary>The contact's own wish, else the request's, else ours; a value that cannot be read counts as none (§20.19, RFC 4475 §3.1.2.4).</summary>
    private TimeSpan GetExpires(scoped in NameAddress contact, SipMessage request)
    {
        EngineOptions options = context.Options;
        uint seconds;
        if (contact.TryGetParameter("expires"u8, out ReadOnlySpan<byte> text))
        {
            if (!System.Buffers.Text.Utf8Parser.TryParse(text, out seconds, out int used) || used != text.Length)
            {
                return options.DefaultExpires;
            }
        }
        else if (!request.TryGetNumber(SipHeaderName.Expires, out seconds))
        {
            return options.DefaultExpires;
        }

        return seconds == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(seconds, options.MaxExpires.TotalSeconds));
    }

    /// <summary>The binding that a contact updates: of an outbound flow that with its instance and reg-id (RFC 5626 §6), else that with its URI (§19.1.4).</summary>
    private int Find(in BindingTexts texts)
    {
        for (int i = 0; i < _next.Count; i++)
        {
            Binding binding = _next[i];
            bool isSame = texts.RegId != 0
                ? binding.RegId == texts.RegId && binding.Instance.SequenceEqual(texts.Instance)
                : !binding.IsOutbound && SipUri.AreEqual(binding.Uri, texts.Uri);
            if (isSame)
            {
                return i;
            }
        }

        return -1;
    }

    private void Refuse(SipMessage request, in Flow flow, int status)
    {
        var headers = new SipWriter(context.PartScratch);
        switch (status)
        {
            case 423:
                headers.Header(SipHeaderName.MinExpires, (long)context.Options.MinExpires.TotalSeconds);
                break;
            case 420:
                headers.Header(SipHeaderName.Unsupported, "path"u8);
                break;
            default:
                break;
        }

        transactions.RespondStateless(request, flow, status, headers.Written);
    }

    /// <summary>Step 8: all contacts that are bound now, each with what is left of its time.</summary>
    private void Accept(SipMessage request, in Flow flow, in RegistrationTerms terms, Binding[] bindings)
    {
        var headers = new SipWriter(context.PartScratch);
        foreach (Binding binding in bindings)
        {
            if (binding.ExpiresAt > context.Now)
            {
                WriteContact(ref headers, binding);
            }
        }

        if (!terms.Path.IsEmpty)
        {
            // RFC 3327 §5.3: the phone learns the way that its calls will come.
            headers.CopyHeaders(request, SipHeaderName.Path);
        }

        SipOptionTags.Write(ref headers, SipHeaderName.Supported, Capabilities.OfRegistrations);
        if (terms.IsOutbound)
        {
            headers.Header(SipHeaderName.Require, "outbound"u8);
            if (context.Options.FlowTimer > TimeSpan.Zero && flow.IsReliable)
            {
                headers.Header(SipHeaderName.FlowTimer, (long)context.Options.FlowTimer.TotalSeconds);
            }
        }

        if (headers.Overflowed)
        {
            // More contacts than a message holds: what is asked for has been done, but cannot be told.
            transactions.RespondStateless(request, flow, 500, default);
            return;
        }

        transactions.RespondStateless(request, flow, 200, headers.Written);
    }

    private void WriteContact(ref SipWriter writer, Binding binding)
    {
        writer.HeaderStart(SipHeaderName.Contact);
        writer.Raw("<"u8);
        writer.Raw(binding.Uri);
        writer.Raw(">;expires="u8);

        // Without the tick by which a binding's end may be rounded up: a phone that asked for 3600 is not told 3601 (§10.3: we may only shorten).
        writer.Raw(Math.Max(1, (long)Math.Ceiling((binding.ExpiresAt - context.Now - Binding.Tick).TotalSeconds)));
        if (binding.Quality != 1000)
        {
            writer.Raw(";q=0."u8);
            writer.Raw(binding.Quality / 100);
            writer.Raw(binding.Quality / 10 % 10);
            writer.Raw(binding.Quality % 10);
        }

        if (!binding.Instance.IsEmpty)
        {
            writer.Raw(";+sip.instance=\""u8);
            writer.Raw(binding.Instance);
            writer.Raw("\""u8);
        }

        if (binding.RegId != 0)
        {
            writer.Raw(";reg-id="u8);
            writer.Raw(binding.RegId);
        }

        writer.EndLine();
    }
}
