using System.Buffers.Binary;
using MediaCore.Rtp.Packets;

namespace MediaCore.Rtp.Srtp;

/// <summary>
/// Protects the RTP and RTCP that go to one peer, RFC 3711 §3.3 and §3.4, in place. A packet's index is found from its sequence number as a receiver finds it, so packets that a relay passes
/// on may be late, missing or out of order; a source that begins its numbering again goes on where it was (<see cref="SrtpLimits.MinRestartPackets"/>), for its peer's rollover counter can only grow. A packet whose index was used before is refused, because two texts under one keystream give each other away. So no source is ever forgotten: when there is no place
/// for another one (<see cref="SrtpOptions.MaxStreams"/>), the last place is shared by all that come, one after the other, under its SSRC and with numbers that go on. Owned by its shard; nothing is allocated
/// per packet of a known source. <see cref="Dispose"/> wipes the keys; protecting afterwards throws, since it would be done with a key of zeros.
/// </summary>
public sealed class SrtpSender : IDisposable
{
    private const int RtcpHeaderBytes = 8;

    private readonly SrtpStreamTable _streams;
    private SrtpKeys _keys;
    private bool _disposed;
    private ulong _rtpPackets;
    private uint _rtcpPackets;
    private uint _rtcpIndex;
    private uint _shiftedSsrc;
    private ushort _shift;
    private uint _restartSsrc;
    private int _restartSequence = -1;
    private uint _sharingSsrc;
    private ushort _sharedShift;

    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">Which ciphers.</param>
    /// <param name="masterKey">As long as <see cref="SrtpParameters.KeyBytes"/> says; not kept.</param>
    /// <param name="masterSalt">As long as <see cref="SrtpParameters.SaltBytes"/> says; not kept.</param>
    /// <param name="options">Null: <see cref="SrtpOptions.Default"/>.</param>
    /// <param name="mki">The key's identifier, which goes with every packet; empty: none.</param>
    public SrtpSender(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpOptions? options = null, ReadOnlySpan<byte> mki = default)
    {
        options ??= SrtpOptions.Default;
        SrtpOptions.Validate(options);
        _streams = new SrtpStreamTable(options);
        _keys = new SrtpKeys(profile, masterKey, masterSalt, mki, number: 0);
    }

    /// <summary>Which ciphers.</summary>
    public SrtpProfile Profile => _keys.Profile;

    /// <summary>Bytes that are added to an RTP packet.</summary>
    public int RtpTrailerBytes => _keys.RtpTrailerBytes;

    /// <summary>Bytes that are added to an RTCP packet.</summary>
    public int RtcpTrailerBytes => _keys.RtcpTrailerBytes;

    /// <summary>Sources that were sent so far.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>
    /// Takes another key; the same one changes nothing. Rollover counters and indices go on as they were: RFC 3711 §3.3.1 forbids to begin them again.
    /// </summary>
    public void ChangeKey(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ReadOnlySpan<byte> mki = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_keys.AreOf(profile, masterKey, masterSalt, mki))
        {
            return;
        }

