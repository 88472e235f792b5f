using System.Globalization;
using MediaCore.Engine.CallRecords;
using MediaCore.Primitives;
using MediaCore.Server.CommandLine;

namespace MediaCore.Server.Demo;

/// <summary>What the demo shows at its end: messages, media, records, checks.</summary>
internal static class DemoReport
{
    /// <summary>Writes it all.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<LadderEntry> ladder, IReadOnlyList<CallRecord> records, IReadOnlyList<DemoCheck> checks)
    {
        WriteLadder(terminal, ladder);
        if (records.Count > 0)
        {
            WriteMedia(terminal, [.. records.Reverse()]);
            terminal.Out.WriteLine("\nCall records");
            CallCommands.WriteTable(terminal, records.Reverse());
        }

        terminal.Out.WriteLine("\nChecks");
        TextTable.Write(terminal, ["", "what", "seen"], checks.Select(static c => (string[])[c.IsRight ? "ok" : "WRONG", c.What, c.Detail]));
    }

    private static void WriteLadder(Terminal terminal, IReadOnlyList<LadderEntry> ladder)
    {
        if (ladder.Count == 0)
        {
            return;
        }

        // The caller's phone stands on the left, the called one on the right, the server between them.
        string[] phones = [.. ladder.Select(static e => e.Phone).Distinct().Order(StringComparer.Ordinal).Reverse()];
        string left = phones[0];
        string right = phones.Length > 1 ? phones[1] : "";
        const int Width = 48;
        Timestamp start = ladder[0].At;
        terminal.Out.WriteLine("SIP messages, as the phones saw them");
        terminal.Out.WriteLine($"{"ms",9}  {left,-6}{"",Width}MediaCore{"",Width - 3}{right}");
        foreach (LadderEntry entry in ladder)
        {
            string text = entry.Text.Length > Width - 6 ? entry.Text[..(Width - 6)] : entry.Text;
            bool isLeft = entry.Phone == left;
            string line = new('-', Math.Max(1, Width - text.Length - 4));
            string arrow = isLeft == entry.IsSent ? $"{line} {text} ->" : $"<- {text} {line}";
            string time = (entry.At - start).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
            terminal.Out.WriteLine(isLeft ? $"{time,9}    |{arrow}|" : $"{time,9}    |{"",Width - 1}|     |{arrow}|");
        }
    }

    private static void WriteMedia(Terminal terminal, IReadOnlyList<CallRecord> records)
    {
        terminal.Out.WriteLine("\nMedia, as the server counted it");
        TextTable.Write(terminal, ["leg", "peer", "codec", "received", "lost", "jitter ms", "sent"], records.SelectMany(static r => r.Legs).Select(static leg => (string[])
        [
            leg.LegId,
            leg.Peer ?? leg.RemoteAddress,
            leg.Codec ?? "",
            leg.Received.Packets.ToString(CultureInfo.InvariantCulture),
            leg.Received.Lost.ToString(CultureInfo.InvariantCulture),
            leg.Received.MaxJitterMilliseconds.ToString("F2", CultureInfo.InvariantCulture),
            leg.Sent.Packets.ToString(CultureInfo.InvariantCulture),
        ]));
    }
}
