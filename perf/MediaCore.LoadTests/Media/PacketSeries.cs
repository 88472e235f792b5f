using System.Security.Cryptography;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// The packets of a stream from its first to its last, made before the clock runs: all streams of a kind send the same ones, so that the generator costs the same with SRTP as without.
/// Immutable.
/// </summary>
internal sealed class PacketSeries
{
    /// <summary>Near the end, so that every call of more than some seconds passes the numbers' wrap and SRTP's rollover.</summary>
    private const ushort FirstSequenceNumber = 65_300;

    private readonly Sound _sound;
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    /// <param name="sound">What they carry.</param>
    /// <param name="ticksPerFrame">Of the RTP clock.</param>
    /// <param name="count">How many.</param>
    /// <param name="sender">Protects them; null: they are plain.</param>
    public PacketSeries(Sound sound, uint ticksPerFrame, int count, SrtpSender? sender)
    {
        _sound = sound;
        _ends = new int[count];
        byte[] packet = new byte[MediaEndpoint.MaxPacketBytes];
        uint ssrc = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        using MemoryStream all = new();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> payload = sound.GetPayload(i);
            RtpHeader.Write(packet, 0, marker: i == 0, (ushort)(FirstSequenceNumber + i), (uint)i * ticksPerFrame, ssrc);
            payload.CopyTo(packet.AsSpan(RtpHeader.MinBytes));
            int length = RtpHeader.MinBytes + payload.Length;
            if (sender is not null && sender.Protect(packet, length, out length) is var status and not SrtpStatus.Ok)
            {
                throw new InvalidOperationException($"A packet could not be protected: {status}.");
            }

            all.Write(packet, 0, length);
            _ends[i] = (int)all.Length;
        }

        _bytes = all.ToArray();
    }

    /// <summary>How many there are.</summary>
    public int Count => _ends.Length;

    /// <summary>The packet at a place in the series; its payload type is 0.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);

    /// <summary>The place of a packet by its sequence number.</summary>
    public static int IndexOf(ushort sequenceNumber) => (ushort)(sequenceNumber - FirstSequenceNumber);

    /// <summary>What a packet carries before it is protected.</summary>
    public ReadOnlySpan<byte> PayloadOf(int index) => _sound.GetPayload(index);
}
