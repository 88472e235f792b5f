using System.Text;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Messaging;

/// <summary>What is taken of a MESSAGE, and the requests of our own that are made of it: nothing of the sender's own but its identity as each side may know it, the body, and what says how to read it.</summary>
internal sealed partial class MessageCore
{
    private readonly HeaderFilter _headerFilter = new();

    private MessageDelivery Read(SipMessage request, ServerTransaction asked, RoutePlan plan, scoped in RouteRequest facts, uint loopToken)
    {
        NumberRewrite? rewrite = facts.InboundTrunk?.Numbers?.Inbound;
        byte[] sender = [];
        byte[] name = [];
        if (request.TryGetFrom(out NameAddress from))
        {
            sender = SipUri.TryParse(from.Uri, out SipUri uri) ? NumberText.CopyUser(uri, rewrite, CallIdentities.MaxUserBytes) : [];
            name = NumberText.IsDisplayable(from.DisplayName) ? from.DisplayName.ToArray() : [];
        }

        var rows = new SipWriter(context.PartScratch);
        for (int i = 0; i < request.HeaderCount; i++)
        {
            if (request.GetHeaderName(i) is SipHeaderName.ContentDisposition or SipHeaderName.ContentEncoding or SipHeaderName.ContentLanguage
                or SipHeaderName.Subject or SipHeaderName.Priority or SipHeaderName.Date or SipHeaderName.Expires)
            {
                rows.CopyHeader(request, i);
            }
        }

        byte[] passed = rows.Overflowed ? [] : rows.Written.ToArray();
        byte[] carried = [];
        if (facts.InboundTrunk?.Headers is { Pass.IsEmpty: false } headers)
        {
            var lines = new SipWriter(context.PartScratch);
            BackToBackUserAgent.WriteCarried(ref lines, request, headers);
            carried = lines.Overflowed ? [] : lines.Written.ToArray();
        }

        bool isTyped = request.TryGetHeader(SipHeaderName.ContentType, out ReadOnlySpan<byte> type);
        return new MessageDelivery(this, asked, plan)
        {
            Called = SipUri.TryParse(request.RequestUri, out SipUri called) ? NumberText.CopyUser(called, rewrite, CallIdentities.MaxUserBytes) : [],
            Sender = sender,
            SenderName = name,
            Rows = passed,
            Carried = carried,
            ContentType = request.Body.IsEmpty ? [] : isTyped ? type.ToArray() : "application/octet-stream"u8.ToArray(),
            Body = request.Body.ToArray(),
            Identities = CallIdentities.Read(request, facts.InboundTrunk, facts.Account),
            MaxForwards = Math.Min(request.TryGetMaxForwards(out int hops) ? hops : context.Options.MaxForwards, context.Options.MaxForwards) - 1,
            LoopToken = loopToken,
        };
    }

    private ClientTransaction? SendToContact(MessageDelivery delivery, string account, Binding binding)
    {
        if (!BackToBackUserAgent.TryReach(context, binding, out Flow flow))
        {
            return null;
        }

        Span<byte> name = stackalloc byte[256];
        var to = new SipWriter(context.PartScratch);
        to.Raw("sip:"u8);
        to.Raw(Encoding.UTF8.TryGetBytes(account, name, out int length) ? name[..length] : default);
        to.Raw("@"u8);
        to.Raw(flow.Local.Host);
        return Send(delivery, flow, binding.Uri, to.Written, trunk: null, binding.Path);
    }

    private ClientTransaction? SendToTrunk(MessageDelivery delivery, TrunkTarget target, SipPeer peer, in SipDestination destination)
    {
        Trunk trunk = target.Trunk;
        if (!context.Trunks.Get(trunk).TryPass(trunk.Limits, inbound: false, context.Now))
        {
            // Our own limit, so it may be passed on as one (RFC 3261 §16.7).
            delivery.NoteFailure(503);
            return null;
        }

        if (!context.Output.TryOpenFlow(destination, context.Networks.NumberOf(trunk.Network), out Flow flow))
        {
            return null;
        }

        Span<byte> fixedUser = stackalloc byte[256];
        Span<byte> rewritten = stackalloc byte[NumberText.ScratchBytes];
        scoped ReadOnlySpan<byte> user = delivery.Called;
        if (target.User is { } given && Encoding.UTF8.TryGetBytes(given, fixedUser, out int length))
        {
            user = fixedUser[..length];
        }

        var uri = new SipWriter(context.PartScratch);
        uri.Raw("sip:"u8);
        uri.Raw(TrunkNumbers.Rewrite(trunk.Numbers?.Outbound, user, rewritten));
        uri.Raw(user.IsEmpty ? default : "@"u8);
        BackToBackUserAgent.WriteHost(ref uri, peer);
        uri.Raw(trunk.Numbers is { UserIsPhone: true } ? ";user=phone"u8 : default);
        int plain = uri.Length;
        uri.Raw(destination.Transport switch
        {
            SipTransportKind.Tcp => ";transport=tcp"u8,
            SipTransportKind.Tls => ";transport=tls"u8,
            _ => default,
        });
        return Send(delivery, flow, context.PartScratch.AsSpan(0, uri.Length), context.PartScratch.AsSpan(0, plain), trunk, default);
    }

