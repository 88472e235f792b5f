using System.Text;
using System.Text.RegularExpressions;

namespace MediaCore.Wire.Tests.Interop;

/// <summary>A scenario of others made ready to run: read in place, without media whose files are not there, with the edits of its row.</summary>
internal static partial class ScenarioText
{
    /// <summary>SIPp's first repetition after ten seconds: a process that gets no turn for the usual half second is no loss, and many scenarios do not expect what a repetition brings (a second ACK).</summary>
    private const string Patient = "retrans=\"10000\"";

    /// <summary>The scenario as it will run.</summary>
    /// <param name="path">The file as its authors wrote it.</param>
    /// <param name="edits">Replacements; each must be there, or the row is out of date.</param>
    /// <param name="isCallee">Whether its answers within the dialog must be kept from naming our tag a second time.</param>
    public static string Read(string path, IEnumerable<(string Old, string New)> edits, bool isCallee)
    {
        // Some are in ISO 8859-1; every byte stays what it is.
        string text = File.ReadAllText(path, Encoding.Latin1).Replace("\r\n", "\n", StringComparison.Ordinal);
        text = Action().Replace(text, static action =>
            action.Value.Contains("play_pcap", StringComparison.Ordinal) || action.Value.Contains("rtp_stream", StringComparison.Ordinal) ? "" : action.Value);
        text = Repetition().Replace(text, Patient);
        foreach ((string old, string replacement) in edits)
        {
            Assert.True(text.Contains(old, StringComparison.Ordinal), $"{path} has no more {old}");
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        return isCallee ? WithOneTag(text) : text;
    }

    /// <summary>
    /// Once the dialog stands, To has a tag already, and <c>[last_To:];tag=…</c> would write a second (RFC 3261 §7.3.1: a parameter name not more
    /// than once). Several sets have this mistake in their answers to re-INVITE and UPDATE.
    /// </summary>
    private static string WithOneTag(string text)
    {
        Match established = FirstInDialog().Match(text);
        return established.Success ? text[..established.Index] + AddedTag().Replace(text[established.Index..], "${to}") : text;
    }

    [GeneratedRegex("<nop[^/>]*>.*?</nop>", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Action();

    [GeneratedRegex("retrans=\"[0-9]+\"", RegexOptions.NonBacktracking)]
    private static partial Regex Repetition();

    [GeneratedRegex("<recv request=\"(?:ACK|PRACK|UPDATE|BYE)\"", RegexOptions.NonBacktracking)]
    private static partial Regex FirstInDialog();

    [GeneratedRegex(@"(?<to>\[last_To:\]);tag=[^\r\n]*", RegexOptions.NonBacktracking)]
    private static partial Regex AddedTag();
}
