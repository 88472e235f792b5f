using System.Security.Cryptography;
using System.Text;
using MediaCore.Engine.Calls;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Writes one side's description for the other side: line by line as it came, with our addresses, ports, protocol, keys and codecs in their places, and without what would lead past us
/// (ICE, fingerprints, alternative addresses, BUNDLE). Lines that nobody here knows pass. Not for several threads; a shard has one.
/// </summary>
internal sealed class NgRewriter
{
    /// <summary>Attributes that speak of the sender's transport, which ends here (RFC 8839, 4568, 8122, 4145, 5576 is not among them; 3605, 5761, 5888 groups, 5939, 4091).</summary>
    private static readonly HashSet<string> s_dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "candidate", "remote-candidates", "end-of-candidates", "ice-ufrag", "ice-pwd", "ice-options", "ice-lite", "ice-mismatch", "ice-pacing", "crypto", "fingerprint", "setup", "tls-id",
        "connection", "rtcp", "rtcp-mux", "rtcp-mux-only", "bundle-only", "zrtp-hash", "alt", "altc", "csup", "creq", "acap", "tcap", "pcfg", "acfg", "cdsc", "cpar", "sqn", "crypto-suite",
        "X-nat", "oldmediaip", "oldoip", "nortpproxy", "candidates", "source-filter", "extmap-allow-mixed-ice",
    };

    private readonly byte[] _output = new byte[NgLimits.MaxRewrittenBytes];
    private readonly string _loopValue = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant();
    private readonly SipHashKey _hashKey = SipHashKey.Random();

    /// <summary>Whether a description has been rewritten here already, with loop protection.</summary>
    public bool IsOurs(SdpDescription description)
    {
        foreach (SdpLine line in description.SessionAttributes)
        {
            if (line.AttributeName.SequenceEqual("rtpengine"u8) && Encoding.Latin1.GetString(line.AttributeValue) == _loopValue)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the description that <paramref name="to"/> gets of what <paramref name="from"/> said; empty when it does not fit.</summary>
    public ReadOnlySpan<byte> Write(SdpDescription description, NgRequest request, NgParty to, NgParty from, bool isOffer, Func<NgStream?, NgRequest, NetworkEndpoint> local)
    {
        SdpWriter writer = new(_output);
        Context context = new(request, to, from, isOffer, local);
        WriteSession(ref writer, description, context);
        for (int i = 0; i < description.MediaCount; i++)
        {
            WriteMedia(ref writer, description.GetMedia(i), i, context);
        }

        return writer.Overflowed ? default : ApplyVersion(_output.AsSpan(0, writer.Length), request, to);
    }

    private void WriteSession(ref SdpWriter writer, SdpDescription description, in Context context)
    {
        NetworkEndpoint address = context.FirstAddress;
        bool hasConnection = false;
        foreach (SdpLine line in description.SessionLines)
        {
            if (line.Type == (byte)'c')
            {
                hasConnection = true;
                WriteConnection(ref writer, address, IsZero(line.Value) && !context.Request.Has(NgFlags.ReplaceZeroAddress));
                continue;
            }

            if (!hasConnection && !HasMediaConnections(description) && line.Type is (byte)'b' or (byte)'t' or (byte)'a')
            {
                hasConnection = true;
                WriteConnection(ref writer, address, isZero: false);
            }

            switch (line.Type)
            {
                case (byte)'o':
                    WriteOrigin(ref writer, description, context, address);
                    break;
                case (byte)'s' when context.Request.Has(NgFlags.ReplaceSessionName):
                    writer.Append("s=-\r\n"u8);
                    break;
                case (byte)'k':
                    break;
                case (byte)'a' when IsDropped(line) || line.AttributeName.SequenceEqual("group"u8) || line.AttributeName.SequenceEqual("rtpengine"u8):
                    break;
                default:
                    Copy(ref writer, line);
                    break;
            }
        }

        if (context.Request.Has(NgFlags.LoopProtect))
        {
            writer.Append("a=rtpengine:"u8);
            Append(ref writer, _loopValue);
            writer.Append("\r\n"u8);
        }
    }

    private static void WriteOrigin(ref SdpWriter writer, SdpDescription description, in Context context, in NetworkEndpoint address)
    {
        writer.Append("o="u8);
        writer.Append(context.Request.Has(NgFlags.ReplaceUsername) ? "-"u8 : description.OriginUsername);
        writer.Append(" "u8);
        writer.Append(description.OriginSessionId);
        writer.Append(" "u8);
        if (context.Request.Has(NgFlags.ReplaceVersion | NgFlags.IncrementVersion))
        {
            // Settled when the rest is written; a number of fixed width keeps its place.
            writer.Append(VersionPlace);
        }
        else
        {
            writer.Append(description.OriginVersion);
        }

        writer.Append(" "u8);
        if (context.Request.Has(NgFlags.ReplaceOrigin))
        {
            writer.AppendAddress(address);
        }
        else
        {
            writer.Append(description.OriginNetworkType);
            writer.Append(" "u8);
            writer.Append(description.OriginAddressType);
            writer.Append(" "u8);
            writer.Append(description.OriginAddress);
        }

        writer.Append("\r\n"u8);
    }

    private static void WriteMedia(ref SdpWriter writer, SdpMedia media, int index, in Context context)
    {
        NgStream? ours = index < context.To.Count ? context.To[index] : null;
        writer.Append("m="u8);
        writer.Append(media.KindToken);
        writer.Append(" "u8);
        if (ours?.Leg.Port is null || media.Port == 0 || index >= context.From.Count)
        {
            // Declined, or an answer to what only another branch was offered.
            writer.Append("0 "u8);
            writer.Append(media.ProtocolToken);
            WriteFormats(ref writer, media, default, isFiltered: false, default);
            return;
        }

        bool isRtp = ours.IsRtp;
        NetworkEndpoint local = context.Local(ours, context.Request);
        PayloadSet shown = isRtp ? GetShown(media, context, ours.Added) : default;
        writer.Append((ulong)local.Port);
        writer.Append(" "u8);
        writer.Append(isRtp ? TokenOf(ours.Protocol) : media.ProtocolToken);
        bool isReplaced = ours.Answered.Count > 0 && !context.IsOffer;
        if (isReplaced)
        {
            shown = default;
        }

        WriteFormats(ref writer, media, shown, isRtp, isReplaced ? ours.Answered : context.IsOffer ? ours.Added : default);
        bool hasMid = false;
        bool hasPtime = false;
        bool hasDirection = false;
        bool isHeld = false;
        bool isFirst = true;
        foreach (SdpLine line in media.Lines)
        {
            if (isFirst)
            {
                isFirst = false;
                continue;
            }

            if (line.Type == (byte)'c')
            {
                isHeld = IsZero(line.Value);
                WriteConnection(ref writer, local, isHeld && !context.Request.Has(NgFlags.ReplaceZeroAddress));
                continue;
            }

            if (line.Type == (byte)'k')
            {
                continue;
            }

            if (line.Type != (byte)'a')
            {
                Copy(ref writer, line);
                continue;
            }

            ReadOnlySpan<byte> name = line.AttributeName;
            hasDirection |= IsDirection(name);
            if (IsDropped(line) || (isRtp && IsOfHiddenFormat(line, shown, ours)))
            {
                continue;
            }

            if (name.SequenceEqual("ptime"u8) && ours.PtimeMilliseconds != 0)
            {
                continue;
            }

            hasMid |= name.SequenceEqual("mid"u8);
            hasPtime |= name.SequenceEqual("ptime"u8);
            Copy(ref writer, line);
        }

        WriteMaps(ref writer, isReplaced ? ours.Answered : context.IsOffer ? ours.Added : default);
        isHeld |= context.From[index].Signalled.IsUnspecified;
        if (isHeld && !hasDirection && context.Request.Has(NgFlags.ReplaceZeroAddress) && !context.Request.Has(NgFlags.OriginalSendRecv))
        {
            writer.Append("a=sendonly\r\n"u8);
        }

        if (!hasMid && context.Request.Has(NgFlags.GenerateMid))
        {
            writer.Append("a=mid:"u8);
            writer.Append((ulong)(index + 1));
            writer.Append("\r\n"u8);
        }

        if (isRtp)
        {
            WriteTransport(ref writer, ours, local, context);
        }

        if (!hasPtime && ours.PtimeMilliseconds != 0 && isRtp)
        {
            writer.Append("a=ptime:"u8);
            writer.Append((ulong)ours.PtimeMilliseconds);
            writer.Append("\r\n"u8);
        }
    }

    /// <summary>RTCP and keys as they are between the party and us.</summary>
    private static void WriteTransport(ref SdpWriter writer, NgStream ours, in NetworkEndpoint local, in Context context)
    {
        bool hasMux = context.IsOffer ? ours.WasOfferedMux : ours.IsMuxed;
        bool sharesPort = context.IsOffer ? context.Request.Has(NgFlags.MuxRequire) : ours.IsMuxed;
        if (!context.Request.Has(NgFlags.NoRtcpAttribute))
        {
            NetworkEndpoint rtcp = sharesPort ? local : local.WithPort((ushort)(local.Port + 1));
            writer.Append("a=rtcp:"u8);
            writer.Append((ulong)rtcp.Port);
            if (context.Request.Has(NgFlags.FullRtcpAttribute))
            {
                writer.Append(" "u8);
                writer.AppendAddress(rtcp);
            }

            writer.Append("\r\n"u8);
        }

        if (hasMux)
        {
            writer.Append("a=rtcp-mux\r\n"u8);
        }

        if (!ours.IsSecure || ours.Keys is not { } keys)
        {
            return;
        }

        if (keys.Described == DescribedKeys.Lines)
        {
            for (int i = 0; i < keys.Lines.Count; i++)
            {
                keys.Lines[i].Write(ref writer);
            }
        }
        else if (keys.Described == DescribedKeys.Own)
        {
            keys.Own.Write(ref writer);
        }
    }

    /// <summary>The payload types that the other side gets to see.</summary>
    private static PayloadSet GetShown(SdpMedia media, in Context context, in AudioFormatList added)
    {
        PayloadSet shown = default;
        NgCodecPolicy codecs = context.Request.Codecs;
        bool hasVoice = false;
        for (int i = 0; i < media.FormatCount; i++)
        {
            if (!media.TryGetPayloadType(i, out byte payloadType))
            {
                continue;
            }

            bool isKnown = media.TryGetRtpMap(payloadType, out RtpMap map);
            bool isVoice = !isKnown || !IsSupplemental(map.EncodingName);
            if (isKnown && context.IsOffer && !codecs.IsEmpty && !codecs.Shows(Encoding.Latin1.GetString(map.EncodingName), map.ClockRateHz))
            {
                continue;
            }

            if (isVoice && hasVoice && !context.IsOffer && context.Request.Has(NgFlags.SingleCodec))
            {
                continue;
            }

            hasVoice |= isVoice;
            shown.Add(payloadType);
        }

        if (!hasVoice && added.Count == 0)
        {
            // Nothing that could be offered would be left: a call with the wrong codec is better than none.
            for (int i = 0; i < media.FormatCount; i++)
            {
                if (media.TryGetPayloadType(i, out byte payloadType))
                {
                    shown.Add(payloadType);
                }
            }
        }

        return shown;
    }

    private static bool IsSupplemental(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "telephone-event"u8) || Ascii.EqualsIgnoreCase(name, "CN"u8) || Ascii.EqualsIgnoreCase(name, "red"u8) || Ascii.EqualsIgnoreCase(name, "rtx"u8);

    private static void WriteFormats(ref SdpWriter writer, SdpMedia media, in PayloadSet shown, bool isFiltered, in AudioFormatList added)
    {
        for (int i = 0; i < media.FormatCount; i++)
        {
            if (!isFiltered || !media.TryGetPayloadType(i, out byte payloadType) || shown.Has(payloadType))
            {
                writer.Append(" "u8);
                writer.Append(media.GetFormat(i));
            }
        }

        for (int i = 0; i < added.Count; i++)
        {
            writer.Append(" "u8);
            writer.Append((ulong)added[i].PayloadType);
        }

        writer.Append("\r\n"u8);
    }

    private static void WriteMaps(ref SdpWriter writer, in AudioFormatList added)
    {
        for (int i = 0; i < added.Count; i++)
        {
            SdpComposer.WriteFormat(ref writer, added, i);
        }
    }

    /// <summary>Lines about a format that is not shown, and feedback that the other side's protocol has no room for (RFC 4585 §4.2).</summary>
    private static bool IsOfHiddenFormat(in SdpLine line, in PayloadSet shown, NgStream ours)
    {
        ReadOnlySpan<byte> name = line.AttributeName;
        bool isFeedback = name.SequenceEqual("rtcp-fb"u8);
        if (isFeedback && ours.Protocol is SdpProtocol.RtpAvp or SdpProtocol.RtpSavp)
        {
            return true;
        }

        if (!isFeedback && !name.SequenceEqual("rtpmap"u8) && !name.SequenceEqual("fmtp"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> value = line.AttributeValue;
        int end = value.IndexOf((byte)' ');
        return System.Buffers.Text.Utf8Parser.TryParse(end < 0 ? value : value[..end], out byte payloadType, out int consumed)
            && consumed == (end < 0 ? value.Length : end)
            && payloadType < 128
            && !shown.Has(payloadType);
    }

    private static bool IsDropped(in SdpLine line) =>
        line.AttributeName.Length <= 24 && s_dropped.Contains(Encoding.Latin1.GetString(line.AttributeName));

    private static bool IsDirection(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("sendrecv"u8) || name.SequenceEqual("sendonly"u8) || name.SequenceEqual("recvonly"u8) || name.SequenceEqual("inactive"u8);

    private static bool HasMediaConnections(SdpDescription description)
    {
        for (int i = 0; i < description.MediaCount; i++)
        {
            if (description.GetMedia(i).Port != 0 && !description.GetMedia(i).HasConnection)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsZero(ReadOnlySpan<byte> connection) => connection.EndsWith(" 0.0.0.0"u8) || connection.EndsWith(" ::"u8);

    private static void WriteConnection(ref SdpWriter writer, in NetworkEndpoint address, bool isZero)
    {
        writer.Append("c="u8);
        if (isZero)
        {
            writer.Append(address.IsIPv6 ? "IN IP6 ::"u8 : "IN IP4 0.0.0.0"u8);
        }
        else
        {
            writer.AppendAddress(address);
        }

        writer.Append("\r\n"u8);
    }

    private static void Copy(ref SdpWriter writer, in SdpLine line)
    {
        writer.Append([line.Type, (byte)'=']);
        writer.Append(line.Value);
        writer.Append("\r\n"u8);
    }

    private static void Append(ref SdpWriter writer, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        writer.Append(bytes[..Encoding.Latin1.GetBytes(text, bytes)]);
    }

    private static ReadOnlySpan<byte> TokenOf(SdpProtocol protocol) => protocol switch
    {
        SdpProtocol.RtpAvpf => "RTP/AVPF"u8,
        SdpProtocol.RtpSavp => "RTP/SAVP"u8,
        SdpProtocol.RtpSavpf => "RTP/SAVPF"u8,
        _ => "RTP/AVP"u8,
    };

    private static ReadOnlySpan<byte> VersionPlace => "1000000000000000000"u8;

    /// <summary>A version of our own: the same for the same description, one more for another one (RFC 3264 §8).</summary>
    private ReadOnlySpan<byte> ApplyVersion(Span<byte> text, NgRequest request, NgParty to)
    {
        if (!request.Has(NgFlags.ReplaceVersion | NgFlags.IncrementVersion) || text.IndexOf(VersionPlace) is not (>= 0 and int place))
        {
            return text;
        }

        ulong hash = SipHash24.Hash(text, _hashKey);
        if (to.DescriptionHash != hash || request.Has(NgFlags.IncrementVersion))
        {
            to.Version++;
            to.DescriptionHash = hash;
        }

        (1_000_000_000_000_000_000UL + to.Version).TryFormat(text[place..], out _);
        return text;
    }

    /// <summary>What all lines are written under.</summary>
    private readonly struct Context(NgRequest request, NgParty to, NgParty from, bool isOffer, Func<NgStream?, NgRequest, NetworkEndpoint> local)
    {
        public NgRequest Request { get; } = request;

        /// <summary>What an offer would make of the streams, or what an answer has made of them.</summary>
        public List<NgStream> To { get; } = isOffer ? to.Drafts : to.Streams;

        public List<NgStream> From { get; } = isOffer ? from.Drafts : from.Streams;

        public bool IsOffer { get; } = isOffer;

        public Func<NgStream?, NgRequest, NetworkEndpoint> Local { get; } = local;

        /// <summary>The address for the session's own lines.</summary>
        public NetworkEndpoint FirstAddress
        {
            get
            {
                foreach (NgStream stream in To)
                {
                    if (stream.Leg.Port is not null)
                    {
                        return Local(stream, Request);
                    }
                }

                return Local(null, Request);
            }
        }
    }

    /// <summary>Payload types as 128 bits.</summary>
    private struct PayloadSet
    {
        private UInt128 _bits;

        public void Add(byte payloadType) => _bits |= UInt128.One << payloadType;

        public readonly bool Has(byte payloadType) => (_bits >> payloadType & UInt128.One) != UInt128.Zero;
    }
}
