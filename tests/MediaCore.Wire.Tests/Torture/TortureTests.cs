using System.Text;
using System.Text.Json;
using MediaCore.Sip.Tests.Messages;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>
/// Every message of RFC 4475 and RFC 5118, and those of known attacks, sent to a running server: it answers as it may, and goes on serving.
/// </summary>
public class TortureTests(TortureServer server, ITestOutputHelper output) : IClassFixture<TortureServer>
{
    [Fact]
    public Task Rfc4475Messages_GetAnAllowedAnswer_AndTheServerServesOn() => RunAsync("rfc4475.md", Rfc4475Messages.All);

    [Fact]
    public Task Rfc5118Messages_GetAnAllowedAnswer_AndTheServerServesOn() => RunAsync("rfc5118.md", Rfc5118Messages.All);

    [Fact]
    public async Task TortureMessages_OverAndOver_LeaveMemoryFlat()
    {
        byte[][] messages = [.. Rfc4475Messages.All.Values.Concat(Rfc5118Messages.All.Values).Select(Encoding.Latin1.GetBytes)];
        const int warmUp = 50;
        const int rounds = 200;
        long before = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (byte[] message in messages)
            {
                await server.SendDatagramAsync(message);
            }

            if (round == warmUp)
            {
                before = server.Server.Process.ReadResidentBytes();
            }
        }

        await server.AssertServesAsync();
        long after = server.Server.Process.ReadResidentBytes();
        output.WriteLine($"resident memory {before / 1048576.0:F1} MiB after {warmUp} rounds, {after / 1048576.0:F1} MiB after {rounds} rounds of {messages.Length} messages");

        // A leak of one buffer for each message would show as 8,000 × 64 KiB; the garbage collector's own breathing is a few MiB.
        Assert.True(after - before < 24 * 1024 * 1024, $"{before} bytes have become {after}");
    }

    [Fact]
    public async Task AttackMessages_LeaveTheServerServing()
    {
        if (SharedData.TryGetPath("attacks", "expected.json") is not { } expected)
        {
            output.WriteLine("All attack messages were left out: the test data of others is not on this machine.");
            return;
        }

        int sent = 0;
        foreach (JsonElement entry in JsonDocument.Parse(await File.ReadAllTextAsync(expected)).RootElement.GetProperty("messages").EnumerateArray())
        {
            string file = entry.GetProperty("file").GetString()!;
            byte[] message = await File.ReadAllBytesAsync(SharedData.TryGetPath("attacks", "messages", file)!);
            string transports = entry.GetProperty("transport").GetString()!;
            int repeat = entry.TryGetProperty("repeat", out JsonElement times) ? times.GetInt32() : 1;
            for (int i = 0; i < repeat; i++)
            {
                if (transports.Contains("udp", StringComparison.Ordinal))
                {
                    output.WriteLine($"{file}, UDP: {await server.SendDatagramAsync(message)}");
                }

                // Whatever its author meant it for, a stream must stand it too.
                output.WriteLine($"{file}, TCP: {await server.SendStreamAsync(message, waitForClose: false)}");
                await server.AssertServesAsync();
                sent++;
            }
        }

        output.WriteLine($"{sent} messages sent, 0 left out");
        Assert.InRange(sent, 29, 1000);
    }

    private async Task RunAsync(string document, Dictionary<string, string> messages)
    {
        ConformanceTable table = new(document);
        Dictionary<string, string> outcomes = new(StringComparer.Ordinal);
        List<string> forbidden = [];
        foreach ((string name, string text) in messages)
        {
            byte[] message = Encoding.Latin1.GetBytes(text);
            string datagram = await server.SendDatagramAsync(message);
            await server.AssertServesAsync();
            string stream = await server.SendStreamAsync(message);
            await server.AssertServesAsync();
            outcomes[name] = $"UDP {datagram}, TCP {stream}";
            if (!IsAllowed(table.Allowed(name), text, datagram))
            {
                forbidden.Add($"{name}: {datagram} as a datagram, allowed is {table.Allowed(name)}");
            }
        }

        Assert.True(forbidden.Count == 0, string.Join('\n', forbidden));
        table.Settle(outcomes);
    }

    /// <summary>
    /// Whether an answer is among those that the RFC calls right. A registrar that authenticates asks for credentials first (RFC 4475 §3.3.7), and
    /// what was dialled does not exist here, nor does the dialog of a message that has a To tag.
    /// </summary>
    private static bool IsAllowed(string allowed, string message, string outcome)
    {
        bool isResponse = message.StartsWith("SIP/2.0 ", StringComparison.Ordinal);
        if (allowed == "none" || isResponse)
        {
            return outcome == "none";
        }

        if (outcome == "401" && !allowed.StartsWith("400", StringComparison.Ordinal) && (message.StartsWith("REGISTER ", StringComparison.Ordinal) || message.StartsWith("INVITE ", StringComparison.Ordinal) || message.StartsWith("MESSAGE ", StringComparison.Ordinal)))
        {
            return true;
        }

        return allowed == "usual processing"
            ? outcome is "200" or "404" or "405" or "415" or "481"
            : allowed.Split(", ").Contains(outcome) || (outcome == "none" && !message.Contains("Via", StringComparison.OrdinalIgnoreCase));
    }
}
