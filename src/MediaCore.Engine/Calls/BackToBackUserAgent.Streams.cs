using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Engine.Calls;

/// <summary>Live sound of legs (<see cref="IStreamControl"/>).</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Puts a stream on a leg.</summary>
    internal CommandReply Attach(string callId, string? legId, AudioStream stream)
    {
        if (FindCall(callId) is not { } call)
        {
            return Refuse(CommandStatus.NotFound, "There is no such call, or it is over.");
        }

        if (!TryFindLeg(call, legId, out Leg? leg))
        {
            return Refuse(CommandStatus.NotFound, $"The call has no leg {legId} (any more).");
        }

        leg ??= call.Caller;
        if ((stream.Options.Speaks ? RefuseSilent(leg) : RefuseUnheard(leg)) is { } refusal)
        {
            return refusal;
        }

        if (stream.IsEnded)
        {
            return Refuse(CommandStatus.FailedPrecondition, "Whoever wanted the stream is gone.");
        }

        return _media.Attach(leg.Media, stream) switch
        {
            StreamRefusal.None => CommandReply.Accept(call.Id, GetLegId(leg)),
            StreamRefusal.IsSpokenTo => Refuse(CommandStatus.FailedPrecondition, "Another stream speaks to the leg; end that one, or only listen."),
            StreamRefusal.TooMany => Refuse(CommandStatus.ResourceExhausted, $"A leg has at most {AudioStreamLimits.MaxStreamsPerLeg} streams, and as many listeners of other kinds."),
            _ => Refuse(CommandStatus.FailedPrecondition, "Nothing that the server can decode is agreed on with the leg's peer (yet): answer it, or give it early media."),
        };
    }

    /// <summary>Why a leg cannot be listened to; null when it can, where something is negotiated.</summary>
    private static CommandReply? RefuseUnheard(Leg leg) =>
        leg.Media.Port is null || leg.ForkOf is not null ? Refuse(CommandStatus.FailedPrecondition, "The leg's media does not come by here.") : null;
}
