using System.Runtime.CompilerServices;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Reports;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Relay;
using MediaCore.Rtp.Srtp;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Transport.Media;
using MediaCore.Transport.Udp;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.MediaSessions;

/// <summary>
/// The RTP path of one shard (docs/architecture.md): 1 receive, with SRTP authenticate and decrypt, 2 accept the source, 3 count, 4 rewrite only what must be, 5 with SRTP protect, send. The
/// packet stays in one buffer from the receive to the send, with SRTP in a second one from the protection on; nothing is allocated.
/// </summary>
internal sealed class RtpRelay(ShardContext context) : IAudioSender
{
    /// <summary>Longest RTP or RTCP datagram relayed: an Ethernet frame and some room; longer ones are dropped and counted.</summary>
    public const int MaxPacketBytes = 2048;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(MaxPacketBytes, pinned: true);

    // What leaves over SRTP: the packet and what protection adds, made here because a packet from a simulation has no room behind it. Our own keys have no identifier.
    private readonly byte[] _protected = GC.AllocateUninitializedArray<byte>(MaxPacketBytes + SrtpLimits.MaxTrailerBytes(mkiBytes: 0), pinned: true);

    private RtcpRelay? _rtcp;

    private ILogger? _log;

    /// <summary>The media graph of the shard; null where there is none, in tests of the relay alone.</summary>
    public AudioSessions? Audio { get; set; }

    /// <summary>The RTCP path.</summary>
    public RtcpRelay Rtcp => _rtcp ??= new RtcpRelay(context, this);

    /// <summary>Something waits on a media socket. One packet is read; the poller reports the socket again if there are more, so that no leg starves the others.</summary>
    public void HandleReadable(MediaPort port, bool isRtcp)
    {
        if (port.Owner is { } owner)
        {
            // It is there when the system call is done.
            CacheLines.Fetch(owner, MediaLeg.HotBytes);
        }

        // Step 1: receive.
        int length = MediaSocket.Receive(isRtcp ? port.RtcpDescriptor : port.RtpDescriptor, _buffer, out NetworkEndpoint source);
        if (length < 0)
        {
            context.Statistics.RtpUnreadable += length == MediaSocket.Failed ? 1 : 0;
            return;
        }

        HandlePacket(port, _buffer.AsSpan(0, length), isRtcp, source);
    }

    /// <summary>A packet that came to a port: from its socket, or in a simulation.</summary>
    public void HandlePacket(MediaPort port, Span<byte> packet, bool isRtcp, in NetworkEndpoint source)
    {
        if (port.Owner is not MediaLeg leg)
        {
            // A resting port: late packets of the call before (or somebody scanning) end here.
            context.Statistics.RtpStray++;
            port.NoteLate(source, context.Now);
            return;
        }

        if (leg.IsOpaque)
        {
            RelayOpaque(leg, packet, isRtcp, source);
            return;
        }

        // On an RTP port RTCP is what was agreed to share it (RFC 5761 §4), and otherwise what is RTCP to its last byte: an RTP packet may have a marker and a payload type from 64 to 95.
        isRtcp |= RtpHeader.LooksLikeRtcp(packet) && (leg.Security is not null || leg.Terms.HasFlag(LegTerms.RtcpMux) || RtcpRelay.IsWellFormed(packet));
        if (leg.Security is { } security)
        {
            // Before anything is believed: the source is latched, the statistics are kept and the leg counts as heard by authentic packets alone.
            if (!security.TryUnprotect(packet, isRtcp, out int length))
            {
                context.Statistics.RtpUnauthenticated++;
                return;
            }

            packet = packet[..length];
        }

        if (isRtcp)
        {
            Rtcp.Handle(leg, packet, source);
        }
        else
        {
            RelayRtp(leg, packet, source);
        }
    }

