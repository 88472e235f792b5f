using System.Runtime.ExceptionServices;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// Ticks the sessions of one shard every 20 ms. They stand in four phases of 5 ms, so that many share a wake-up and their packets do not all leave at once; there is no timer per session. Ticks are on a fixed grid: lateness
/// never adds up, and after a stall at most <see cref="AudioLimits.MaxCatchUpTicks"/> are made up for.
/// </summary>
internal sealed class AudioClock : ITimerOwner
{
    private const int Phases = 4;
    private const long PhaseNanoseconds = AudioLimits.FrameMilliseconds * 1_000_000L / Phases;

    private readonly ShardContext _context;
    private readonly OwnedTimer _timer;
    private readonly List<AudioSession>[] _phases = [[], [], [], []];
    private long _step;

    public AudioClock(ShardContext context)
    {
        _context = context;
        _timer = new OwnedTimer(this);
    }

    /// <summary>Sessions that are ticked.</summary>
    public int Count { get; private set; }

    /// <summary>Ticks a session from now on.</summary>
    public void Add(AudioSession session)
    {
        if (session.Phase >= 0)
        {
            return;
        }

        int phase = 0;
        for (int i = 1; i < Phases; i++)
        {
            phase = _phases[i].Count < _phases[phase].Count ? i : phase;
        }

        if (Count++ == 0)
        {
            _step = _context.Now.Nanoseconds / PhaseNanoseconds;
        }

        session.Phase = phase;
        _phases[phase].Add(session);
        Schedule();
    }

    /// <summary>Ticks a session no longer; allowed during its tick.</summary>
    public void Remove(AudioSession session)
    {
        if (session.Phase < 0)
        {
            return;
        }

        List<AudioSession> phase = _phases[session.Phase];
        int index = phase.IndexOf(session);
        phase[index] = phase[^1];
        phase.RemoveAt(phase.Count - 1);
        session.Phase = -1;
        Count--;
        Schedule();
    }

    void ITimerOwner.OnTimer(OwnedTimer timer)
    {
        long last = _context.Now.Nanoseconds / PhaseNanoseconds;
        _step = Math.Max(_step, last - (AudioLimits.MaxCatchUpTicks * Phases));
        ExceptionDispatchInfo? defect = null;
        while (_step < last)
        {
            _step++;
            var due = new Timestamp(_step * PhaseNanoseconds);
            List<AudioSession> phase = _phases[_step % Phases];

            // A session that goes during a tick is replaced by the last one, which was ticked already and knows.
            for (int i = phase.Count - 1; i >= 0; i = Math.Min(i, phase.Count) - 1)
            {
#pragma warning disable CA1031 // A defect in one session must not cost the others their tick; the shard hears of it below, and counts and logs it.
                try
                {
                    phase[i].Tick(due);
                }
                catch (Exception exception)
                {
                    defect ??= ExceptionDispatchInfo.Capture(exception);
                }
#pragma warning restore CA1031
            }
        }

        Schedule();
        defect?.Throw();
    }

    /// <summary>The next step that has anything to do.</summary>
    private void Schedule()
    {
        if (Count == 0)
        {
            _context.Wheel.Cancel(_timer);
            return;
        }

        long step = _step + 1;
        while (_phases[step % Phases].Count == 0)
        {
            step++;
        }

        var deadline = new Timestamp(step * PhaseNanoseconds);
        if (!_timer.IsScheduled || _timer.Deadline != deadline)
        {
            _context.Wheel.Schedule(_timer, deadline);
        }
    }
}