        SrtpKeys keys = new(profile, masterKey, masterSalt, mki, _keys.Number + 1);
        _keys.Dispose();
        _keys = keys;
        _rtpPackets = 0;
        _rtcpPackets = 0;
    }

    /// <summary>Encrypts the payload of an RTP packet in place and adds the tag.</summary>
    /// <param name="buffer">The packet at its beginning, with room for <see cref="RtpTrailerBytes"/> behind it.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="protectedLength">Bytes of what is to be sent; 0 unless the result is <see cref="SrtpStatus.Ok"/>.</param>
    public SrtpStatus Protect(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        ObjectDisposedException.ThrowIf(_disposed, this);
        SrtpKeys keys = _keys;
        int headerBytes = RtpHeader.BytesOf(buffer[..length]);
        if (headerBytes < 0)
        {
            return SrtpStatus.Malformed;
        }

        if (buffer.Length - length < keys.RtpTrailerBytes)
        {
            return SrtpStatus.NoRoom;
        }

        if (_rtpPackets >= SrtpLimits.MaxRtpPackets)
        {
            return SrtpStatus.KeyExpired;
        }

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        ushort sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        int stream = _streams.Find(ssrc);
        if (_streams.IsFull && (stream < 0 || stream == _streams.Count - 1))
        {
            stream = Share(buffer, ref ssrc, ref sequenceNumber);
        }

        if (_shift != 0 && ssrc == _shiftedSsrc)
        {
            sequenceNumber = unchecked((ushort)(sequenceNumber + _shift));
            BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], sequenceNumber);
        }

        ulong index = sequenceNumber;
        if (stream >= 0)
        {
            index = _streams[stream].EstimateIndex(sequenceNumber);
            SrtpStatus status = index >= SrtpLimits.MaxRtpPackets ? SrtpStatus.KeyExpired : _streams.Check(stream, index);
            if (status == SrtpStatus.TooOld && BeganAgain(ssrc, sequenceNumber, index, _streams[stream].HighestIndex))
            {
                index = _streams[stream].HighestIndex + 1;
                BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)index);
                status = index >= SrtpLimits.MaxRtpPackets ? SrtpStatus.KeyExpired : SrtpStatus.Ok;
            }

            if (status != SrtpStatus.Ok)
            {
                return status;
            }

            _streams.Take(stream, index);
        }
        else
        {
            _streams.Add(ssrc, index, 0);
            _sharingSsrc = ssrc;
        }

        _rtpPackets++;
        SrtpTransform transform = keys.Rtp;
        int tagBytes = transform.TagBytes;
        (int tag, int mki) = transform.TagFollowsText ? (length, length + tagBytes) : (length + keys.MkiBytes, length);
        transform.ProtectRtp(buffer[..length], headerBytes, ssrc, index, buffer.Slice(tag, tagBytes));
        keys.Mki.CopyTo(buffer[mki..]);
        protectedLength = length + keys.RtpTrailerBytes;
        return SrtpStatus.Ok;
    }

    /// <summary>
    /// A packet of one of those that share the last place: it gets that one's SSRC, and the numbers go on where the source before has come to. To whoever hears it a sender that skips a piece.
    /// </summary>
    private int Share(Span<byte> buffer, ref uint ssrc, ref ushort sequenceNumber)
    {
        int last = _streams.Count - 1;
        uint shared = _streams[last].Ssrc;
        if (ssrc != _sharingSsrc)
        {
            _sharingSsrc = ssrc;
            _sharedShift = unchecked((ushort)((ushort)(_streams[last].HighestIndex + 1) - sequenceNumber));
            _shift = _shiftedSsrc == shared ? (ushort)0 : _shift;
        }

        ssrc = shared;
        sequenceNumber = unchecked((ushort)(sequenceNumber + _sharedShift));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], sequenceNumber);
        return last;
    }

    /// <summary>
    /// RFC 3550 §A.1: one packet far back is a stray, two in a row are a sender that began again. Its numbers are shifted from then on. One source at a time: a second one that does so takes the
    /// shift over, and the first goes on as it would without.
    /// </summary>
    private bool BeganAgain(uint ssrc, ushort sequenceNumber, ulong index, ulong highest)
    {
        bool follows = _restartSsrc == ssrc && _restartSequence == sequenceNumber;
        if (highest - index <= SrtpLimits.MinRestartPackets || !follows)
        {
            _restartSsrc = ssrc;
            _restartSequence = (ushort)(sequenceNumber + 1);
            return false;
        }

        ushort before = ssrc == _shiftedSsrc ? _shift : (ushort)0;
        _restartSequence = -1;
        _shiftedSsrc = ssrc;
        _shift = unchecked((ushort)(before + (ushort)(highest + 1) - sequenceNumber));
        return true;
    }

    /// <summary>Encrypts a compound RTCP packet behind its first eight bytes in place and adds index and tag.</summary>
    /// <param name="buffer">The packet at its beginning, with room for <see cref="RtcpTrailerBytes"/> behind it.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="protectedLength">Bytes of what is to be sent; 0 unless the result is <see cref="SrtpStatus.Ok"/>.</param>
    public SrtpStatus ProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        ObjectDisposedException.ThrowIf(_disposed, this);
        SrtpKeys keys = _keys;
        if (length < RtcpHeaderBytes || buffer[0] >> 6 != RtpHeader.Version)
        {
            return SrtpStatus.Malformed;
        }

        if (buffer.Length - length < keys.RtcpTrailerBytes)
        {
            return SrtpStatus.NoRoom;
        }

        if (_rtcpPackets >= SrtpLimits.MaxRtcpPackets)
        {
            return SrtpStatus.KeyExpired;
        }

        // One count for all sources: each of them sees an index that only grows, which is all that RFC 3711 §3.4 needs of it.
        uint indexWord = _rtcpIndex | SrtpTransform.RtcpEncryptedBit;
        _rtcpIndex = (_rtcpIndex + 1) & ~SrtpTransform.RtcpEncryptedBit;
        _rtcpPackets++;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        SrtpTransform transform = keys.Rtcp;
        int tagBytes = transform.TagBytes;
        (int tag, int index) = transform.TagFollowsText
            ? (length, length + tagBytes)
            : (length + SrtpTransform.RtcpIndexBytes + keys.MkiBytes, length);
        transform.ProtectRtcp(buffer[..length], ssrc, indexWord, buffer.Slice(tag, tagBytes));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[index..], indexWord);
        keys.Mki.CopyTo(buffer[(index + SrtpTransform.RtcpIndexBytes)..]);
        protectedLength = length + keys.RtcpTrailerBytes;
        return SrtpStatus.Ok;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        _keys.Dispose();
    }

    /// <summary>Begins the RTCP index elsewhere, for tests.</summary>
    internal void StartRtcpAt(uint index) => _rtcpIndex = index;

    /// <summary>Puts a source where it would be after many packets, for tests.</summary>
    internal void StartStreamAt(uint ssrc, ulong index) => _streams.Add(ssrc, index, 0);
}
