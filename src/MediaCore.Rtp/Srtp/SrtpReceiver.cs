using System.Buffers.Binary;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;

namespace MediaCore.Rtp.Srtp;

/// <summary>
/// Checks and decrypts the RTP and RTCP that come from one peer, RFC 3711 §3.3 and §3.4, in place. Whatever is not <see cref="SrtpStatus.Ok"/> leaves packet and state as they were: a
/// rollover counter, a replay window or a source is moved or made by authentic packets alone, so nobody without the key can move it. Owned by its shard; nothing is
/// allocated per packet of a known source. <see cref="Dispose"/> wipes the keys.
/// </summary>
public sealed class SrtpReceiver : IDisposable
{
    private const int RtcpHeaderBytes = 8;

    private readonly SrtpStreamTable _rtpStreams;
    private readonly SrtpStreamTable _rtcpStreams;
    private SrtpKeys _keys;

    // The key before this one, until a packet came with the new one: what is under way when a peer changes its key was made with the old one.
    private SrtpKeys? _previous;
    private ulong[]? _formerMarks;
    private SipHashKey _markSecret;
    private int _formerKeys;
    private bool _disposed;

    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">Which ciphers.</param>
    /// <param name="masterKey">As long as <see cref="SrtpParameters.KeyBytes"/> says.</param>
    /// <param name="masterSalt">As long as <see cref="SrtpParameters.SaltBytes"/> says.</param>
    /// <param name="options">Null: <see cref="SrtpOptions.Default"/>.</param>
    /// <param name="mki">The key's identifier, which every packet then has to carry; empty: none.</param>
    public SrtpReceiver(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpOptions? options = null, ReadOnlySpan<byte> mki = default)
    {
        options ??= SrtpOptions.Default;
        SrtpOptions.Validate(options);
        _rtpStreams = new SrtpStreamTable(options);
        _rtcpStreams = new SrtpStreamTable(options);
        _keys = new SrtpKeys(profile, masterKey, masterSalt, mki, number: 0);
    }

    /// <summary>Which ciphers.</summary>
    public SrtpProfile Profile => _keys.Profile;

    /// <summary>Sources of RTP that proved themselves so far.</summary>
    public int StreamCount => _rtpStreams.Count;

    /// <summary>
    /// Takes the peer's next key; the same one changes nothing. Rollover counters go on (RFC 3711 §3.3.1); from a peer that begins them again, which many do, the first packet shows
    /// it. Packets under the old key are taken until the first one under the new key has come; until then the old key can come back and has its replay windows. A key that comes back later
    /// takes nothing but packets beyond all that came before (the last <see cref="SrtpLimits.MaxFormerKeys"/> keys are known again).
    /// </summary>
    public void ChangeKey(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ReadOnlySpan<byte> mki = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_keys.AreOf(profile, masterKey, masterSalt, mki))
        {
            return;
        }

        if (_previous is { } former && former.AreOf(profile, masterKey, masterSalt, mki))
        {
            // The new one was offered and refused, and nothing has come with it. What came with this one is known, or it could be played again.
            _keys.Dispose();
            _keys = former;
            _previous = null;
            return;
        }

