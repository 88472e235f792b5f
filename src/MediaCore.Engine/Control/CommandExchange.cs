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
    public override void Fail() => Reply(CommandReply.Refuse(CommandStatus.Internal, "The server has met a defect of its own, which its log says; look at the call before you send the command again."));

    /// <inheritdoc/>
    public override void Stop() => Reply(CommandReply.Refuse(CommandStatus.Unavailable, "The server is stopping."));

    /// <summary>Gives the reply; only the first counts.</summary>
    internal void Reply(CommandReply reply) => Interlocked.Exchange(ref _replied, null)?.Invoke(reply);
}
