using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The one place where the headers of our messages beyond those of the dialog are written. What a feature adds to an INVITE or to its answers it
/// adds in <see cref="WriteInviteHeaders"/> or <see cref="WriteAnswerHeaders"/>; what holds for every message of a leg is done when it is finished.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>What an INVITE or re-INVITE of ours says after its CSeq and before its body.</summary>
    private void WriteInviteHeaders(ref SipWriter writer, Leg leg, RequestPurpose purpose)
    {
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
        WriteSupported(ref writer, leg);
        WriteOwnInterval(ref writer, leg, purpose == RequestPurpose.InitialInvite);
        if (purpose == RequestPurpose.InitialInvite)
        {
            if (GetReliabilityTowards(leg) == ReliableProvisionals.Required)
            {
                SipOptionTags.Write(ref writer, SipHeaderName.Require, SipExtensions.ReliableProvisionals);
            }

            Call call = leg.Call;
            writer.Raw(call.PassedHeaders.Span);
            WriteIdentities(ref writer, leg);
            CopyCarried(ref writer, call.CarriedHeaders, leg.Trunk, IsHiddenFrom(call, leg.Trunk));
            if (call.MaxBreadth > 0)
            {
                writer.Raw("Max-Breadth: "u8);
                writer.Raw(MaxBreadthOf(call));
                writer.EndLine();
            }

            WriteTransferHeaders(ref writer, leg);
        }
    }

    /// <summary>What a response that makes or confirms a dialog (101 to 299 to an INVITE) says after the echoed headers and before its body.</summary>
    private void WriteAnswerHeaders(ref SipWriter writer, Leg leg, int status)
    {
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        if (status >= 200)
        {
            writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
            WriteSupported(ref writer, leg);
            WriteAgreedInterval(ref writer, leg);
            writer.Raw(TakeRecvInfo());
        }
    }

    /// <summary>Extensions that this leg may use (RFC 3261 §20.37).</summary>
    private void WriteSupported(ref SipWriter writer, Leg leg)
    {
        SipExtensions supported = Capabilities.OfCalls;
        if ((leg.IsCaller ? GetReliability(leg) : GetReliabilityTowards(leg)) == ReliableProvisionals.Off)
        {
            supported &= ~SipExtensions.ReliableProvisionals;
        }

        if (!GetSessionTimers(leg.Trunk).Enabled)
        {
            supported &= ~SipExtensions.SessionTimer;
        }

        if (GetTransferPolicy(leg) == TransferPolicy.Refuse)
        {
            // It could replace nothing here.
            supported &= ~SipExtensions.Replaces;
        }

        SipOptionTags.Write(ref writer, SipHeaderName.Supported, supported);
    }

    /// <summary>Ends a request of a leg: what we are (RFC 3261 §20.41) and the body from the part buffer; then the rules of its trunk, and last what privacy takes out.</summary>
    private void FinishRequest(ref SipWriter writer, Leg leg, SipMethod method, int bodyLength) =>
        FinishRequest(ref writer, leg, method, MediaType.Sdp, _context.PartScratch.AsSpan(0, bodyLength));

    /// <summary>The same with a body of any type; an empty one has no type.</summary>
    private void FinishRequest(ref SipWriter writer, Leg leg, SipMethod method, ReadOnlySpan<byte> bodyType, ReadOnlySpan<byte> body)
    {
        Finish(ref writer, SipHeaderName.UserAgent, bodyType, body);
        _headerFilter.FilterOutbound(leg.Trunk, method, isResponse: false, !leg.IsCaller && IsHiddenFrom(leg.Call, leg.Trunk), _context.Scratch, ref writer);
    }

    /// <summary>
    /// Ends a response to a request of a leg: to its INVITE what the answering side lets pass, what we are (RFC 3261 §20.35), the body from the part buffer, the rules of
    /// its trunk for responses to that method.
    /// </summary>
    private void FinishResponse(ref SipWriter writer, Leg leg, SipMethod method, int status, int bodyLength)
    {
        if (leg.IsCaller && method == SipMethod.Invite)
        {
            writer.Raw(_answerHeaders.AsSpan(0, _answerHeadersLength));
        }

        if (status is 488 or 606)
        {
            // RFC 3261 §20.43: 305, one or more media formats were not acceptable.
            writer.HeaderStart(SipHeaderName.Warning);
            writer.Raw("305 "u8);
            writer.Raw(leg.Flow.Local.HostPort);
            writer.Raw(" \"Incompatible media format\""u8);
            writer.EndLine();
        }

        Finish(ref writer, SipHeaderName.Server, MediaType.Sdp, _context.PartScratch.AsSpan(0, bodyLength));
        _headerFilter.FilterOutbound(leg.Trunk, method, isResponse: true, isHidden: false, _context.Scratch, ref writer);
    }

    private void Finish(ref SipWriter writer, SipHeaderName product, ReadOnlySpan<byte> bodyType, ReadOnlySpan<byte> body)
    {
        if (!_context.Capabilities.Server.IsEmpty)
        {
            writer.Header(product, _context.Capabilities.Server);
        }

        if (body.IsEmpty)
        {
            writer.EndWithoutBody();
        }
        else
        {
            writer.Body(bodyType, body);
        }
    }
}
