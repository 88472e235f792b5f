namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Decides what each party of a session hears, where that is not simply the other one.</summary>
internal interface IAudioMixer
{
    /// <summary>All parties' frames of this tick were read (<see cref="AudioParty.SaidFrame"/>).</summary>
    void Prepare(AudioSession session);

    /// <summary>Writes what a party hears; false when there is nothing to be heard, so that nothing need be sent.</summary>
    bool TryMix(AudioSession session, AudioParty listener, Span<short> frame);
}
