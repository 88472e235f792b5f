namespace MediaCore.Audio.Mixing;

/// <summary>
/// Mixes up to <see cref="MixingLimits.MaxMembers"/> members so that each hears the others and not itself. A tick of 20 ms is: every member's <see cref="MixerMember.Say"/>, then <see cref="Collect"/>, then
/// <see cref="Distribute"/>. Only members with sound in them are added, the loudest <see cref="MixerOptions.MaxTalkers"/> of them; all who are not heard themselves hear the same <see cref="SharedMix"/>, which is limited and
/// has to be encoded once. The sum is of 32 bits, <see cref="SoftLimiter"/> brings it into 16.
/// </summary>
/// <remarks>
/// Between the two steps the sums of other mixers can be added: a conference whose members are on several shards has one mixer on each, and they exchange <see cref="PublicSum"/>, <see cref="CoachSum"/> and the levels of their
/// talkers. Allocates at joining only, for more members than ever before. Owned by its shard.
/// </remarks>
public sealed class ConferenceMixer
{
    // A talker who is heard keeps his place against somebody who is as loud.
    private const float HeldPlaceDecibels = 6;

    private readonly MixerMember?[] _members;
    private readonly Stack<MixerMember> _spare = new(4);
    private readonly float[] _scores;
    private readonly int[] _public;
    private readonly int[] _coach;
    private readonly int[] _own;
    private readonly short[] _shared;
    private readonly SoftLimiter _limiter;
    private readonly int _maxTalkers;
    private int _end;
    private bool _hasCoach;

