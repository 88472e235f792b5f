using System.Text.Unicode;
using MediaCore.LoadTests.Media;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>Writes answers and descriptions; allocates nothing.</summary>
internal static class SipText
{
    /// <summary>An answer to a request.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="request">The request.</param>
    /// <param name="status">Its status.</param>
    /// <param name="tag">Our tag, where To has none.</param>
    /// <param name="contact">Value of Contact; empty: none.</param>
    /// <param name="description">The body, application/sdp; empty: none.</param>
    /// <returns>Its bytes.</returns>
    public static ReadOnlySpan<byte> Response(Span<byte> destination, SipMessage request, int status, scoped ReadOnlySpan<byte> tag, scoped ReadOnlySpan<byte> contact, scoped ReadOnlySpan<byte> description)
    {
        SipWriter writer = new(destination);
        writer.StatusLine(status, default);
        writer.CopyHeaders(request, SipHeaderName.Via);
        writer.CopyHeaders(request, SipHeaderName.RecordRoute);
        writer.CopyHeaders(request, SipHeaderName.From);
        if (request.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to))
        {
            writer.HeaderStart(SipHeaderName.To);
            writer.Text(to);
            if (request.ToTag.IsEmpty)
            {
                writer.Raw(";tag="u8);
                writer.Raw(tag);
            }

            writer.EndLine();
        }

        writer.CopyHeaders(request, SipHeaderName.CallId);
        writer.CopyHeaders(request, SipHeaderName.CSeq);
        if (!contact.IsEmpty)
        {
            writer.Header(SipHeaderName.Contact, contact);
        }

        return Finish(ref writer, description);
    }

    /// <summary>The end of a message with or without a description.</summary>
    public static ReadOnlySpan<byte> Finish(scoped ref SipWriter writer, scoped ReadOnlySpan<byte> description)
    {
        if (description.IsEmpty)
        {
            writer.EndWithoutBody();
        }
        else
        {
            writer.Body("application/sdp"u8, description);
        }

        return writer.Written;
    }

    /// <summary>A session description with one stream of sound.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="local">Where it is heard.</param>
    /// <param name="version">Of the session; it grows with each change (RFC 3264 §8).</param>
    /// <param name="opus">Payload type of Opus; 0: it is PCMU.</param>
    /// <param name="hasEvents">Whether it has telephone events.</param>
    /// <param name="key">Its SRTP key in Base64; empty: it is plain.</param>
    /// <param name="direction">Its attribute.</param>
    public static ReadOnlySpan<byte> Describe(Span<byte> destination, scoped in NetworkEndpoint local, int version, byte opus, bool hasEvents, string key, string direction)
    {
        Span<byte> address = stackalloc byte[NetworkEndpoint.MaxTextBytes];
        local.TryFormatAddress(address, brackets: false, out int length);
        ReadOnlySpan<byte> family = local.IsIPv6 ? "IP6"u8 : "IP4"u8;
        string events = hasEvents ? " 101" : "";
        string map = opus != 0 ? "opus/48000/2" : "PCMU/8000";
        SipWriter writer = new(destination);
        writer.Raw("v=0\r\no=- 1 "u8);
        writer.Raw(version);
        foreach (bool isOrigin in (ReadOnlySpan<bool>)[true, false])
        {
            writer.Raw(isOrigin ? " IN "u8 : "s=-\r\nc=IN "u8);
            writer.Raw(family);
            writer.Raw(" "u8);
            writer.Raw(address[..length]);
            writer.EndLine();
        }

        Span<byte> media = stackalloc byte[400];
        Utf8.TryWrite(
            media, $"t=0 0\r\nm=audio {local.Port} RTP/{(key.Length > 0 ? "SAVP" : "AVP")} {opus}{events}\r\na=rtpmap:{opus} {map}\r\n{(hasEvents ? "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" : "")}", out length);
        writer.Raw(media[..length]);
        if (key.Length > 0)
        {
            Utf8.TryWrite(media, $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n", out length);
            writer.Raw(media[..length]);
        }

        Utf8.TryWrite(media, $"a=ptime:{1000 / Sound.FramesPerSecond}\r\na={direction}\r\n", out length);
        writer.Raw(media[..length]);
        return writer.Written;
    }
}
