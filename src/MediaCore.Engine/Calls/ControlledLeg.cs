using MediaCore.Engine.Control;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Calls;

/// <summary>What a leg has for the controller of its call: what is played to it and what waits, the digits that it types. Made for the first command that plays or gathers; bounded by <see cref="ControlLimits"/>.</summary>
internal sealed class ControlledLeg : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;
    private readonly Queue<char> _typed = new();

    public ControlledLeg(BackToBackUserAgent calls, Leg leg)
    {
        _calls = calls;
        Leg = leg;
        NextTimer = new OwnedTimer(this);
        GatherTimer = new OwnedTimer(this);
    }

    public Leg Leg { get; }

    /// <summary>Which of its directions are muted by command.</summary>
    public MuteDirection Muted { get; set; }

    /// <summary>What is heard now; null for nothing.</summary>
    public Playback? Current { get; set; }

    /// <summary>What waits behind it.</summary>
    public Queue<Playback> Waiting { get; } = new();

    /// <summary>The digits that are waited for; null for none.</summary>
    public GatherOperation? Gather { get; set; }

    /// <summary>Begins what waits, in a turn of its own: a source that ends because another takes its place must not be followed by a third from within.</summary>
    public OwnedTimer NextTimer { get; }

    /// <summary>The gather's next deadline.</summary>
    public OwnedTimer GatherTimer { get; }

    /// <summary>Whether nothing is played and nothing waits.</summary>
    public bool IsQuiet => Current is null && Waiting.Count == 0;

    /// <summary>What was stopped while it waited takes no place any more (<see cref="ControlLimits.MaxWaitingPlays"/>): what is heard before it may never end.</summary>
    public void ForgetOver()
    {
        for (int left = Waiting.Count; left > 0; left--)
        {
            Playback playback = Waiting.Dequeue();
            if (!playback.IsOver)
            {
                Waiting.Enqueue(playback);
            }
        }
    }

    /// <summary>Keeps a digit that nobody waits for.</summary>
    public void Keep(char digit)
    {
        if (_typed.Count == ControlLimits.MaxTypedAhead)
        {
            _typed.Dequeue();
        }

        _typed.Enqueue(digit);
    }

    /// <summary>The oldest digit that nobody has waited for.</summary>
    public bool TryTakeTyped(out char digit) => _typed.TryDequeue(out digit);

    /// <summary>Forgets those digits.</summary>
    public void ForgetTyped() => _typed.Clear();

    /// <inheritdoc/>
    public void OnTimer(OwnedTimer timer)
    {
        if (ReferenceEquals(timer, NextTimer))
        {
            _calls.PlayNext(this);
        }
        else
        {
            _calls.OnGatherDeadline(this);
        }
    }
}
