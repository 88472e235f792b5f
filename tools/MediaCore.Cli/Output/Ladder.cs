using System.Globalization;
using System.Text;
using MediaCore.Control.V1;

namespace MediaCore.Cli.Output;

/// <summary>A call's signalling as a ladder: who called on the left, we in the middle, those who were dialled on the right.</summary>
internal static class Ladder
{
    private const int ArrowColumns = 34;

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Draw(Trace trace)
    {
        yield return $"call {trace.CallId}";
        foreach (IGrouping<string, TraceMessage> leg in trace.Messages.GroupBy(static message => message.LegId))
        {
            TraceMessage first = leg.First();
            yield return $"  leg {IndexOf(leg.Key)}: {first.Transport} {first.Remote}";
        }

        yield return $"{"",13}  {"caller",-ArrowColumns}MediaCore  called";
        int notes = 0;
        foreach (TraceMessage message in trace.Messages)
        {
            for (; notes < trace.Notes.Count && trace.Notes[notes].At.CompareTo(message.At) < 0; notes++)
            {
                yield return Describe(trace.Notes[notes]);
            }

            bool isCaller = IndexOf(message.LegId) == "0";
            string time = TimeOf(message.At);
            string text = Describe(message);
            string arrow = isCaller == message.Sent ? $"<{Line(text, ArrowColumns - 3)} " : $"{Line(text, ArrowColumns - 3)}> ";
            yield return isCaller ? $"{time,13}  {arrow}|" : $"{time,13}  {"",ArrowColumns - 1}|{arrow} leg {IndexOf(message.LegId)}";
        }

        for (; notes < trace.Notes.Count; notes++)
        {
            yield return Describe(trace.Notes[notes]);
        }

        if (trace.LeftOut > 0)
        {
            yield return $"  {trace.LeftOut} more messages and notes were too many to be kept";
        }
    }

    private static string Describe(TraceNote note) => $"{TimeOf(note.At),13}  {"",ArrowColumns - 1}* {(note.LegId.Length > 0 ? $"leg {IndexOf(note.LegId)}: " : "")}{Answer.Printable(note.Text)}";

    private static string TimeOf(Google.Protobuf.WellKnownTypes.Timestamp at) => at.ToDateTimeOffset().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Line(string text, int columns)
    {
        text = $" {(text.Length > columns - 4 ? text[..(columns - 4)] : text)} ";
        int left = (columns - text.Length) / 2;
        return new string('-', left) + text + new string('-', columns - text.Length - left);
    }

    private static string Describe(TraceMessage message)
    {
        string text = Encoding.UTF8.GetString(message.Message.Span);
        string first = text[..Math.Max(0, text.IndexOf('\r', StringComparison.Ordinal))];
        bool hasSdp = text.Contains("\r\n\r\nv=0", StringComparison.Ordinal);
        string what = first.StartsWith("SIP/2.0 ", StringComparison.Ordinal) ? first[8..] : first.Split(' ')[0];
        return Answer.Printable(what) + (hasSdp ? " (SDP)" : "");
    }

    private static string IndexOf(string legId) => legId[(legId.LastIndexOf('-') + 1)..];
}