    private void RelayRtp(MediaLeg leg, Span<byte> packet, in NetworkEndpoint source)
    {
        MediaLeg? other = leg.Peer;
        if (other is not null)
        {
            CacheLines.Fetch(other, MediaLeg.HotSendBytes);
        }

        ShardStatistics statistics = context.Statistics;
        if (!RtpPacket.TryParse(packet, out RtpPacket rtp))
        {
            statistics.RtpMalformed++;
            return;
        }

        // Step 2: accept the source, or drop.
        LatchVerdict verdict = leg.Latch.Inspect(source, rtp.Ssrc, rtp.SequenceNumber, context.Now);
        if (verdict == LatchVerdict.Reject)
        {
            statistics.RtpRejectedSource++;
            return;
        }

        if (other?.Port is { } way)
        {
            CacheLines.Fetch(way, MediaPort.HotBytes);
        }

        // Step 3: count.
        leg.LastHeard = context.Now;
        leg.Received.Update(rtp.SequenceNumber, rtp.Timestamp, rtp.Ssrc, packet.Length, context.Now, leg.ClockRateHz);
        int payloadBytes = packet.Length - rtp.HeaderLength;
        if (payloadBytes != TelephoneEvent.Bytes || !leg.IsEvent(rtp.PayloadType))
        {
            leg.LastPayloadBytes = payloadBytes;
        }

        if (leg.WantsLook)
        {
            Look(leg, rtp);
        }

        if (verdict == LatchVerdict.AcceptAndLearned)
        {
            NoteSource(leg, rtp, source);
        }

        if (leg.IsBlocked)
        {
            statistics.RtpUnbridged++;
            return;
        }

        if (leg.Digits is { } digits && digits.Receive(rtp, context.Now))
        {
            // A digit that the other side gets in another form, or not at all.
            return;
        }

        if (leg.Audio is { } party && party.Receive(rtp, context.Now))
        {
            // It is decoded, and what the other side hears is sent at the next tick.
            return;
        }

        if (leg.Peer is not { } peer || peer.Port is not { } port)
        {
            statistics.RtpUnbridged++;
            return;
        }

        // Step 4: the one byte that may differ between the legs.
        if (peer.MapsPayloadTypes)
        {
            byte payloadType = peer.GetPayloadType(rtp.PayloadType);
            if (payloadType == MediaLeg.BarredPayloadType)
            {
                Transcode(leg, peer, rtp);
                return;
            }

            RtpHeader.SetPayloadType(packet, payloadType);
        }

        // Step 5: send.
        if (Send(peer, port, isRtcp: false, packet, peer.Latch.Destination))
        {
            peer.SentPackets++;
            peer.SentBytes += packet.Length;
            statistics.RtpRelayed++;
            statistics.RtpBytesRelayed += packet.Length;
        }
    }

    /// <summary>A prompt's next packet is due; false when the prompt has ended.</summary>
    public bool PlayNext(MediaLeg leg)
    {
        if (!leg.Player.HandleDeadline(context.Now, _buffer, out int length))
        {
            return false;
        }

        if (leg.Port is { } port && Send(leg, port, isRtcp: false, _buffer.AsSpan(0, length), leg.Latch.Destination))
        {
            leg.SentPackets++;
            leg.Reports?.NoteOwnPacket();
            leg.SentBytes += length;
            context.Statistics.PromptPackets++;
        }

        return true;
    }

    /// <summary>Sends an RTCP datagram to a leg's peer: to where its RTCP is wanted, or on the RTP ports where both share them (RFC 5761).</summary>
    public bool SendRtcp(MediaLeg leg, ReadOnlySpan<byte> packet) =>
        leg.Port is { } port
        && Send(leg, port, isRtcp: true, packet, leg.Terms.HasFlag(LegTerms.RtcpMux) || leg.Latch is { WaitsForPeer: true, IsLatched: false } ? leg.Latch.Destination : leg.RemoteRtcp);

    /// <summary>Sends an empty datagram from a leg's RTP port, which opens the way back through a NAT.</summary>
    public bool Pierce(MediaLeg leg, in NetworkEndpoint destination) => leg.Port is { } port && IsPlace(destination) && Transmit(port, usesRtcpPort: false, default, destination);

    /// <summary>RTCP goes to where it came from, from an accepted source; to a peer that sends from elsewhere to where it said.</summary>
    public static void NoteRtcpSource(MediaLeg leg, in NetworkEndpoint source)
    {
        if (!leg.Latch.SendsToSignalled)
        {
            leg.RemoteRtcp = source;
        }
    }

    /// <summary>Logs what is wrong with a leg's audio.</summary>
    public void LogFault(MediaLeg leg, AudioFault fault)
    {
        _log ??= context.Services.Loggers.CreateLogger("MediaCore.Media");
        if (fault == AudioFault.OneWay)
        {
            MediaLog.OneWayAudio(_log, leg.CallId ?? "-", leg.LegIndex);
        }
        else
        {
            MediaLog.SilentAudio(_log, leg.CallId ?? "-", leg.LegIndex);
        }
    }

