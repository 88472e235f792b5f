using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Sip.Tests.Messages;
using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>
/// Torture messages and what others have broken servers with, where they reach deeper than <see cref="TortureTests"/>: through a border
/// controller that lets their calls pass, and again and again as calls of their own.
/// </summary>
public partial class HostileDatagramTests(ITestOutputHelper output)
{
    private const int WarmUpRounds = 8;
    private const int MeasuredRounds = 12;

    /// <summary>The largest payload of an IPv4 datagram.</summary>
    private const int MaxDatagramBytes = 65_507;

    /// <summary>
    /// What the measured messages, 55 of the RFCs alone in each round, may add to the resident memory: the collector's own slack. A leak of one
    /// received buffer (64 KiB) for each message would be over 40 MB.
    /// </summary>
    private const long MaxResidentGrowthBytes = 24L * 1024 * 1024;

    /// <summary>What the server itself writes into an INVITE, and the few headers that it passes on.</summary>
    private static readonly HashSet<string> s_headersOfOurs = new(StringComparer.Ordinal)
    {
        "Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Allow", "Supported", "Require", "Session-Expires", "Min-SE", "Accept", "User-Agent", "Content-Type", "Content-Length", "Subject", "Priority", "Accept-Language",
    };

    [Fact]
    public async Task Invites_ThatPass_ReachTheOtherLegClean()
    {
        await using WholeCall call = await WholeCall.StartSbcAsync();
        using TortureEndpoint endpoint = new(call.Server.Udp);
        Dictionary<string, string> answers = new(StringComparer.Ordinal);
        foreach ((string name, byte[] message) in Datagrams())
        {
            answers[name] = TortureAnswer.Describe(await endpoint.ExchangeAsync(message, name));
        }

        output.WriteLine(string.Join('\n', answers.Select(static a => $"{a.Key} {a.Value}")));
        await call.PlaceAsync();
        await AssertNoFaultAsync(call.Server);

        // The usual processing of an INVITE: it reaches the callee, whose answer comes back.
        Assert.Equal("486", answers["esc01"]);
        Assert.Equal("486", answers["longreq"]);

        // A dialog that is not here, and no Contact, so no way to reach the caller again (RFC 3261 §12.2.2, §8.1.1.8).
        Assert.Equal("481", answers["wsinv"]);
        Assert.Equal("400", answers["inv2543"]);

        // Nothing that a caller wrote but what is passed on by intent: no smuggled, escaped or unknown header.
        Assert.NotEmpty(call.Callee.Refused);
        Assert.All(call.Callee.Refused, static invite => Assert.All(invite.Headers, static header => Assert.Contains(header.Name, s_headersOfOurs)));
        Assert.Contains(call.Callee.Refused, static invite => invite.RequestUri.StartsWith("sip:sips%3Auser%40example.com@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Datagrams_AsCallsOfTheirOwn_OverAndOver_LeaveMemoryFlat()
    {
        await using WholeCall call = await WholeCall.StartNumbersAsync();
        using TortureEndpoint endpoint = new(call.Server.Udp);
        (string Name, byte[] Message)[] datagrams = [.. Datagrams()];
        long before = 0;
        for (int round = 0; round < WarmUpRounds + MeasuredRounds; round++)
        {
            if (round == WarmUpRounds)
            {
                before = call.Server.Process.ReadResidentBytes();
            }

            foreach ((string name, byte[] message) in datagrams)
            {
                await endpoint.ExchangeAsync(Renew(message, round), name);
            }

            await call.PlaceAsync();
        }

        long growth = call.Server.Process.ReadResidentBytes() - before;
        output.WriteLine($"resident after {WarmUpRounds} rounds of {datagrams.Length} {before / 1024} KiB, after {MeasuredRounds} more {growth / 1024} KiB more");
        Assert.InRange(growth, long.MinValue, MaxResidentGrowthBytes);
        await AssertNoFaultAsync(call.Server);
    }

    /// <summary>The messages of both RFCs and, where they are, those of others.</summary>
    private IEnumerable<(string Name, byte[] Message)> Datagrams()
    {
        foreach ((string name, string text) in Rfc4475Messages.All.Concat(Rfc5118Messages.All))
        {
            yield return (name, Encoding.Latin1.GetBytes(text));
        }

        foreach ((string folder, string pattern, int count) in ((string, string, int)[])[
            ("sip-torture-rfc4475", "extra-*.dat", 1), ("sip-torture-rfc5118", "*.as-printed.dat", 1), ("attacks/messages", "*", 29), ("sip-parser-corpus/protos-c07", "*", 15)])
        {
            if (SharedData.TryGetPath(folder.Split('/')) is not { } path)
            {
                output.WriteLine($"{folder} is not on this machine: {count} messages left out");
                continue;
            }

            string[] files = Directory.GetFiles(path, pattern);
            Assert.Equal(count, files.Length);
            foreach (string file in files.Order(StringComparer.Ordinal))
            {
                byte[] message = File.ReadAllBytes(file);
                if (message.Length <= MaxDatagramBytes)
                {
                    yield return (Path.GetFileName(file), message);
                }
                else
                {
                    output.WriteLine($"{Path.GetFileName(file)}: {message.Length} bytes are no datagram, left out here");
                }
            }
        }
    }

    /// <summary>The same message of another call and transaction, so that it is not taken for a retransmission.</summary>
    private static byte[] Renew(byte[] message, int round)
    {
        string text = Encoding.Latin1.GetString(message);
        string mark = string.Create(CultureInfo.InvariantCulture, $"r{round}.");
        text = CallId().Replace(text, m => m.Value + mark, 1);
        return Encoding.Latin1.GetBytes(text.Replace("branch=z9hG4bK", "branch=z9hG4bK" + mark, StringComparison.Ordinal));
    }

    private static async Task AssertNoFaultAsync(MediaCoreServer server)
    {
        using HttpClient http = new();
        string metrics = await http.GetStringAsync(new Uri(server.HttpRoot, "/metrics"));
        string[] faults = [.. metrics.Split('\n').Where(static l => l.StartsWith("mediacore_shard_faults_total", StringComparison.Ordinal))];
        Assert.NotEmpty(faults);
        Assert.All(faults, static line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(?:call-id|i)[ \t]*:[ \t]*", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex CallId();
}