    /// <summary>An empty mixer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ConferenceMixer(MixerOptions options)
    {
        if (options.SampleRateHz is not (8000 or 16_000 or 24_000 or 48_000))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.SampleRateHz, "Mixed is at 8, 16, 24 or 48 kHz.");
        }

        if (options.MaxMembers is < 2 or > MixingLimits.MaxMembers || options.MaxTalkers is < 1 or > MixingLimits.MaxTalkers)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "A mixer has 2 to 50 members and 1 to 50 talkers.");
        }

        SampleRateHz = options.SampleRateHz;
        FrameSamples = options.SampleRateHz / 1000 * MixingLimits.FrameMilliseconds;
        _maxTalkers = options.MaxTalkers;
        _members = new MixerMember?[options.MaxMembers];
        _scores = new float[options.MaxMembers];
        _public = new int[FrameSamples];
        _coach = new int[FrameSamples];
        _own = new int[FrameSamples];
        _shared = new short[FrameSamples];
        _limiter = new SoftLimiter(FrameSamples);
    }

    /// <summary>Samples per second of everything that goes in and out.</summary>
    public int SampleRateHz { get; }

    /// <summary>Samples of a tick.</summary>
    public int FrameSamples { get; }

    /// <summary>How many members there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many are part of the mix of this tick.</summary>
    public int Heard { get; private set; }

    /// <summary>What the members of this mixer said to all, before any limit, since <see cref="Collect"/> and until <see cref="Distribute"/>.</summary>
    public ReadOnlySpan<int> PublicSum => _public;

    /// <summary>What coaches of this mixer said, before any limit; only there when <see cref="HasCoach"/>.</summary>
    public ReadOnlySpan<int> CoachSum => _coach;

    /// <summary>Whether a coach is heard in this tick.</summary>
    public bool HasCoach => _hasCoach;

    /// <summary>What everybody hears who is not heard: until the next tick.</summary>
    public ReadOnlySpan<short> SharedMix => _shared;

    /// <summary>Takes a member in; null when there are as many as may be.</summary>
    public MixerMember? Join()
    {
        int index = Array.IndexOf(_members, null);
        if (index < 0)
        {
            return null;
        }

        MixerMember member = _spare.TryPop(out MixerMember? spare) ? spare : new MixerMember(FrameSamples);
        member.Index = index;
        _members[index] = member;
        _end = Math.Max(_end, index + 1);
        Count++;
        return member;
    }

    /// <summary>Lets a member go; it is not to be used after that. What it said last is cut off, not faded.</summary>
    /// <exception cref="ArgumentException">It is no member of this mixer.</exception>
    public void Leave(MixerMember member)
    {
        if (member.Index < 0 || _members[member.Index] != member)
        {
            throw new ArgumentException("It is no member of this mixer.", nameof(member));
        }

        _members[member.Index] = null;
        member.Clear();
        _spare.Push(member);
        Count--;
        while (_end > 0 && _members[_end - 1] is null)
        {
            _end--;
        }
    }

    /// <summary>The levels of those who are heard, dBov, for other mixers of the same conference to rank theirs by.</summary>
    /// <returns>How many were written.</returns>
    public int GetLevels(Span<float> levels)
    {
        int count = 0;
        for (int i = 0; i < _end && count < levels.Length; i++)
        {
            if (_members[i] is { HasPlace: true, IsCoach: false } member)
            {
                levels[count++] = member.LevelDbov + HeldPlaceDecibels;
            }
        }

        return count;
    }

    /// <summary>Decides who is heard and adds that up.</summary>
    /// <param name="otherLevels">Levels of those who are heard from other mixers of this conference.</param>
    /// <param name="announcement">A frame that all hear whoever talks, a tone say; empty for none.</param>
    public void Collect(ReadOnlySpan<float> otherLevels = default, ReadOnlySpan<short> announcement = default)
    {
        for (int i = 0; i < _end; i++)
        {
            _scores[i] = float.NegativeInfinity;
            if (_members[i] is { } member)
            {
                member.Detect();

                // Coaches are heard by few and take nobody's place.
                if (member is { WantsToBeHeard: true, IsCoach: false })
                {
                    _scores[i] = member.LevelDbov + (member.HasPlace ? HeldPlaceDecibels : 0);
                }
            }
        }

        Array.Clear(_public);
        MixSamples.Scale(announcement, _public, gain: 1);
        Heard = 0;
        _hasCoach = false;
        for (int i = 0; i < _end; i++)
        {
            if (_members[i] is not { } member)
            {
                continue;
            }

            member.HasPlace = member.IsCoach ? member.WantsToBeHeard : !float.IsNegativeInfinity(_scores[i]) && Rank(i, otherLevels) < _maxTalkers;
            member.IsHeard = member.TryContribute(member.HasPlace);
            if (!member.IsHeard)
            {
                continue;
            }

            Heard++;
            if (!member.IsCoach)
            {
                MixSamples.Add(_public, member.Contribution);
                continue;
            }

            if (!_hasCoach)
            {
                Array.Clear(_coach);
                _hasCoach = true;
            }

            MixSamples.Add(_coach, member.Contribution);
        }
    }

    /// <summary>Makes what each member hears.</summary>
    /// <param name="othersPublic">What was said to all in other mixers of this conference; empty for nothing.</param>
    /// <param name="othersCoach">What coaches said there; empty for nothing.</param>
    public void Distribute(ReadOnlySpan<int> othersPublic = default, ReadOnlySpan<int> othersCoach = default)
    {
        if (!othersPublic.IsEmpty)
        {
            MixSamples.Add(_public, othersPublic);
        }

        if (!othersCoach.IsEmpty)
        {
            if (!_hasCoach)
            {
                Array.Clear(_coach);
            }

            MixSamples.Add(_coach, othersCoach);
        }

        bool coaches = _hasCoach || !othersCoach.IsEmpty;
        for (int i = 0; i < _end; i++)
        {
            if (_members[i] is not { } member)
            {
                continue;
            }

            if (member.IsDeaf)
            {
                member.Hears = MixKind.Silence;
            }
            else if ((!member.IsHeard || (member.IsCoach && !member.HearsCoaches)) && !(member.HearsCoaches && coaches))
            {
                member.Hears = MixKind.Shared;
            }
            else
            {
                _public.CopyTo(_own, 0);
                if (member.HearsCoaches && coaches)
                {
                    MixSamples.Add(_own, _coach);
                }

                if (member.IsHeard && (!member.IsCoach || member.HearsCoaches))
                {
                    MixSamples.Subtract(_own, member.Contribution);
                }

                member.Hear(_own, _limiter);
            }
        }

        // After the others' limiters may have gone on from where it was.
        _limiter.Process(_public, _shared);
    }

    private int Rank(int index, ReadOnlySpan<float> otherLevels)
    {
        float score = _scores[index];
        int rank = 0;
        for (int i = 0; i < _end; i++)
        {
            rank += _scores[i] > score || (_scores[i] == score && i < index) ? 1 : 0;
        }

        foreach (float level in otherLevels)
        {
            rank += level > score ? 1 : 0;
        }

        return rank;
    }
}
