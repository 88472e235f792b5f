namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Sends packets that we made ourselves; the relay.</summary>
internal interface IAudioSender
{
    /// <summary>Sends an RTP packet to a leg's peer, protected where the leg is; false when it could not go.</summary>
    bool SendOwn(MediaLeg leg, ReadOnlySpan<byte> packet);
}
