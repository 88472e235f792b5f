using System.Net;
using System.Runtime.InteropServices;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>The C# example as a user runs it: the real server, the program of examples/csharp-agent, and a caller with sound.</summary>
public sealed class EchoAgentTests
{
    [Fact]
    public async Task WhatTheCallerSays_IsSaidBack_AndWhoSpeaksInterruptsIt()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            """
            "routes": [ { "name": "agent", "match": { "to": "+1*" }, "control": "agent" } ],
            "trunks": [ { "name": "carrier", "targets": ["sip:127.0.0.1:5099"], "from": ["127.0.0.0/8"] } ],
            "numbers": { "enabled": false }
            """);
        await using ChildProcess agent = ChildProcess.Start("dotnet", [Program, server.Grpc.ToString(), "agent"], server.Folder);
        await agent.WaitForLineAsync(static l => l.StartsWith("Waiting for calls", StringComparison.Ordinal), "a session", Eventually.Patience);

        await using SipPeer peer = new(server.Udp);
        await using RtpEndpoint caller = new(hertz: 0);
        SipDialog call = SipDialog.To(peer, "+12025550100");
        call.SendInvite(SdpText.Audio(caller.Port));
        SipText answer = await call.ExpectInviteResponseAsync();
        call.SendAck();
        caller.Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
        string listening = await agent.WaitForLineAsync(static l => l.EndsWith(": listening", StringComparison.Ordinal), "a stream of sound", Eventually.Patience);

        // Somebody listens in from a shell.
        string file = Path.Combine(server.Folder, "heard.wav");
        await using ChildProcess listener = ChildProcess.Start("dotnet", [Listener, "listen", listening.Split(':')[0], "--out", file, "--server", server.Grpc.ToString()], server.Folder);
        await Eventually.IsAsync(() => File.Exists(file), static exists => exists, "mcctl listens");

        // A caller's clock goes on while the test waits for the agent's lines.
        using CancellationTokenSource hangUp = new();
        Task speaking = SpeakAsync();
        Say(caller, 400, seconds: 0.6);
        await agent.WaitForLineAsync(static l => l.EndsWith(": answer-1 heard", StringComparison.Ordinal), "the first answer", Eventually.Patience);
        Assert.True(Loudest(caller.Heard, 400) > -15, $"{Loudest(caller.Heard, 400):0.0} dBm0");
        Assert.True(Loudest(caller.Heard, 900) < -40);

        // The second is long enough to be interrupted.
        Say(caller, 900, seconds: 3);
        await agent.WaitForLineAsync(static l => l.Contains(": answer-2 has ", StringComparison.Ordinal), "the second answer", Eventually.Patience);
        await Eventually.IsAsync(() => Loudest(caller.Heard, 900), static level => level > -15, "it is heard");
        Say(caller, 400, seconds: 0.5);
        await agent.WaitForLineAsync(static l => l.EndsWith(": answer-2 interrupted", StringComparison.Ordinal), "the interruption", Eventually.Patience);
        await agent.WaitForLineAsync(static l => l.EndsWith(": answer-3 heard", StringComparison.Ordinal), "the third answer", Eventually.Patience);

        call.SendBye();
        await agent.WaitForLineAsync(static l => l.EndsWith(": over", StringComparison.Ordinal), "the end", Eventually.Patience);
        await hangUp.CancelAsync();
        await speaking;
        Assert.Equal(0, await listener.WaitForExitAsync());
        byte[] bytes = await File.ReadAllBytesAsync(file, CancellationToken.None);
        Assert.True(WaveFile.TryRead(bytes, out WaveFile? wave, out _));
        Assert.Equal((2, 16_000), (wave.Channels, wave.SampleRateHz));
        Assert.True(wave.Duration > TimeSpan.FromSeconds(5), wave.Duration.ToString());
        foreach (int channel in (int[])[0, 1])
        {
            // Said by the caller on the left, said back by the agent on the right.
            short[] heard = [.. MemoryMarshal.Cast<byte, short>(bytes.AsSpan(WaveWriter.HeaderBytes)).ToArray().Where((_, i) => i % 2 == channel)];
            Assert.True(Loudest(heard, 400, 16_000) > -15 && Loudest(heard, 900, 16_000) > -15, $"channel {channel}: {Loudest(heard, 400, 16_000):0.0} dBm0");
        }

        async Task SpeakAsync()
        {
            try
            {
                await RtpEndpoint.SpeakAsync([caller], int.MaxValue, hangUp.Token);
            }
            catch (OperationCanceledException)
            {
                // Hung up.
            }
        }
    }

    private static string Program { get; } = MediaCoreServer.Program.Replace(Path.Combine("src", "MediaCore.Server"), Path.Combine("examples", "csharp-agent"), StringComparison.Ordinal).Replace("mediacore.dll", "echo-agent.dll", StringComparison.Ordinal);

    private static string Listener { get; } = MediaCoreServer.Program.Replace(Path.Combine("src", "MediaCore.Server"), Path.Combine("tools", "MediaCore.Cli"), StringComparison.Ordinal).Replace("mediacore.dll", "mcctl.dll", StringComparison.Ordinal);

    private static void Say(RtpEndpoint caller, int hertz, double seconds) =>
        caller.Say([.. Enumerable.Range(0, (int)(8000 * seconds)).Select(n => (short)(8000 * Math.Sin(2 * Math.PI * hertz * n / 8000)))]);

    /// <summary>The level of a tone in the 100 ms in which it is loudest.</summary>
    private static double Loudest(short[] heard, int hertz, int rateHz = 8000) =>
        heard.Chunk(rateHz / 10).Where(c => c.Length == rateHz / 10).Select(c => Goertzel.LevelDbm0(c, hertz, rateHz)).DefaultIfEmpty(double.NegativeInfinity).Max();
}
