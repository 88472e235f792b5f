using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Messaging;

namespace MediaCore.Engine.Calls;

/// <summary>A MESSAGE outside of calls that was sent by command, until it is known what became of it.</summary>
internal sealed class CommandedMessage(BackToBackUserAgent calls, SendMessageCommand command) : IMessageSender
{
    public void OnDelivered(int status) => calls.OnMessageDelivered(command, status);
}
