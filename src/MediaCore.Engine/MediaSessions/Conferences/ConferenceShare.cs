using MediaCore.Audio.Mixing;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>
/// One shard's part of a conference: mixes its members with each other and with the sums of the other shards, and gives its own sum to them. At each tick it takes what the others published for the tick before, so it
/// waits for nobody; a shard that is late is taken one tick later from then on. Owned by its shard.
/// </summary>
internal sealed class ConferenceShare : IAudioMixer
{
    /// <summary>Kinds of encoders that listeners share; who needs another one has an encoder of his own.</summary>
    public const int MaxEncodings = 8;

    private const long TickNanoseconds = AudioLimits.FrameMilliseconds * 1_000_000L;

    private readonly ShardConferences _owner;
    private readonly CodecPool _codecs;
    private readonly int _shard;
    private readonly ConferenceMixer _mixer;
    private readonly SumSlots<Uninterrupted> _slots;
    private readonly List<ConferenceMember> _members = [];
    private readonly List<SharedEncoding> _encodings = [];
    private readonly Lag[] _lags;
    private readonly int[] _othersPublic;
    private readonly int[] _othersCoach;
    private readonly int[] _copyPublic;
    private readonly int[] _copyCoach;
    private readonly float[] _ownLevels = new float[MixingLimits.MaxTalkers];
    private readonly float[] _otherLevels = new float[2 * MixingLimits.MaxTalkers];
    private int _otherLevelCount;
    private ReadOnlyMemory<short> _tone;

    public ConferenceShare(ShardConferences owner, Conference conference, CodecPool codecs, int shard)
    {
        _owner = owner;
        _codecs = codecs;
        _shard = shard;
        Conference = conference;
        ConferenceOptions options = conference.Options;
        _mixer = new ConferenceMixer(new MixerOptions { SampleRateHz = options.SampleRateHz, MaxTalkers = options.MaxTalkers });
        _slots = new SumSlots<Uninterrupted>(_mixer.FrameSamples);
        _lags = new Lag[conference.Shards];
        _othersPublic = new int[_mixer.FrameSamples];
        _othersCoach = new int[_mixer.FrameSamples];
        _copyPublic = new int[_mixer.FrameSamples];
        _copyCoach = new int[_mixer.FrameSamples];
        conference.Publish(shard, _slots);
    }

    /// <summary>The conference.</summary>
    public Conference Conference { get; }

    /// <summary>The session of its members.</summary>
    public AudioSession Session { get; set; } = null!;

    /// <summary>For a call that is listened to: whether its two sides transcode when they are by themselves again.</summary>
    public bool Transcodes { get; set; }

    /// <summary>Members of this shard.</summary>
    public IReadOnlyList<ConferenceMember> Members => _members;

    /// <summary>Adds a member whose party is in the session; the conference has counted it.</summary>
    public ConferenceMember Add(AudioParty party, ConferenceRole role)
    {
        var member = new ConferenceMember(this, party, _mixer.Join()!);
        member.Assume(role);
        _members.Add(member);
        if (role is ConferenceRole.Member && Conference.Options.Tones)
        {
            _tone = ConferenceTones.Join(_mixer.SampleRateHz);
        }

        return member;
    }

    /// <inheritdoc/>
    public void Prepare(AudioSession session)
    {
        foreach (ConferenceMember member in _members)
        {
            AudioParty party = member.Party;
            member.Mixer.IsMuted = party.IsMuted || member.Role == ConferenceRole.Listener;
            if (party is { HasSaid: true, Input.IsSilent: false })
            {
                member.Mixer.Say(party.SaidFrame);
            }
        }

        ReadOnlySpan<short> tone = _tone.Span;
        tone = tone[..Math.Min(tone.Length, _mixer.FrameSamples)];
        _mixer.Collect(_otherLevels.AsSpan(0, _otherLevelCount), tone);
        _tone = _tone[tone.Length..];
        if (Conference.ShareCount < 2)
        {
            _otherLevelCount = 0;
            _mixer.Distribute();
            return;
        }

        long tick = session.LastTick.Nanoseconds / TickNanoseconds;
        _slots.Write(tick, _mixer.PublicSum, _mixer.HasCoach ? _mixer.CoachSum : default, _ownLevels.AsSpan(0, _mixer.GetLevels(_ownLevels)));
        Gather(tick, out bool any, out bool hasCoach);
        _mixer.Distribute(any ? _othersPublic : default(ReadOnlySpan<int>), hasCoach ? _othersCoach : default(ReadOnlySpan<int>));
    }

