using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MediaCore.Engine.Tracing;

namespace MediaCore.Control.Mapping;

/// <summary>Traces for the service Admin.</summary>
internal static class TraceMapping
{
    /// <summary>Messages and notes of one answer, in bytes: below the 4 MiB that clients take where they were not told otherwise.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    /// <summary>What stands beside a message or a note, at most: times, identifiers, addresses.</summary>
    private const int MaxBytesBeside = 256;

    /// <summary>A trace; what an answer has no room for is counted as left out.</summary>
    public static V1.Trace ToTrace(CallTrace trace)
    {
        V1.Trace result = new() { CallId = trace.CallId };
        int room = MaxBytes;
        foreach (TracedNote note in trace.Notes)
        {
            room -= note.Text.Length + MaxBytesBeside;
            if (room < 0)
            {
                break;
            }

            result.Notes.Add(new V1.TraceNote { At = Timestamp.FromDateTimeOffset(note.At), LegId = note.LegIndex < 0 ? "" : $"{trace.CallId}-{note.LegIndex}", Text = note.Text });
        }

        foreach (TracedMessage message in trace.Messages)
        {
            room -= message.Bytes.Length + MaxBytesBeside;
            if (room < 0)
            {
                break;
            }

            result.Messages.Add(new V1.TraceMessage
            {
                At = Timestamp.FromDateTimeOffset(message.At),
                LegId = $"{trace.CallId}-{message.LegIndex}",
                Sent = message.IsSent,
                Transport = message.Transport,
                Local = message.Local.ToString(),
                Remote = message.Remote.ToString(),
                Message = UnsafeByteOperations.UnsafeWrap(message.Bytes),
            });
        }

        result.LeftOut = trace.LeftOut + (trace.Messages.Count - result.Messages.Count) + (trace.Notes.Count - result.Notes.Count);
        return result;
    }
}