    /// <summary>A packet of a line beside the audio: its source is accepted as for audio, its bytes are nobody's business but the parties'.</summary>
    private void RelayOpaque(MediaLeg leg, ReadOnlySpan<byte> packet, bool isRtcp, in NetworkEndpoint source)
    {
        ShardStatistics statistics = context.Statistics;
        if (isRtcp ? !leg.Latch.AcceptsControlFrom(source) : leg.Latch.Inspect(source, context.Now) == LatchVerdict.Reject)
        {
            statistics.RtpRejectedSource++;
            return;
        }

        if (isRtcp)
        {
            NoteRtcpSource(leg, source);
            Rtcp.HandleOpaque(leg, packet);
            return;
        }

        leg.LastHeard = context.Now;
        if (leg is not { IsBlocked: false, Peer: { Port: { } port } peer })
        {
            statistics.RtpUnbridged++;
            return;
        }

        if (Send(peer, port, isRtcp: false, packet, peer.Latch.Destination))
        {
            peer.SentPackets++;
            peer.SentBytes += packet.Length;
            statistics.OtherRelayed++;
        }
    }

    /// <summary>A peer sends what it may, and the other side was not offered it: both are transcoded from here on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Transcode(MediaLeg leg, MediaLeg peer, in RtpPacket packet)
    {
        Audio?.Settle(leg, peer, transcode: true);
        if (leg.Audio?.Receive(packet, context.Now) != true)
        {
            context.Statistics.RtpUnbridged++;
        }
    }

    /// <summary>A leg's peer is known by its packets from now on, or sends from elsewhere.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteSource(MediaLeg leg, in RtpPacket packet, in NetworkEndpoint source)
    {
        if (context.Trace is { } trace && leg.CallId is { } callId)
        {
            trace.Timeline.Note(callId, leg.LegIndex, $"sends from {source}: payload type {packet.PayloadType}, SSRC {packet.Ssrc:x8}", context.WallClock);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Look(MediaLeg leg, in RtpPacket packet)
    {
        if (leg.Received.Packets == 1 && context.Trace is { } trace && leg.CallId is { } callId)
        {
            trace.Timeline.Note(callId, leg.LegIndex, "its first packet", context.WallClock);
        }

        LegReports reports = Rtcp.Watch(leg);
        if (leg.Peer is { Port: not null, Reports: not { IsRunning: true } } peer)
        {
            Rtcp.Watch(peer);
        }

        reports.Look(packet);
    }

    /// <inheritdoc/>
    public bool SendOwn(MediaLeg leg, ReadOnlySpan<byte> packet)
    {
        if (leg.Port is not { } port || !Send(leg, port, isRtcp: false, packet, leg.Latch.Destination))
        {
            return false;
        }

        leg.SentPackets++;
        leg.Reports?.NoteOwnPacket();
        leg.SentBytes += packet.Length;
        return true;
    }

    private bool Send(MediaLeg leg, MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        if (!IsPlace(destination))
        {
            return false;
        }

        if (leg.Security is { } security)
        {
            packet.CopyTo(_protected);
            if (!security.TryProtect(_protected, packet.Length, isRtcp, out int length))
            {
                context.Statistics.RtpUnprotected++;
                return false;
            }

            packet = _protected.AsSpan(0, length);
        }

        return Transmit(port, isRtcp && !leg.Terms.HasFlag(LegTerms.RtcpMux), packet, destination);
    }

    /// <summary>Whether there can be somebody at an endpoint.</summary>
    private static bool IsPlace(in NetworkEndpoint destination) => destination.Port != 0 && destination is { HasAddress: true, IsUnspecified: false, IsMulticastOrBroadcast: false };

    private bool Transmit(MediaPort port, bool usesRtcpPort, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        if (context.MediaNetwork is { } network)
        {
            return network.Send(port, usesRtcpPort, packet, destination);
        }

        if (MediaSocket.Send(usesRtcpPort ? port.RtcpDescriptor : port.RtpDescriptor, packet, destination) == SendResult.Sent)
        {
            return true;
        }

        context.Statistics.RtpSendErrors++;
        return false;
    }
}
