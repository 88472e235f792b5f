using System.Collections.Immutable;
using System.Text;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>The registrar of RFC 3261 §10.3: authenticated accounts bind contacts to themselves, all of a request's or none.</summary>
internal sealed class RegistrarCore(ShardContext context, TransactionLayer transactions, LocationService locations, DigestGate gate)
{
    /// <summary>Longest contact kept; the limit on a Request-URI we would have to send.</summary>
    private const int MaxContactBytes = 512;

    /// <summary>Times a list is read again because another shard changed it; more only if phones fight over one account.</summary>
    private const int MaxAttempts = 8;

    public void OnRegister(SipMessage request, in Flow flow)
    {
        GateVerdict verdict = gate.Check(request, context, out Account? account);
        if (verdict != GateVerdict.Accepted || account is null)
        {
            gate.Refuse(request, flow, verdict, context, transactions);
            return;
        }

        // The address of record must be the account's own (AC-29); To is a SIP URI or it cannot be.
        if (!request.TryGetTo(out NameAddress to) || !SipUri.TryParse(to.Uri, out SipUri aor) || aor.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips))
        {
            transactions.RespondStateless(request, flow, 400, default);
            return;
        }

        Span<byte> user = stackalloc byte[256];
        if (aor.User.Length > user.Length || !IsAccount(user[..aor.UnescapeUser(user)], account.Name))
        {
            transactions.RespondStateless(request, flow, 403, default);
            return;
        }

        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ImmutableArray<Binding> stored = locations.GetStored(account.Name);
            int status = Update(request, flow, stored, out ImmutableArray<Binding> next);
            if (status != 0)
            {
                Refuse(request, flow, status);
                return;
            }

            if ((stored.IsEmpty && next.IsEmpty) || stored == next || locations.TryReplace(account.Name, stored, next))
            {
                Accept(request, flow, next);
                return;
            }
        }

        transactions.RespondStateless(request, flow, 503, default);
    }

    private static bool IsAccount(ReadOnlySpan<byte> user, string account)
    {
        Span<char> name = stackalloc char[256];
        return Encoding.UTF8.TryGetChars(user, name, out int length) && account.AsSpan().SequenceEqual(name[..length]);
    }

    /// <summary>The list after this request; a status other than 0 refuses the whole of it.</summary>
    private int Update(SipMessage request, in Flow flow, ImmutableArray<Binding> stored, out ImmutableArray<Binding> next)
    {
        Timestamp now = context.Now;
        next = stored.RemoveAll(b => b.ExpiresAt <= now);
        request.TryGetCSeq(out CSeqHeader cseq);
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Contact))
        {
            if (!NameAddress.TryParse(value, out NameAddress contact))
            {
                return 400;
            }

            if (contact.IsWildcard)
            {
                // Only alone and with Expires: 0 (§10.2.2).
                if (request.CountHeaders(SipHeaderName.Contact) != 1 || !request.TryGetNumber(SipHeaderName.Expires, out uint all) || all != 0)
                {
                    return 400;
                }

                // A late one must not undo a newer binding of the same phone (§10.3 step 6).
                foreach (Binding binding in next)
                {
                    if (binding.CallId.AsSpan().SequenceEqual(request.CallId) && cseq.Number <= binding.CSeq)
                    {
                        return 500;
                    }
                }

                next = [];
                return 0;
            }

            if (contact.Uri.Length > MaxContactBytes || !SipUri.TryParse(contact.Uri, out SipUri uri) || uri.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips))
            {
                return 400;
            }

            int status = Bind(contact, request, flow, cseq.Number, ref next);
            if (status != 0)
            {
                return status;
            }
        }

        return 0;
    }

    private int Bind(scoped in NameAddress contact, SipMessage request, in Flow flow, uint cseq, ref ImmutableArray<Binding> bindings)
    {
        TimeSpan expires = GetExpires(contact, request);
        int existing = Find(bindings, contact.Uri);
        if (existing >= 0 && bindings[existing].CallId.AsSpan().SequenceEqual(request.CallId) && cseq <= bindings[existing].CSeq)
        {
            return 500;
        }

        if (expires == TimeSpan.Zero)
        {
            if (existing >= 0)
            {
                bindings = bindings.RemoveAt(existing);
            }

            return 0;
        }

        if (expires < context.Options.MinExpires)
        {
            return 423;
        }

        if (existing < 0 && bindings.Length >= context.Options.MaxContactsPerAccount && !TryMakeRoom(ref bindings, request, flow, cseq))
        {
            return 403;
        }

        flow.Stream?.KeepFor(expires + TimeSpan.FromMinutes(1));

        var binding = new Binding
        {
            Uri = contact.Uri.ToArray(),
            Flow = flow,
            ExpiresAt = context.Now + expires,
            CallId = request.CallId.ToArray(),
            CSeq = cseq,
        };
        bindings = existing >= 0 ? bindings.SetItem(existing, binding) : bindings.Insert(0, binding);
        return 0;
    }

    /// <summary>
    /// A phone that takes a new port at every restart must not lock itself out: contacts on connections that are gone make room first, then the
    /// oldest one from the same address.
    /// </summary>
    private static bool TryMakeRoom(ref ImmutableArray<Binding> bindings, SipMessage request, in Flow flow, uint cseq)
    {
        int victim = -1;
        for (int i = 0; i < bindings.Length; i++)
        {
            if (bindings[i].CSeq == cseq && bindings[i].CallId.AsSpan().SequenceEqual(request.CallId))
            {
                // Of this very request.
                continue;
            }

            if (bindings[i].Flow.Stream is { IsClosed: true })
            {
                victim = i;
                break;
            }

            if (bindings[i].Flow.Remote.HasSameAddress(flow.Remote))
            {
                victim = i;
            }
        }

        bindings = victim < 0 ? bindings : bindings.RemoveAt(victim);
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

    private static int Find(ImmutableArray<Binding> bindings, ReadOnlySpan<byte> uri)
    {
        for (int i = 0; i < bindings.Length; i++)
        {
            if (SipUri.AreEqual(bindings[i].Uri, uri))
            {
                return i;
            }
        }

        return -1;
    }

    private void Refuse(SipMessage request, in Flow flow, int status)
    {
        var headers = new SipWriter(context.PartScratch);
        if (status == 423)
        {
            headers.Header(SipHeaderName.MinExpires, (long)context.Options.MinExpires.TotalSeconds);
        }

        transactions.RespondStateless(request, flow, status, headers.Written);
    }

    private void Accept(SipMessage request, in Flow flow, ImmutableArray<Binding> bindings)
    {
        if (transactions.Open(request, flow) is not { } transaction)
        {
            return;
        }

        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        context.Identifiers.WriteTag(tag);
        SipWriter writer = transaction.BeginResponse(context.Scratch, 200, tag);
        foreach (Binding binding in bindings)
        {
            writer.HeaderStart(SipHeaderName.Contact);
            writer.Raw("<"u8);
            writer.Raw(binding.Uri);
            writer.Raw(">;expires="u8);
            writer.Raw((long)Math.Ceiling((binding.ExpiresAt - context.Now).TotalSeconds));
            writer.EndLine();
        }

        if (!context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.Server, context.Capabilities.Server);
        }

        writer.EndWithoutBody();
        transactions.Respond(transaction, 200, writer);
    }
}
