using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>
/// Writes our own offers and answers (RFC 8866, RFC 3264): every line is made afresh, nothing of a peer's text gets through except validated encoding
/// names and format parameters of relayed codecs, and the tokens of declined media lines.
/// </summary>
public static class SdpComposer
{
    /// <summary>
    /// Writes a description with one audio stream. The other media lines, of <paramref name="answering"/> when it is given, else of <see cref="AudioDescription.Layout"/>, are
    /// repeated with port 0 in their places (RFC 3264 §6, §8). False when <paramref name="destination"/> is too small (<see cref="SdpLimits.MaxComposedBytes"/> always
    /// suffices), when there is no address to show, or when the lines to repeat do not fit a layout or have no place for the audio.
    /// </summary>
    public static bool TryWrite(Span<byte> destination, out int written, in SdpSession session, in AudioDescription audio, SdpDescription? answering = null)
    {
        written = 0;
        MediaLayout layout = audio.Layout;
        if (answering is not null && !MediaLayout.TryCreate(answering, out layout))
        {
            return false;
        }

        int mediaCount = Math.Max(Math.Max(1, layout.Count), audio.Others?.MinMediaCount ?? 0);
        NetworkEndpoint connection = audio.Rtp.HasAddress ? audio.Rtp : session.Address;
        NetworkEndpoint origin = session.Address.HasAddress ? session.Address : audio.Rtp;
        if (((uint)audio.AudioIndex >= (uint)mediaCount && (audio.HasAudioLine || audio.Others is null)) || !connection.HasAddress)
        {
            return false;
        }

        SdpWriter writer = new(destination);
        writer.Append("v=0\r\no=- "u8);
        writer.Append(session.Id);
        writer.Append(" "u8);
        writer.Append(session.Version);
        writer.Append(" "u8);
        writer.AppendAddress(origin);
        writer.Append("\r\ns=-\r\nc="u8);
        writer.AppendAddress(connection);
        writer.Append("\r\nt=0 0\r\n"u8);
        if (!audio.Mid.IsEmpty && audio.Rtp.Port != 0)
        {
            // Only what is not declined may be in the group (RFC 9143 §7.3.3).
            writer.Append("a=group:BUNDLE "u8);
            writer.Append(audio.Mid.Text);
            writer.Append("\r\n"u8);
        }

        for (int i = 0; i < mediaCount; i++)
        {
            if (i == audio.AudioIndex)
            {
                WriteAudio(ref writer, audio, connection);
            }
            else if (audio.Others?.Find(i) is { } other)
            {
                WriteOther(ref writer, other, connection);
            }
            else if (i < layout.Count)
            {
                WriteDeclined(ref writer, layout, i);
            }
            else
            {
                // A place between lines of the two sides that nobody has anything for.
                return false;
            }
        }

        written = writer.Overflowed ? 0 : writer.Length;
        return !writer.Overflowed;
    }

    private static void WriteAudio(ref SdpWriter writer, in AudioDescription audio, NetworkEndpoint connection)
    {
        writer.Append("m=audio "u8);
        writer.Append(audio.Rtp.Port);
        writer.Append(" "u8);
        writer.Append(SdpGrammar.TokenOf(audio.Protocol is SdpProtocol.RtpAvpf or SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf ? audio.Protocol : SdpProtocol.RtpAvp));
        for (int i = 0; i < audio.Formats.Count; i++)
        {
            writer.Append(" "u8);
            writer.Append(audio.Formats[i].PayloadType);
        }

        // The grammar wants a format even where the stream is declined.
        writer.Append(audio.Formats.Count == 0 ? " 0\r\n"u8 : "\r\n"u8);
        if (audio.Rtp.Port == 0)
        {
            return;
        }

        for (int i = 0; i < audio.Formats.Count; i++)
        {
            WriteFormat(ref writer, audio.Formats, i);
        }

        for (int i = 0; i < audio.Crypto.Count; i++)
        {
            audio.Crypto[i].Write(ref writer);
        }

        WritePacketTime(ref writer, "a=ptime:"u8, audio.PtimeMilliseconds);
        WritePacketTime(ref writer, "a=maxptime:"u8, audio.MaxPtimeMilliseconds);
        writer.Append(audio.Direction switch
        {
            MediaDirection.SendOnly => "a=sendonly\r\n"u8,
            MediaDirection.RecvOnly => "a=recvonly\r\n"u8,
            MediaDirection.SendRecv => "a=sendrecv\r\n"u8,
            _ => "a=inactive\r\n"u8,
        });
        if (!audio.Mid.IsEmpty)
        {
            writer.Append("a=mid:"u8);
            writer.Append(audio.Mid.Text);
            writer.Append("\r\n"u8);
        }

        WriteRtcp(ref writer, audio, connection);
    }