        bool isReturning = IsFormer(profile, masterKey, masterSalt);
        SrtpKeys keys = new(profile, masterKey, masterSalt, mki, _keys.Number + 1) { IsReturning = isReturning };
        Remember(_keys);
        _previous?.Dispose();
        _previous = _keys;
        _keys = keys;
    }

    private void Remember(SrtpKeys keys)
    {
        if (_formerMarks is null)
        {
            _formerMarks = new ulong[SrtpLimits.MaxFormerKeys];
            _markSecret = SipHashKey.Random();
        }

        _formerMarks[_formerKeys++ % _formerMarks.Length] = keys.Mark(_markSecret);
    }

    private bool IsFormer(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        if (_formerMarks is null)
        {
            return false;
        }

        using SrtpKeys candidate = new(profile, masterKey, masterSalt, default, 0);
        return _formerMarks.AsSpan(0, Math.Min(_formerKeys, _formerMarks.Length)).Contains(candidate.Mark(_markSecret));
    }

    /// <summary>Checks an RTP packet, takes its tag off and decrypts its payload in place.</summary>
    /// <param name="datagram">What came.</param>
    /// <param name="length">Bytes of the RTP packet at the datagram's beginning; 0 unless the result is <see cref="SrtpStatus.Ok"/>.</param>
    public SrtpStatus Unprotect(Span<byte> datagram, out int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SrtpStatus status = TryRtp(_keys, datagram, out length);
        if (_previous is null)
        {
            return status;
        }

        if (status == SrtpStatus.Ok)
        {
            ForgetPrevious();
            return status;
        }

        return TryRtp(_previous, datagram, out length) == SrtpStatus.Ok ? SrtpStatus.Ok : status;
    }

    /// <summary>Checks a compound RTCP packet, takes index and tag off and decrypts it in place.</summary>
    /// <param name="datagram">What came.</param>
    /// <param name="length">Bytes of the RTCP packet at the datagram's beginning; 0 unless the result is <see cref="SrtpStatus.Ok"/>.</param>
    public SrtpStatus UnprotectRtcp(Span<byte> datagram, out int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SrtpStatus status = TryRtcp(_keys, datagram, out length);
        if (_previous is null)
        {
            return status;
        }

        if (status == SrtpStatus.Ok)
        {
            ForgetPrevious();
            return status;
        }

        return TryRtcp(_previous, datagram, out length) == SrtpStatus.Ok ? SrtpStatus.Ok : status;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        _keys.Dispose();
        ForgetPrevious();
        _formerMarks?.AsSpan().Clear();
    }

    private void ForgetPrevious()
    {
        _previous?.Dispose();
        _previous = null;
    }

    private SrtpStatus TryRtp(SrtpKeys keys, Span<byte> datagram, out int length)
    {
        length = 0;

        // Step 1: the header, which is readable, and what stands behind the text.
        int textEnd = datagram.Length - keys.RtpTrailerBytes;
        int headerBytes = textEnd < 0 ? -1 : RtpHeader.BytesOf(datagram[..textEnd]);
        if (headerBytes < 0)
        {
            return SrtpStatus.Malformed;
        }

        SrtpTransform transform = keys.Rtp;
        int tagBytes = transform.TagBytes;
        (int tag, int mki) = transform.TagFollowsText ? (textEnd, textEnd + tagBytes) : (textEnd + keys.MkiBytes, textEnd);
        if (keys.MkiBytes > 0 && !datagram.Slice(mki, keys.MkiBytes).SequenceEqual(keys.Mki))
        {
            return SrtpStatus.UnknownKey;
        }

        // Step 2: the index, and whether it was seen.
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        ushort sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        Span<byte> packet = datagram[..textEnd];
        Span<byte> tagInPacket = datagram.Slice(tag, tagBytes);
        int stream = _rtpStreams.Find(ssrc);
        if (stream < 0 || _rtpStreams[stream].KeyNumber != keys.Number)
        {
            return TryFirstRtp(keys, packet, tagInPacket, headerBytes, stream, out length);
        }

        ulong index = _rtpStreams[stream].EstimateIndex(sequenceNumber);
        SrtpStatus status = index >= SrtpLimits.MaxRtpPackets ? SrtpStatus.KeyExpired : _rtpStreams.Check(stream, index);
        if (status != SrtpStatus.Ok)
        {
            return status;
        }

        // Step 3: only an authentic packet goes on.
        if (!transform.VerifyRtp(packet, headerBytes, ssrc, index, tagInPacket))
        {
            return SrtpStatus.Unauthenticated;
        }

        transform.DecryptRtp(packet, headerBytes, ssrc, index);
        _rtpStreams.Take(stream, index);
        length = textEnd;
        return SrtpStatus.Ok;
    }

    /// <summary>
    /// The first packet of a source under a key. Its rollover counter is 0 for a new source, or 1 when the packets before the sequence numbers began again were lost; after a change of
    /// the key it is what it was, or 0 with a peer that begins anew.
    /// </summary>
    private SrtpStatus TryFirstRtp(SrtpKeys keys, Span<byte> packet, ReadOnlySpan<byte> tag, int headerBytes, int stream, out int length)
    {
        length = 0;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        ushort sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        ulong likely = sequenceNumber;
        ulong possible = sequenceNumber < 0x8000 ? 0x1_0000u + sequenceNumber : likely;
        if (stream >= 0)
        {
            if (_rtpStreams[stream].KeyNumber > keys.Number)
            {
                return SrtpStatus.Unauthenticated;
            }

            possible = likely;
            likely = Math.Min(_rtpStreams[stream].EstimateIndex(sequenceNumber), SrtpLimits.MaxRtpPackets - 1);
        }
        else if (_rtpStreams.IsFull)
        {
            return SrtpStatus.TooManyStreams;
        }

        ulong index = likely;
        if (!keys.Rtp.VerifyRtp(packet, headerBytes, ssrc, likely, tag))
        {
            index = possible;
            if (possible == likely || !keys.Rtp.VerifyRtp(packet, headerBytes, ssrc, possible, tag))
            {
                return SrtpStatus.Unauthenticated;
            }
        }

        if (keys.IsReturning && stream >= 0 && index <= _rtpStreams[stream].HighestIndex)
        {
            return SrtpStatus.TooOld;
        }

        keys.Rtp.DecryptRtp(packet, headerBytes, ssrc, index);
        Begin(_rtpStreams, stream, ssrc, index, keys);
        length = packet.Length;
        return SrtpStatus.Ok;
    }

    private SrtpStatus TryRtcp(SrtpKeys keys, Span<byte> datagram, out int length)
    {
        length = 0;
        int textEnd = datagram.Length - keys.RtcpTrailerBytes;
        if (textEnd < RtcpHeaderBytes || datagram[0] >> 6 != RtpHeader.Version)
        {
            return SrtpStatus.Malformed;
        }

        SrtpTransform transform = keys.Rtcp;
        int tagBytes = transform.TagBytes;
        (int tag, int indexAt) = transform.TagFollowsText
            ? (textEnd, textEnd + tagBytes)
            : (textEnd + SrtpTransform.RtcpIndexBytes + keys.MkiBytes, textEnd);
        if (!datagram.Slice(indexAt + SrtpTransform.RtcpIndexBytes, keys.MkiBytes).SequenceEqual(keys.Mki))
        {
            return SrtpStatus.UnknownKey;
        }

        uint indexWord = BinaryPrimitives.ReadUInt32BigEndian(datagram[indexAt..]);
        if ((indexWord & SrtpTransform.RtcpEncryptedBit) == 0)
        {
            return SrtpStatus.Unencrypted;
        }

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        ulong index = indexWord & ~SrtpTransform.RtcpEncryptedBit;
        int stream = _rtcpStreams.Find(ssrc);
        bool known = stream >= 0 && _rtcpStreams[stream].KeyNumber == keys.Number;
        if (known)
        {
            SrtpStatus status = _rtcpStreams.Check(stream, index);
            if (status != SrtpStatus.Ok)
            {
                return status;
            }
        }
        else if (stream >= 0 && _rtcpStreams[stream].KeyNumber > keys.Number)
        {
            return SrtpStatus.Unauthenticated;
        }
        else if (stream >= 0 && keys.IsReturning && index <= _rtcpStreams[stream].HighestIndex)
        {
            return SrtpStatus.TooOld;
        }
        else if (stream < 0 && _rtcpStreams.IsFull)
        {
            return SrtpStatus.TooManyStreams;
        }

        Span<byte> packet = datagram[..textEnd];
        if (!transform.VerifyRtcp(packet, ssrc, indexWord, datagram.Slice(tag, tagBytes)))
        {
            return SrtpStatus.Unauthenticated;
        }

        transform.DecryptRtcp(packet, ssrc, indexWord);
        if (known)
        {
            _rtcpStreams.Take(stream, index);
        }
        else
        {
            Begin(_rtcpStreams, stream, ssrc, index, keys);
        }

        length = textEnd;
        return SrtpStatus.Ok;
    }

    private static void Begin(SrtpStreamTable streams, int stream, uint ssrc, ulong index, SrtpKeys keys)
    {
        if (stream < 0)
        {
            streams.Add(ssrc, index, keys.Number);
        }
        else
        {
            streams.Restart(stream, index, keys.Number);
            if (keys.IsReturning)
            {
                streams.CloseWindow(stream);
            }
        }
    }
}
