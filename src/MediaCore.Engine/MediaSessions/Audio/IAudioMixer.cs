using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Decides what each party of a session hears, where that is not simply the other one.</summary>
internal interface IAudioMixer
{
    /// <summary>All parties' frames of this tick were read (<see cref="AudioParty.SaidFrame"/>).</summary>
    void Prepare(AudioSession session);

    /// <summary>Writes what a party hears; false when there is nothing to be heard, so that nothing need be sent.</summary>
    bool TryMix(AudioSession session, AudioParty listener, Span<short> frame);

    /// <summary>Lets a listener hear what it hears without <see cref="TryMix"/>, where that was encoded for others already; false where it was not.</summary>
    bool TrySend(AudioSession session, AudioParty listener, Timestamp due);

    /// <summary>Two of its parties have agreed anew whether they transcode when they are not mixed.</summary>
    void Settle(bool transcode);

    /// <summary>A party leaves the session.</summary>
    void Remove(AudioParty party);
}
