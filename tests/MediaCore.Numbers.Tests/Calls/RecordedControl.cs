using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Tests.Calls;

/// <summary>Takes commands in place of an engine and keeps them in their order. What becomes of them the test says by events.</summary>
internal sealed class RecordedControl : ICallControl
{
    private readonly Lock _lock = new();
    private readonly List<CallCommand> _commands = [];

    /// <summary>Decides on replies; null accepts.</summary>
    public Func<CallCommand, CommandReply?>? Refusal { get; set; }

    public IReadOnlyList<CallCommand> Commands
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    public void Execute(CallCommand command, Action<CommandReply> replied)
    {
        lock (_lock)
        {
            _commands.Add(command);
        }

        replied(Refusal?.Invoke(command) ?? CommandReply.Accept(command.CallId));
    }

    public ValueTask<CommandReply> ExecuteAsync(CallCommand command, CancellationToken cancellationToken = default)
    {
        CommandReply? given = null;
        Execute(command, reply => given = reply);
        return ValueTask.FromResult(given!);
    }

    public ValueTask<CallSnapshot?> GetCallAsync(string callId, CancellationToken cancellationToken = default) => ValueTask.FromResult<CallSnapshot?>(null);

    public ValueTask<CallPage> ListCallsAsync(CallFilter filter, CancellationToken cancellationToken = default) => ValueTask.FromResult(new CallPage([], null));

    public ValueTask<IReadOnlyList<ConferenceMemberSnapshot>> ListConferenceAsync(string room, CancellationToken cancellationToken = default) => ValueTask.FromResult<IReadOnlyList<ConferenceMemberSnapshot>>([]);
}