    /// <summary>Writes <c>a=rtpmap</c> of a format, and <c>a=fmtp</c> where it has parameters.</summary>
    public static void WriteFormat(ref SdpWriter writer, in AudioFormatList formats, int index)
    {
        AudioFormat format = formats[index];
        writer.Append("a=rtpmap:"u8);
        writer.Append(format.PayloadType);
        writer.Append(" "u8);
        writer.Append(formats.GetEncodingName(index));
        writer.Append("/"u8);
        writer.Append(format.ClockRateHz);
        if (format.Channels != 1)
        {
            writer.Append("/"u8);
            writer.Append(format.Channels);
        }

        writer.Append("\r\n"u8);
        ReadOnlySpan<byte> parameters = formats.GetParameters(index);
        if (!parameters.IsEmpty)
        {
            writer.Append("a=fmtp:"u8);
            writer.Append(format.PayloadType);
            writer.Append(" "u8);
            writer.Append(parameters);
            writer.Append("\r\n"u8);
        }
    }

    private static void WritePacketTime(ref SdpWriter writer, ReadOnlySpan<byte> attribute, int milliseconds)
    {
        if (milliseconds > 0)
        {
            writer.Append(attribute);
            writer.Append((uint)milliseconds);
            writer.Append("\r\n"u8);
        }
    }

    /// <summary>The port after RTP's needs no attribute (RFC 3550 §11); anything else does (RFC 3605), with the address only where it differs.</summary>
    private static void WriteRtcp(ref SdpWriter writer, in AudioDescription audio, NetworkEndpoint connection)
    {
        bool usual = audio.Rtcp.Port == audio.Rtp.Port + 1 && audio.Rtcp.HasSameAddress(connection);
        if (audio.Rtcp.HasAddress && audio.Rtcp.Port != 0 && !usual)
        {
            writer.Append("a=rtcp:"u8);
            writer.Append(audio.Rtcp.Port);
            if (!audio.Rtcp.HasSameAddress(connection))
            {
                writer.Append(" "u8);
                writer.AppendAddress(audio.Rtcp);
            }

            writer.Append("\r\n"u8);
        }

        if (audio.RtcpMux)
        {
            writer.Append("a=rtcp-mux\r\n"u8);
        }
    }

    private static void WriteOther(ref SdpWriter writer, OtherStream stream, NetworkEndpoint connection)
    {
        writer.Append("m="u8);
        writer.Append(stream.Kind);
        writer.Append(" "u8);
        writer.Append(stream.Rtp.Port);
        writer.Append(" "u8);
        writer.Append(stream.Formats);
        writer.Append("\r\n"u8);
        if (!stream.Rtp.HasSameAddress(connection))
        {
            writer.Append("c="u8);
            writer.AppendAddress(stream.Rtp);
            writer.Append("\r\n"u8);
        }

        writer.Append(stream.Lines);
        if (stream.Rtcp.HasAddress && (stream.Rtcp.Port != stream.Rtp.Port + 1 || !stream.Rtcp.HasSameAddress(stream.Rtp)))
        {
            writer.Append("a=rtcp:"u8);
            writer.Append(stream.Rtcp.Port);
            writer.Append(" "u8);
            writer.AppendAddress(stream.Rtcp);
            writer.Append("\r\n"u8);
        }
    }

    private static void WriteDeclined(ref SdpWriter writer, in MediaLayout layout, int index)
    {
        MediaLayout.Line line = layout.GetLine(index);
        writer.Append("m="u8);
        if (line.TextLength == 0)
        {
            writer.Append(SdpGrammar.TokenOf(line.Kind));
            writer.Append(" 0 "u8);
            writer.Append(SdpGrammar.TokenOf(line.Protocol));
            writer.Append(" "u8);
            writer.Append(line.PayloadType);
        }
        else
        {
            ReadOnlySpan<byte> text = layout.GetText(index);
            int space = text.IndexOf((byte)' ');
            writer.Append(text[..space]);
            writer.Append(" 0"u8);
            writer.Append(text[space..]);
        }

        writer.Append("\r\n"u8);
    }
}
