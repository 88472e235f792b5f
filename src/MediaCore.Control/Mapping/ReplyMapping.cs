using MediaCore.Engine.Control;

namespace MediaCore.Control.Mapping;

/// <summary>Answers to commands.</summary>
internal static class ReplyMapping
{
    /// <summary>An answer.</summary>
    public static V1.CommandReply ToReply(string commandId, CommandReply reply, bool isRepeated) => new()
    {
        CommandId = commandId,
        Status = EnumMapping.ToStatus(reply.Status),
        Problem = reply.Problem,
        CallId = reply.CallId,
        LegId = reply.LegId ?? "",
        Repeated = isRepeated,
    };
}
