using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Calls;

/// <summary>The recordings of a call; made for the calls that have any.</summary>
internal sealed class CallRecordings
{
    private readonly List<(Leg Leg, CallRecording Recording)> _all = new(2);

    private Leg? _caller;
    private Leg? _callee;
    private CallRecording? _ofCall;

    /// <summary>Of those under way, and those that have ended.</summary>
    public IReadOnlyList<(Leg Leg, CallRecording Recording)> All => _all;

    /// <summary>An announcement is being fetched, to be played when it is there.</summary>
    public bool AwaitsAnnouncement { get; set; }

    /// <summary>Whether another has room in the call's record.</summary>
    public bool HasRoom => _all.Count < CallRecordLimits.MaxRecordings;

    /// <summary>Number that the next recording of a leg gets.</summary>
    public int NextOrdinal(Leg leg)
    {
        int count = 1;
        foreach ((Leg of, _) in _all)
        {
            count += of.Index == leg.Index ? 1 : 0;
        }

        return count;
    }

    /// <summary>The one of a leg that has not ended; null for none.</summary>
    public CallRecording? Find(Leg leg)
    {
        foreach ((Leg of, CallRecording recording) in _all)
        {
            if (ReferenceEquals(of, leg) && !recording.IsEnded)
            {
                return recording;
            }
        }

        return null;
    }

    /// <summary>Whether it was for these two that the policy was last looked at.</summary>
    public bool IsOf(Leg caller, Leg callee) => ReferenceEquals(_caller, caller) && ReferenceEquals(_callee, callee);

    /// <summary>It is for these two now.</summary>
    public void Note(Leg caller, Leg callee) => (_caller, _callee) = (caller, callee);

    /// <summary>Adds one that has begun.</summary>
    /// <param name="leg">Where.</param>
    /// <param name="recording">The recording.</param>
    /// <param name="isOfCall">Whether it is in the caller's place, and so of the call rather than of one party.</param>
    public void Add(Leg leg, CallRecording recording, bool isOfCall)
    {
        _all.Add((leg, recording));
        if (isOfCall)
        {
            _ofCall = recording;
        }
    }

    /// <summary>Whether it is of the call rather than of one party.</summary>
    public bool IsOfCall(CallRecording recording) => ReferenceEquals(_ofCall, recording);

    /// <summary>It is another leg's from now on.</summary>
    public void Move(CallRecording recording, Leg to)
    {
        int at = _all.FindIndex(one => ReferenceEquals(one.Recording, recording));
        _all[at] = (to, recording);
    }

    /// <summary>What the call's record says of them.</summary>
    public RecordingInfo[] Describe() => [.. _all.Select(static r => r.Recording.Info)];
}
