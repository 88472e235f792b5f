using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// Who hears whom: one party alone (something is played to it), two that hear each other, or more with a mixer. At each tick all that anybody wants to hear is read, then each party is spoken to.
/// Owned by its shard, pooled by <see cref="AudioSessions"/>.
/// </summary>
internal sealed class AudioSession
{
    private readonly List<AudioParty> _parties = new(2);
    private readonly short[] _frame = new short[AudioLimits.MaxFrameSamples];

    /// <summary>Who is in it.</summary>
    public IReadOnlyList<AudioParty> Parties => _parties;

    /// <summary>Samples per second of its frames.</summary>
    public int SampleRateHz { get; set; } = 8000;

    /// <summary>Samples of a frame.</summary>
    public int FrameSamples => SampleRateHz / AudioLimits.FramesPerSecond;

    /// <summary>Whether the parties hear what we decoded and encoded; else packets are relayed as long as nothing is played.</summary>
    public bool IsTranscoding { get; set; }

    /// <summary>Decides what each hears; null for two who hear each other.</summary>
    public IAudioMixer? Mixer { get; set; }

    /// <summary>Its phase on the clock; −1 when it is not ticked.</summary>
    public int Phase { get; set; } = -1;

    /// <summary>The last tick.</summary>
    public Timestamp LastTick { get; private set; }

    /// <summary>The one whom a party hears where there are two.</summary>
    public AudioParty? OtherThan(AudioParty party)
    {
        if (Mixer is not null)
        {
            // Of all that are mixed, the one that it talks with when they are not.
            return party.Leg.Peer?.Audio is { } peer && ReferenceEquals(peer.Session, this) ? peer : null;
        }

        return _parties.Count != 2 ? null : ReferenceEquals(_parties[0], party) ? _parties[1] : _parties[0];
    }

    /// <summary>Whether somebody wants to hear a party: a tap, or another party that is not sent its packets.</summary>
    public bool WantsSound(AudioParty party)
    {
        if (IsTranscoding || party.IsChanged || party.Said.Count > 0 || Mixer is not null)
        {
            return true;
        }

        return OtherThan(party) is { } hearer && (hearer.Heard.Count > 0 || hearer.HearsOthersBeside);
    }

    /// <summary>Takes a party.</summary>
    public void Add(AudioParty party)
    {
        _parties.Add(party);
        party.Session = this;
    }

    /// <summary>Lets a party go; it needs another session before the next tick.</summary>
    public void Remove(AudioParty party) => _parties.Remove(party);

    /// <summary>One tick: 20 ms of everybody.</summary>
    public void Tick(Timestamp due)
    {
        if (LastTick == due)
        {
            return;
        }

        LastTick = due;
        for (int i = _parties.Count - 1; i >= 0; i--)
        {
            _parties[i].Listen(due);
        }

        Mixer?.Prepare(this);

        Span<short> frame = _frame.AsSpan(0, FrameSamples);
        for (int i = 0; i < _parties.Count; i++)
        {
            AudioParty party = _parties[i];
            if (Mixer is { } sender && sender.TrySend(this, party, due))
            {
                continue;
            }

            bool hears = Mixer is { } mixer ? mixer.TryMix(this, party, frame) : TryHear(party, frame);
            if (!hears)
            {
                frame.Clear();
            }

            party.Speak(frame, isSilent: !hears, due);
        }

        // The end of a prompt may take parties away.
        for (int i = _parties.Count - 1; i >= 0; i = Math.Min(i, _parties.Count) - 1)
        {
            _parties[i].FinishTick();
        }
    }

    /// <summary>Back to the pool's state.</summary>
    public void Clear()
    {
        _parties.Clear();
        SampleRateHz = 8000;
        IsTranscoding = false;
        Mixer = null;
        LastTick = default;
    }

    private bool TryHear(AudioParty party, Span<short> frame)
    {
        if (OtherThan(party) is not { HasSaid: true } other || other.Input.IsSilent)
        {
            return false;
        }

        if (other.IsMuted)
        {
            // Silence, but a stream: the listener's side shall not take the call for dead.
            frame.Clear();
        }
        else
        {
            other.SaidFrame.CopyTo(frame);
        }

        return true;
    }
}
