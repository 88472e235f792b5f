namespace MediaCore.Control.Controllers;

/// <summary>
/// Who may control calls: controllers by name, each under an epoch that is greater than all that were given before. A controller is there by its session, or by a lease that its unary commands renew. One that is lost keeps its
/// calls for the grace time; then they follow its terms, and it is remembered for a while, so that its events are kept. No clock of its own, no timers: whoever owns it asks for <see cref="NextDeadline"/> and calls
/// <see cref="Expire"/>. Safe from any thread.
/// </summary>
internal sealed class Ownership(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Controller> _controllers = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();
    private long _lastEpoch;

    private enum Presence
    {
        /// <summary>By a session.</summary>
        Attached,

        /// <summary>By unary commands, until the deadline.</summary>
        Leased,

        /// <summary>Its session is gone; its calls wait until the deadline.</summary>
        Lost,

        /// <summary>Its calls have followed its terms; it is remembered until the deadline.</summary>
        Gone,
    }

    /// <summary>Controllers that are there, lost or remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _controllers.Count;
            }
        }
    }

    /// <summary>When <see cref="Expire"/> is to be called, from now; null for never.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            lock (_gate)
            {
                TimeSpan next = TimeSpan.MaxValue;
                foreach (Controller controller in _controllers.Values)
                {
                    next = controller.Deadline < next ? controller.Deadline : next;
                }

                TimeSpan rest = next - Now;
                return next == TimeSpan.MaxValue ? null : rest < TimeSpan.Zero ? TimeSpan.Zero : rest;
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>A session begins. Its controller is attached under a new epoch; a former session of it has to end. Null when there are too many controllers.</summary>
    public OwnershipResult? Open(string name, ReleaseTerms terms, object session)
    {
        lock (_gate)
        {
            if (Find(name) is not { } controller)
            {
                return null;
            }

            object? replaced = controller.Session;
            controller.Presence = Presence.Attached;
            controller.Deadline = TimeSpan.MaxValue;
            controller.Session = session;
            controller.Terms = terms;
            controller.Epoch = NextEpoch();
            return new OwnershipResult(controller.Epoch, replaced);
        }
    }

    /// <summary>A session has ended. Nothing happens when another has taken its place.</summary>
    public void Close(string name, object session)
    {
        lock (_gate)
        {
            if (_controllers.TryGetValue(name, out Controller? controller) && ReferenceEquals(controller.Session, session))
            {
                controller.Session = null;
                controller.Presence = Presence.Lost;
                controller.Deadline = Now + controller.Terms.Grace;
            }
        }
    }

    /// <summary>A unary command of a controller: it is there, for the time of a lease at least. Null when there are too many controllers.</summary>
    public OwnershipResult? Touch(string name)
    {
        lock (_gate)
        {
            if (Find(name) is not { } controller)
            {
                return null;
            }

            if (controller.Presence == Presence.Gone)
            {
                controller.Epoch = NextEpoch();
                controller.Terms = ReleaseTerms.Usual;
                controller.Deadline = TimeSpan.Zero;
            }

            if (controller.Presence != Presence.Attached)
            {
                TimeSpan lease = Now + ControlServiceLimits.UnaryLease;
                controller.Presence = Presence.Leased;
                controller.Deadline = lease > controller.Deadline ? lease : controller.Deadline;
            }

            return new OwnershipResult(controller.Epoch);
        }
    }

    /// <summary>A controller that is there by its unary commands is still there; for others nothing changes.</summary>
    public void Renew(string name)
    {
        lock (_gate)
        {
            if (_controllers.TryGetValue(name, out Controller? controller) && controller.Presence == Presence.Leased && Now + ControlServiceLimits.UnaryLease is var lease && lease > controller.Deadline)
            {
                controller.Deadline = lease;
            }
        }
    }

    /// <summary>The epoch of a controller that is there, or may yet come back for its calls; null for none.</summary>
    public long? GetEpoch(string name)
    {
        lock (_gate)
        {
            return _controllers.TryGetValue(name, out Controller? controller) && controller.Presence != Presence.Gone ? controller.Epoch : null;
        }
    }

    /// <summary>The controllers whose time is over, each told once.</summary>
    public IReadOnlyList<LostController> Expire()
    {
        lock (_gate)
        {
            List<LostController> lost = [];
            List<string> forgotten = [];
            foreach (Controller controller in _controllers.Values)
            {
                if (controller.Deadline > Now)
                {
                    continue;
                }

                if (controller.Presence == Presence.Gone)
                {
                    forgotten.Add(controller.Name);
                    continue;
                }

                controller.Presence = Presence.Gone;
                controller.Deadline = Now + ControlServiceLimits.ComeBackTime;
                lost.Add(new LostController(controller.Name, controller.Terms));
            }

            foreach (string name in forgotten)
            {
                _controllers.Remove(name);
            }

            return lost;
        }
    }

    private Controller? Find(string name)
    {
        if (_controllers.TryGetValue(name, out Controller? controller))
        {
            return controller;
        }

        if (_controllers.Count >= ControlServiceLimits.MaxControllers && !TryForgetOne())
        {
            return null;
        }

        controller = new Controller(name) { Presence = Presence.Gone };
        _controllers.Add(name, controller);
        return controller;
    }

    /// <summary>Room for one more at the cost of the one that is remembered longest.</summary>
    private bool TryForgetOne()
    {
        Controller? oldest = null;
        foreach (Controller controller in _controllers.Values)
        {
            oldest = controller.Presence == Presence.Gone && (oldest is null || controller.Deadline < oldest.Deadline) ? controller : oldest;
        }

        return oldest is not null && _controllers.Remove(oldest.Name);
    }

    /// <summary>From the clock, so that the epochs of a server that was started anew are greater than those before.</summary>
    private long NextEpoch() => _lastEpoch = Math.Max(_lastEpoch + 1, time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed class Controller(string name)
    {
        public string Name { get; } = name;

        public Presence Presence { get; set; }

        public object? Session { get; set; }

        public long Epoch { get; set; }

        public ReleaseTerms Terms { get; set; } = ReleaseTerms.Usual;

        /// <summary>When its presence ends.</summary>
        public TimeSpan Deadline { get; set; }
    }
}
