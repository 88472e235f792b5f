using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Reports;
using MediaCore.Primitives;
using MediaCore.Rtp.Quality;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions;

/// <summary>What the reports and the watch over the audio need to know of a leg.</summary>
internal sealed partial class MediaLeg
{
    /// <summary>The stream of our own that was sent last, where its clock is not that of prompts.</summary>
    private OwnStream _ownStream;

    /// <summary>Its packets are passed byte for byte, whatever they are: a line beside the audio.</summary>
    public bool IsOpaque { get; init; }

    /// <summary>What was agreed with the peer.</summary>
    public LegTerms Terms { get; set; }

    /// <summary>Reports and quality; null until the leg's first packet, kept with the pooled leg.</summary>
    public LegReports? Reports { get; set; }

    /// <summary>The next packet is to be looked into (<see cref="LegReports.Look"/>).</summary>
    public bool WantsLook { get; set; } = true;

    /// <summary>Payload bytes of the peer's last packet that was no telephone event: a key that is pressed says nothing of whether the sound goes on.</summary>
    public int LastPayloadBytes { get; set; }

    /// <summary>What the codec that the peer sends costs in quality.</summary>
    public CodecImpairment Codec { get; set; } = CodecImpairment.G711;

    /// <summary>Duration of the peer's packets, as it said; 0 when it did not.</summary>
    public int PacketMilliseconds { get; set; }

    /// <summary>The call that it belongs to, for the log; null outside of calls.</summary>
    public string? CallId { get; set; }

    /// <summary>Which leg of that call it is.</summary>
    public int LegIndex { get; set; }

    /// <summary>Whether the peer hears packets of our own instead of the other leg's.</summary>
    public bool HasOwnStream => !Player.Finished || (Audio is { IsRelayed: false, Output.IsSending: true });

    /// <summary>Takes the stream of our own with that clock that the peer was sent last, to go on with it; none where there was none, or where a prompt is being sent in it.</summary>
    public OwnStream TakeOwnStream(int clockHz)
    {
        OwnStream taken = default;
        if (clockHz == AudioClip.SampleRateHz && Player is { Ssrc: not 0, Finished: true })
        {
            taken = new OwnStream(Player.Ssrc, Player.NextSequenceNumber, Player.NextTimestamp, Player.NextTime, clockHz);
            Player.GiveAway();
        }
        else if (_ownStream.ClockHz == clockHz)
        {
            taken = _ownStream;
            _ownStream = default;
        }

        return taken;
    }

    /// <summary>Leaves a stream of our own to whoever sends next.</summary>
    public void LeaveOwnStream(in OwnStream stream)
    {
        if (stream.ClockHz == AudioClip.SampleRateHz && Player is { Ssrc: 0 })
        {
            Player.Adopt(stream.Ssrc, stream.NextSequence, stream.NextTimestamp, stream.At);
        }
        else
        {
            _ownStream = stream;
        }
    }

    /// <summary>The stream that the peer hears: its SSRC, and what its RTP clock shows now. False while it hears nothing.</summary>
    public bool TryGetSentStream(Timestamp now, out uint ssrc, out uint rtpTimestamp)
    {
        if (!Player.Finished)
        {
            ssrc = Player.Ssrc;
            rtpTimestamp = unchecked(Player.NextTimestamp - (uint)(long)((Player.NextDeadline - now).TotalSeconds * 8000));
            return true;
        }

        if (Audio is { IsRelayed: false } party && party.Output.TryGetStream(now, out ssrc, out rtpTimestamp))
        {
            return true;
        }

        if (Peer is { IsBlocked: false, Received.Packets: > 0 } peer)
        {
            ssrc = peer.Received.Ssrc;
            rtpTimestamp = peer.Received.GetRtpTimestamp(now);
            return true;
        }

        ssrc = rtpTimestamp = 0;
        return false;
    }

    /// <summary>The peer has described itself, again or for the first time: what it may send and take.</summary>
    public void Agree(LegTerms terms) => Terms = terms | (Terms & LegTerms.Answered);

    /// <summary>The call is answered: from now on both sides may be expected to send.</summary>
    public static void Answer(MediaLeg first, MediaLeg second, Timestamp now)
    {
        first.Terms |= LegTerms.Answered;
        second.Terms |= LegTerms.Answered;
        first.Reports?.Renew(now);
        second.Reports?.Renew(now);
    }

    /// <summary>Whether a payload type was agreed on for telephone events, by whichever side's number.</summary>
    public bool IsEvent(byte payloadType)
    {
        AudioTerms terms = default;
        return Owner is { } owner && owner.TryGetTerms(this, ref terms) && (IsEvent(terms.Receive, payloadType) || IsEvent(terms.Send, payloadType));
    }

    private static bool IsEvent(in AudioFormatList formats, byte payloadType)
    {
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].PayloadType == payloadType)
            {
                return formats[i].Codec == AudioCodec.TelephoneEvent;
            }
        }

        return false;
    }

    private void ClearReports()
    {
        _ownStream = default;
        Terms = LegTerms.None;
        WantsLook = true;
        LastPayloadBytes = 0;
        Codec = CodecImpairment.G711;
        PacketMilliseconds = 0;
        CallId = null;
        LegIndex = 0;
        Reports?.Reset();
    }
}
