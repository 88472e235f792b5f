using System.Collections.Frozen;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;

namespace MediaCore.Engine.Control;

/// <summary>A command on its way to its call's shard.</summary>
internal sealed class CommandExchange(CallCommand command, FrozenDictionary<string, SipPeer> peers, Action<CommandReply> replied) : ControlExchange
{
    private Action<CommandReply>? _replied = replied;

    /// <summary>The next hops of its <see cref="UriDestination"/>s, looked up.</summary>
    public FrozenDictionary<string, SipPeer> Peers { get; } = peers;

    /// <summary>What is wanted.</summary>
    public CallCommand Command { get; } = command;

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls)
    {
        // The reply comes first, then what the command has caused.
        calls.HoldEvents();
        try
        {
            Reply(calls.Execute(Command, Peers));
        }
        finally
        {
            calls.ReleaseEvents();
        }
    }

    /// <inheritdoc/>
    public override void Fail() => Reply(CommandReply.Refuse(CommandStatus.Unavailable, "The server is stopping, or has failed at it, which its log says."));

    private void Reply(CommandReply reply) => Interlocked.Exchange(ref _replied, null)?.Invoke(reply);
}
