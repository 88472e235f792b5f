using MediaCore.Engine.Control;

namespace MediaCore.Control.Controllers;

/// <summary>
/// The commands of all controllers and their first replies, for <see cref="ControlServiceLimits.CommandMemory"/>: a command that comes again gets the first reply again, also while that is still awaited. Safe from any thread;
/// <see cref="Complete"/> may be called on a shard, where it waits for nobody but a repetition of the same command in the same moment.
/// </summary>
internal sealed class CommandMemory(TimeProvider time, int capacity = ControlServiceLimits.MaxRememberedCommands)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Controller, string CommandId), Remembered> _commands = [];
    private readonly Queue<Remembered> _order = new();

    /// <summary>Commands that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _commands.Count;
            }
        }
    }

    /// <summary>A controller's command of that identifier, new or known.</summary>
    /// <param name="controller">Whose it is.</param>
    /// <param name="commandId">Its identifier.</param>
    /// <param name="isNew">Whether it is to be carried out; otherwise it was before.</param>
    public Remembered Get(string controller, string commandId, out bool isNew)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            while (_order.TryPeek(out Remembered? oldest) && (_order.Count >= capacity || time.GetElapsedTime(oldest.CameAt, now) >= ControlServiceLimits.CommandMemory))
            {
                _order.Dequeue();
                Remove(oldest);
            }

            if (_commands.TryGetValue((controller, commandId), out Remembered? known))
            {
                isNew = false;
                return known;
            }

            isNew = true;
            Remembered made = new(controller, commandId, now);
            _commands.Add((controller, commandId), made);
            _order.Enqueue(made);
            return made;
        }
    }

    /// <summary>Keeps the reply. One that says "not now" is forgotten: the same command may come again and be carried out.</summary>
    public void Complete(Remembered command, CommandReply reply)
    {
        if (reply.Status is CommandStatus.Unavailable or CommandStatus.ResourceExhausted)
        {
            lock (_gate)
            {
                Remove(command);
            }
        }

        command.Complete(reply);
    }

    private void Remove(Remembered command)
    {
        if (_commands.TryGetValue((command.Controller, command.CommandId), out Remembered? known) && ReferenceEquals(known, command))
        {
            _commands.Remove((command.Controller, command.CommandId));
        }
    }

    /// <summary>One command.</summary>
    internal sealed class Remembered(string controller, string commandId, long cameAt)
    {
        private readonly Lock _gate = new();
        private List<Action<CommandReply>>? _waiting;
        private CommandReply? _reply;

        public string Controller => controller;

        public string CommandId => commandId;

        public long CameAt => cameAt;

        /// <summary>The reply is there, for whoever has waited and will ask.</summary>
        public void Complete(CommandReply reply)
        {
            List<Action<CommandReply>>? waiting;
            lock (_gate)
            {
                _reply = reply;
                waiting = _waiting;
                _waiting = null;
            }

            waiting?.ForEach(replied => replied(reply));
        }

        /// <summary>Gives the reply, now or when it is there.</summary>
        public void WhenReplied(Action<CommandReply> replied)
        {
            CommandReply? reply;
            lock (_gate)
            {
                reply = _reply;
                if (reply is null)
                {
                    (_waiting ??= []).Add(replied);
                    return;
                }
            }

            replied(reply);
        }
    }
}
