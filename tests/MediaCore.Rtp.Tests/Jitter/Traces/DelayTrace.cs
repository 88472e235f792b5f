using System.Globalization;
using System.Text;

namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>
/// What a network did to a stream of one packet every 20 ms: the one-way delay of each, in tenths of a millisecond on the receiver's clock, and whether it was speech.
/// As text: comments, then one word per packet: the delay, or <c>-</c> for a lost one, with a <c>.</c> after it where the sender was silent.
/// </summary>
internal sealed class DelayTrace(string name, int[] delays, bool[] speech, double driftPartsPerMillion)
{
    public const int Lost = -1;

    public const int PacketMicroseconds = 20_000;

    public string Name { get; } = name;

    /// <summary>By how much the sender's clock is slow: delays grow by so many microseconds per second.</summary>
    public double DriftPartsPerMillion { get; } = driftPartsPerMillion;

    public int Packets => delays.Length;

    public bool IsLost(int packet) => delays[packet] == Lost;

    public bool IsSpeech(int packet) => speech[packet];

    /// <summary>Delay with the clock's drift in it, in microseconds.</summary>
    public long DelayMicroseconds(int packet) => delays[packet] * 100L;

    /// <summary>Delay with the clock's drift taken out, in microseconds.</summary>
    public double SteadyDelayMicroseconds(int packet) => (delays[packet] * 100.0) - (DriftPartsPerMillion * packet * PacketMicroseconds / 1e6);

    public static DelayTrace Parse(string name, string text)
    {
        List<int> delays = [];
        List<bool> speech = [];
        double drift = 0;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("# drift-ppm ", StringComparison.Ordinal))
            {
                drift = double.Parse(line.AsSpan(12), CultureInfo.InvariantCulture);
            }

            if (line.StartsWith('#'))
            {
                continue;
            }

            foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string delay = word.TrimEnd('.');
                delays.Add(delay == "-" ? Lost : int.Parse(delay, CultureInfo.InvariantCulture));
                speech.Add(delay.Length == word.Length);
            }
        }

        return new DelayTrace(name, [.. delays], [.. speech], drift);
    }

    public string Format(string origin)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {Name}: {origin}\n");
        text.Append("# One word per packet of 20 ms: one-way delay in units of 0.1 ms, - for a lost packet, a dot where the sender is silent.\n");
        text.Append(CultureInfo.InvariantCulture, $"# drift-ppm {DriftPartsPerMillion}\n");
        for (int i = 0; i < Packets; i++)
        {
            text.Append(delays[i] == Lost ? "-" : delays[i].ToString(CultureInfo.InvariantCulture));
            text.Append(speech[i] ? "" : ".").Append(i % 25 == 24 ? '\n' : ' ');
        }

        return text.ToString();
    }
}
