using MediaCore.Fuzz;
using MediaCore.Sip.Tests.Messages;
using MediaCore.Tests;

namespace MediaCore.Sip.Tests.Fuzz;

/// <summary>
/// Seconds of what <c>tools/MediaCore.Fuzz</c> does for as long as it is told to, with the seed of the day's run in the message of a failure; and every input that was ever found,
/// for good. To keep a finding, put its file into <c>Crashes</c>.
/// </summary>
public class FuzzTests
{
    public static TheoryData<string> TargetNames => [.. Targets.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void MutationsOfTheCorpora_AreReadRightly(string name)
    {
        IFuzzTarget target = Targets.All.Single(t => t.Name == name);
        string[] folders = [.. new[] { "sip-torture-rfc4475", "sip-parser-corpus", "attacks", "sdp-corpus" }.Select(static folder => SharedData.TryGetPath(folder)).OfType<string>()];
        List<byte[]> corpus = Corpus.Read(target, folders);
        corpus.AddRange(Rfc4475Messages.All.Values.Concat(Rfc5118Messages.All.Values).Select(WireText.Bytes));
        int seed = Environment.TickCount;
        Finding? finding = new Campaign(target, corpus, seed).Run(TimeSpan.FromSeconds(3), 30_000);
        Assert.True(finding is null, finding is null ? "" : $"seed {seed}: {finding.Fault}\n{WireText.Text(finding.Input)}");
    }

    /// <summary>What was found once, and what no campaign should have to find: inputs one byte beside the edges that readers of other servers fell over.</summary>
    [Fact]
    public void KnownEdges_AreReadRightly()
    {
        foreach (string resource in typeof(FuzzTests).Assembly.GetManifestResourceNames().Where(static name => name.StartsWith("crash:", StringComparison.Ordinal)))
        {
            using Stream stream = typeof(FuzzTests).Assembly.GetManifestResourceStream(resource)!;
            byte[] input = new byte[stream.Length];
            stream.ReadExactly(input);
            Targets.All.Single(target => resource.StartsWith($"crash:{target.Name}-", StringComparison.Ordinal)).Run(input);
        }

        foreach (string text in (string[])["", "\r", "\r\n", " ", "\0", "SIP/2.0", "SIP/2.0 ", "A sip:% SIP/2.0\r\n\r\n", "A sip:a%4 SIP/2.0\r\n\r\n", "A b:c SIP/2.0\r\nv:\r\n\r\n", "A b:c SIP/2.0\r\nContent-Length: -1\r\n\r\n", "v=0\r\nm=audio 17000 RTP/AVP 4294967296\r\n"])
        {
            foreach (IFuzzTarget target in Targets.All)
            {
                target.Run(WireText.Bytes(text));
            }
        }
    }

    /// <summary>The search itself: a reader that throws at a certain text must be caught, and the input made short.</summary>
    [Fact]
    public void BrokenReader_IsFound()
    {
        Finding? finding = new Campaign(new BrokenTarget(), [.. new BrokenTarget().Seeds], 1).Run(TimeSpan.FromMinutes(1), 1_000_000);
        Assert.NotNull(finding);
        Assert.StartsWith("IndexOutOfRangeException", finding.Fault, StringComparison.Ordinal);
        Assert.True(finding.Input.Length < 4);
    }

    private sealed class BrokenTarget : IFuzzTarget
    {
        public string Name => "broken";

        public IEnumerable<byte[]> Seeds => ["a"u8.ToArray()];

        /// <summary>Forgets that a percent sign may be the last byte.</summary>
        public void Run(byte[] input)
        {
            int percent = Array.IndexOf(input, (byte)'%');
            if (percent >= 0)
            {
                _ = input[percent + 1];
            }
        }
    }
}
