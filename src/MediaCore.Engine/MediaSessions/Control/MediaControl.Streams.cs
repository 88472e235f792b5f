using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>Live sound of a leg, out of it and into it.</summary>
internal sealed partial class MediaControl
{
    /// <summary>
    /// Puts a stream on a leg: what its options say goes out, and what the consumer writes is heard by the party, beside what else it hears or in place of the other side. What is played by command goes on; what is played in
    /// place of others is so in place of the stream, too. It stays until <see cref="Detach"/>, until its consumer disposes it, or until the leg ends; the stream says so (<see cref="IAudioStream.IsEnded"/>).
    /// </summary>
    public StreamRefusal Attach(MediaLeg leg, AudioStream stream)
    {
        AudioParty? party = stream.Options.Speaks ? OpenHearer(leg) : sessions.Open(leg);
        if (party is null)
        {
            return StreamRefusal.NothingNegotiated;
        }

        StreamAttachment attachment = new(stream);
        StreamRefusal refusal = party.Attach(attachment);
        if (refusal != StreamRefusal.None)
        {
            Relax(leg);
        }
        else if (attachment.Heard is not null)
        {
            OpenOther(leg);
        }

        return refusal;
    }

    /// <summary>Takes a stream off a leg and ends it; false when it is not on it.</summary>
    public bool Detach(MediaLeg leg, AudioStream stream)
    {
        if (leg.Audio?.Detach(stream) != true)
        {
            return false;
        }

        Relax(leg);
        return true;
    }
}