    /// <inheritdoc/>
    public bool TryMix(AudioSession session, AudioParty listener, Span<short> frame)
    {
        if (listener.Member is not { } member || member.Share != this)
        {
            return false;
        }

        switch (member.Mixer.Hears)
        {
            case MixKind.Shared:
                _mixer.SharedMix.CopyTo(frame);
                break;
            case MixKind.Own:
                member.Mixer.OwnMix.CopyTo(frame);
                break;
            default:
                frame.Clear();
                break;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(AudioSession session, AudioParty listener, Timestamp due)
    {
        if (listener.Member is not { Mixer.Hears: MixKind.Shared } member || listener.IsPlayedTo || !listener.MayBeSent)
        {
            return false;
        }

        AudioOutput output = listener.Output;
        if (member.EncodingVersion != output.Version)
        {
            member.EncodingVersion = output.Version;
            member.Encoding = output.SharedKind is { } kind ? GetEncoding(kind) : null;
        }

        if (member.Encoding is not { } encoding)
        {
            return false;
        }

        listener.Heard.Feed(_mixer.SharedMix, _mixer.SampleRateHz, due);
        output.WriteShared(listener.Leg, encoding.Encode(_mixer.SharedMix, due), due);
        _owner.Statistics.SharedFrames++;
        return true;
    }

    /// <inheritdoc/>
    public void Settle(bool transcode) => Transcodes = transcode;

    /// <inheritdoc/>
    public void Remove(AudioParty party)
    {
        if (party.Member is not { } member || member.Share != this)
        {
            return;
        }

        party.Member = null;
        _mixer.Leave(member.Mixer);
        _members.Remove(member);
        if (member.Role is ConferenceRole.Member && Conference.Options.Tones)
        {
            _tone = ConferenceTones.Leave(_mixer.SampleRateHz);
        }

        if (_members.Count == 0)
        {
            Conference.Withdraw(_shard);
            foreach (SharedEncoding encoding in _encodings)
            {
                encoding.Release(_codecs);
            }

            _encodings.Clear();
        }

        _owner.OnLeft(this);
    }

    private SharedEncoding? GetEncoding(in EncoderKind kind)
    {
        foreach (SharedEncoding encoding in _encodings)
        {
            if (encoding.Kind == kind)
            {
                return encoding;
            }
        }

        if (_encodings.Count == MaxEncodings || SharedEncoding.Create(kind, _mixer.SampleRateHz, _codecs) is not { } made)
        {
            return null;
        }

        _encodings.Add(made);
        return made;
    }

    /// <summary>Adds up what the other shards' members said in the tick before this one.</summary>
    private void Gather(long tick, out bool any, out bool hasCoach)
    {
        any = hasCoach = false;
        _otherLevelCount = 0;
        for (int shard = 0; shard < _lags.Length; shard++)
        {
            if (shard == _shard || Conference.GetShare(shard) is not { } slots)
            {
                continue;
            }

            ref Lag lag = ref _lags[shard];
            lag.Extra = Math.Min(lag.Extra, ConferenceLimits.MaxLagTicks - 1);
            if (!slots.TryCopy(tick - 1 - lag.Extra, _copyPublic, _copyCoach, _otherLevels.AsSpan(_otherLevelCount), out bool coach, out int levels))
            {
                // One tick later from now on, which repeats the last one in place of a gap; where that is not there either the shard has stalled.
                _owner.Statistics.LateSums++;
                lag.Calm = 0;
                if (lag.Extra == ConferenceLimits.MaxLagTicks - 1
                    || !slots.TryCopy(tick - 2 - lag.Extra, _copyPublic, _copyCoach, _otherLevels.AsSpan(_otherLevelCount), out coach, out levels))
                {
                    continue;
                }

                lag.Extra++;
            }
            else if (lag.Extra > 0 && ++lag.Calm >= ConferenceLimits.CalmTicks && IsSilent(_copyPublic))
            {
                // In a pause a tick is left out, and nobody hears it.
                lag = default;
            }

            Sum(ref any, _othersPublic, _copyPublic);
            if (coach)
            {
                Sum(ref hasCoach, _othersCoach, _copyCoach);
            }

            _otherLevelCount = Math.Min(_otherLevelCount + levels, MixingLimits.MaxTalkers);
        }
    }

    private static bool IsSilent(ReadOnlySpan<int> sum) => sum.IndexOfAnyExcept(0) < 0;

    private static void Sum(ref bool any, int[] sum, int[] samples)
    {
        if (!any)
        {
            samples.CopyTo(sum, 0);
            any = true;
            return;
        }

        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += samples[i];
        }
    }

    private struct Lag
    {
        public int Extra;
        public int Calm;
    }
}