    private ClientTransaction? SendToUri(MessageDelivery delivery, UriTarget target, in SipDestination destination)
    {
        if (!context.Output.TryOpenFlow(destination, network: 0, out Flow flow))
        {
            return null;
        }

        ReadOnlySpan<byte> uri = context.PartScratch.AsSpan(0, Encoding.UTF8.GetBytes(target.Uri, context.PartScratch));
        int parameters = uri.IndexOf((byte)';');
        return Send(delivery, flow, uri, parameters < 0 ? uri : uri[..parameters], trunk: null, default);
    }

    /// <summary>Sends the request; null when it could not be sent.</summary>
    private ClientTransaction? Send(MessageDelivery delivery, in Flow flow, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> to, Trunk? trunk, ReadOnlySpan<byte> path)
    {
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        if (transactions.Open(SipMethod.Message, 1, delivery, flow, branch) is not { } transaction)
        {
            delivery.NoteFailure(503);
            return null;
        }

        transaction.Trunk = trunk;
        LoopToken.Write(delivery.LoopToken, branch);
        bool isHidden = delivery.Identities is { IsPrivate: true } && trunk is not { Identity.IsTrusted: true };
        int headers = uri.IndexOf((byte)'?');
        var writer = new SipWriter(context.Scratch);
        writer.RequestLine(SipMethod.Message, headers < 0 ? uri : uri[..headers]);
        int branchOffset = RequestVia.Write(ref writer, flow, branch);
        writer.Header(SipHeaderName.MaxForwards, delivery.MaxForwards);
        while (!path.IsEmpty)
        {
            int end = path.IndexOf((byte)'\n');
            writer.Header(SipHeaderName.Route, path[..end]);
            path = path[(end + 1)..];
        }

        WriteParties(ref writer, delivery, flow, to, trunk, isHidden);
        writer.Raw("CSeq: 1 MESSAGE\r\n"u8);
        if (trunk is not null && delivery.Identities is { } identities)
        {
            if (identities.Asserted.Length > 0 && !isHidden)
            {
                BackToBackUserAgent.WriteAsserted(ref writer, identities, trunk, flow.Local.Host);
            }

            if (identities.IsPrivate && trunk.Identity.IsTrusted)
            {
                writer.Header(SipHeaderName.Privacy, identities.Privacy);
            }
        }

        writer.Raw(delivery.Rows);
        BackToBackUserAgent.CopyCarried(ref writer, delivery.Carried, trunk, isHidden);
        if (!context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.UserAgent, context.Capabilities.Server);
        }

        if (delivery.Body.Length == 0)
        {
            writer.EndWithoutBody();
        }
        else
        {
            writer.Body(delivery.ContentType, delivery.Body);
        }

        _headerFilter.FilterOutbound(trunk, SipMethod.Message, isResponse: false, isHidden, context.Scratch, ref writer);
        delivery.Waiting++;
        delivery.Sent++;
        return transactions.Start(transaction, writer, branchOffset) ? transaction : null;
    }

    private void WriteParties(ref SipWriter writer, MessageDelivery delivery, in Flow flow, ReadOnlySpan<byte> to, Trunk? trunk, bool isHidden)
    {
        Span<byte> id = stackalloc byte[IdentifierSource.TagBytes];
        context.Identifiers.WriteTag(id);
        writer.HeaderStart(SipHeaderName.From);
        if (isHidden)
        {
            writer.Raw(BackToBackUserAgent.AnonymousAddress);
        }
        else
        {
            BackToBackUserAgent.WriteParty(ref writer, delivery.SenderName, delivery.Sender.Length == 0 ? "anonymous"u8 : delivery.Sender, flow.Local.Host, trunk?.Numbers);
        }

        writer.Raw(";tag="u8);
        writer.Raw(id);
        writer.EndLine();
        writer.HeaderStart(SipHeaderName.To);
        writer.Raw("<"u8);
        writer.Raw(to);
        writer.Raw(">"u8);
        writer.EndLine();
        Span<byte> callId = stackalloc byte[32];
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[..16]);
        IdentifierSource.WriteHex(context.Identifiers.Next(), callId[16..]);
        writer.Header(SipHeaderName.CallId, callId);
    }
}
