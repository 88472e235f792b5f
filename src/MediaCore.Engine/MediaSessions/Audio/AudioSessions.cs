using MediaCore.Engine.Shards;
using Microsoft.Extensions.ObjectPool;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// The media graph of one shard: makes parties for the legs whose sound is wanted, joins them to sessions as their legs are bridged, and lets them go when nothing needs them any more. A leg that is only relayed costs
/// nothing here.
/// </summary>
internal sealed partial class AudioSessions : IDisposable
{
    /// <summary>Idle parties kept, of about 120 kB each.</summary>
    private const int MaxIdleParties = 64;

    private readonly AudioClock _clock;
    private readonly CodecPool _codecs = new();
    private readonly ObjectPool<AudioSession> _sessions = new DefaultObjectPool<AudioSession>(new DefaultPooledObjectPolicy<AudioSession>(), MaxIdleParties);
    private readonly Stack<AudioParty> _idle = new();
    private readonly ShardContext _context;
    private readonly IAudioSender _sender;
    private readonly short[] _scratch = new short[AudioInput.ScratchSamples];

    public AudioSessions(ShardContext context, IAudioSender sender)
    {
        _context = context;
        _sender = sender;
        _clock = new AudioClock(context);
    }

    /// <summary>The shard.</summary>
    public ShardContext Context => _context;

    /// <summary>Counters.</summary>
    public AudioStatistics Statistics => _context.Statistics.Audio;

    /// <summary>Sessions that are ticked.</summary>
    public int Count => _clock.Count;

    /// <summary>The party of a leg, made when there is none; null while nothing is negotiated with its peer.</summary>
    public AudioParty? Open(MediaLeg leg)
    {
        if (leg.Audio is { } known)
        {
            return known;
        }

        AudioParty party = _idle.TryPop(out AudioParty? idle) ? idle : new AudioParty(this, _codecs, _sender, _context.Identifiers, _scratch);
        if (!party.TryOpen(leg))
        {
            _idle.Push(party);
            return null;
        }

        leg.Audio = party;
        Statistics.Parties++;
        AudioSession session = leg.Peer?.Audio is { } other && other.Session.Parties.Count == 1 ? other.Session : _sessions.Get();
        session.Add(party);
        Arrange(session);
        return party;
    }

    /// <summary>
    /// Two legs are connected, or what was negotiated with one of them has changed: they transcode from now on, or do not any more. Costs a comparison where neither has a party.
    /// </summary>
    public void Settle(MediaLeg first, MediaLeg second, bool transcode)
    {
        if (!transcode && first.Audio is null && second.Audio is null)
        {
            return;
        }

        // Where something is played to one, the other's packets must not be relayed there.
        if (Open(first) is null || Open(second) is null)
        {
            return;
        }

        if (first.Audio is { } one && second.Audio is { } two)
        {
            Join(one, two);
        }

        AudioSession session = (first.Audio ?? second.Audio)!.Session;
        Refresh(first);
        Refresh(second);
        if (session.Mixer is { } mixer)
        {
            mixer.Settle(transcode);
            first.Audio?.Configure(_context.Options);
            second.Audio?.Configure(_context.Options);
            return;
        }

        SetTranscoding(session, transcode);
        Arrange(session);
        Relax(first);
        Relax(second);
    }

    /// <summary>Lets a party go that nothing needs: its session does not transcode, nobody taps it, nothing is played to it.</summary>
    public void Relax(MediaLeg leg)
    {
        if (leg.Audio is { Session: { IsTranscoding: false, Mixer: null } session } party && !party.IsActive && session.OtherThan(party) is not { IsActive: true })
        {
            Close(party);
        }
    }

    /// <summary>Takes a party from its leg and its session; who is left there stays alone.</summary>
    public void Close(AudioParty party)
    {
        AudioSession session = party.Session;
        MediaLeg leg = party.Leg;
        party.EndAllPlayback();
        if (!ReferenceEquals(leg.Audio, party))
        {
            // The listener has closed it.
            return;
        }

        leg.Sound = party.GetFigures() ?? leg.Sound;
        leg.Audio = null;
        party.Output.Leave(leg);
        Leave(session, party);
        party.Clear();
        Statistics.Parties--;
        if (_idle.Count < MaxIdleParties)
        {
            _idle.Push(party);
        }
    }

    /// <summary>Two parties are no longer connected: each stays alone.</summary>
    public void Part(AudioParty party)
    {
        if (party.Session.Parties.Count > 1 && party.Session.Mixer is null)
        {
            Leave(party.Session, party);
            _sessions.Get().Add(party);
            Arrange(party.Session);
        }
    }

    /// <summary>Destroys what is idle.</summary>
    public void Dispose() => _codecs.Dispose();

    private void Join(AudioParty one, AudioParty two)
    {
        if (ReferenceEquals(one.Session, two.Session) || one.Session.Mixer is not null || two.Session.Mixer is not null)
        {
            return;
        }

        Part(one);
        Part(two);
        AudioSession left = two.Session;
        Leave(left, two);
        one.Session.Add(two);
    }

    private void Leave(AudioSession session, AudioParty party)
    {
        session.Mixer?.Remove(party);
        session.Remove(party);
        if (session.Mixer is null)
        {
            SetTranscoding(session, transcode: false);
        }

        if (session.Parties.Count == 0)
        {
            _clock.Remove(session);
            session.Clear();
            _sessions.Return(session);
        }
    }

    private void SetTranscoding(AudioSession session, bool transcode)
    {
        if (session.IsTranscoding != transcode)
        {
            session.IsTranscoding = transcode;
            foreach (AudioParty party in session.Parties)
            {
                party.WasTranscoded |= transcode;
            }

            Statistics.Transcoding += transcode ? 1 : -1;
            Statistics.TranscodingStarted += transcode ? 1 : 0;
        }
    }

    private static void Refresh(MediaLeg leg) => leg.Audio?.Refresh();

    /// <summary>The lowest rate that loses nothing of use to both, and all codecs for it.</summary>
    private void Arrange(AudioSession session)
    {
        int rate = AudioLimits.MaxSampleRateHz;
        foreach (AudioParty party in session.Parties)
        {
            rate = Math.Min(rate, party.NaturalRateHz);
        }

        session.SampleRateHz = session.Mixer is null ? rate : session.SampleRateHz;
        foreach (AudioParty party in session.Parties)
        {
            party.Configure(_context.Options);
        }

        _clock.Add(session);
    }
}
