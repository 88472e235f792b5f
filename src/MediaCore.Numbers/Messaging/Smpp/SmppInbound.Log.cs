using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <content>Log events 7173 and 7174.</content>
internal sealed partial class SmppInbound
{
    [LoggerMessage(7173, LogLevel.Error, "What SMPP centre {Centre} brought cannot be kept on the disk; the centre is asked to bring it again.", EventName = "SmppPartNotKept")]
    private partial void LogNotKept(string centre, Exception fault);

    [LoggerMessage(7174, LogLevel.Warning, "A message by SMPP centre {Centre} stayed without some of its parts: {Parts} of {Total} came. It is shown with a mark where they are missing.", EventName = "SmppIncomplete")]
    private partial void LogIncomplete(string centre, int parts, int total);
}
