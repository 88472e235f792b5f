using MediaCore.Engine.Control;

namespace MediaCore.Control.Controllers;

/// <summary>A command whose reply is awaited, or was given a moment ago (<see cref="CommandMemory"/>). Safe from any thread.</summary>
internal sealed class RememberedCommand(long sequence)
{
    private readonly Lock _gate = new();
    private List<Action<CommandReply>>? _waiting;
    private CommandReply? _reply;

    /// <summary>One whose reply is there.</summary>
    public RememberedCommand(long sequence, CommandReply reply)
        : this(sequence) => _reply = reply;

    /// <summary>Counts the commands.</summary>
    public long Sequence => sequence;

    /// <summary>The reply; null while it is awaited.</summary>
    public CommandReply? Reply => Volatile.Read(ref _reply);

    /// <summary>The reply is there; gives those who wait for it and have to be told.</summary>
    public IReadOnlyList<Action<CommandReply>> SetReply(CommandReply reply)
    {
        lock (_gate)
        {
            Volatile.Write(ref _reply, reply);
            List<Action<CommandReply>>? waiting = _waiting;
            _waiting = null;
            return waiting ?? (IReadOnlyList<Action<CommandReply>>)[];
        }
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
