using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>Recordings as other programs read them: ffmpeg and sox.</summary>
public class RecordedMediaTests
{
    private const int RateHz = 8000;

    [Theory]
    [InlineData("wav", ".wav")]
    [InlineData("wav-mulaw", ".wav")]
    [InlineData("opus", ".opus")]
    public async Task Stereo_HasTheCallerLeftAndTheCalleeRight_AsLongAsTheCall(string format, string extension)
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: $$"""  "recording": { "format": "{{format}}" } """, trunk: "\"record\": true");
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        SipDialog dialog = await ConnectAsync(sbc, caller, callee);
        await RtpEndpoint.SpeakAsync([caller, callee], 150);
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        JsonElement record = sbc.OnlyRecord();
        JsonElement inRecord = Assert.Single(record.GetProperty("recordings").EnumerateArray());
        string file = Path.Combine(sbc.Server.Folder, "data", "recordings", inRecord.GetProperty("file").GetString()!);
        Assert.EndsWith(extension, file, StringComparison.Ordinal);
        await Eventually.IsAsync(() => File.Exists(file + ".json"), static there => there, "the recording is saved");
        using JsonDocument description = JsonDocument.Parse(await File.ReadAllBytesAsync(file + ".json"));
        Assert.Equal("saved", description.RootElement.GetProperty("status").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))), description.RootElement.GetProperty("sha256").GetString());
        short[][] channels = await DecodeAsync(file);

        // By the clock that does not jump: the record's times are of the day, which a machine may set while the call lasts.
        double milliseconds = description.RootElement.GetProperty("duration_ms").GetDouble();
        Assert.Equal(inRecord.GetProperty("duration_ms").GetDouble(), milliseconds);
        Assert.InRange(milliseconds, 2_900, 120_000);
        Assert.InRange((channels[0].Length * 1000.0 / RateHz) - milliseconds, -20, 20);
        AssertMostly(channels[0], 450, 1000);
        AssertMostly(channels[1], 1000, 450);
        if (extension == ".wav")
        {
            await using ChildProcess sox = ChildProcess.Start("sox", ["--i", "-D", file], sbc.Server.Folder);
            Assert.Equal(0, await sox.WaitForExitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal(milliseconds / 1000, double.Parse(sox.Output.Trim(), CultureInfo.InvariantCulture), 0.02);
        }
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("opus")]
    public async Task Killed_LeavesAFileThatIsReadAsItIs_AndIsNamedAtTheNextStart(string format)
    {
        using ScratchFolder folder = new();
        string more = $$"""  "recording": { "format": "{{format}}" } """;
        string partial = Path.Combine(folder.Path, "data", "recordings", ".partial");
        await using (ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: more, trunk: "\"record\": true", folder: folder.Path))
        {
            await using RtpEndpoint caller = new(450, 1);
            await using RtpEndpoint callee = new(1000, 2);
            await ConnectAsync(sbc, caller, callee);
            using CancellationTokenSource enough = new();
            Task talk = RtpEndpoint.SpeakAsync([caller, callee], 3000, enough.Token);
            await Eventually.IsAsync(() => Directory.GetFiles(partial).Sum(static f => new FileInfo(f).Length), length => length > (format == "opus" ? 12_000 : 96_000), "some seconds are on the disk");
            sbc.Server.Process.Signal(ChildProcess.Sigkill);
            await sbc.Server.Process.WaitForExitAsync();
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        }

        short[][] left = await DecodeAsync(Assert.Single(Directory.GetFiles(partial)));
        AssertMostly(left[0], 450, 1000);
        await using ScriptedSbc next = await ScriptedSbc.StartAsync(more: more, trunk: "\"record\": true", folder: folder.Path);
        string[] found = await Eventually.IsAsync(
            () => Directory.GetFiles(Path.Combine(folder.Path, "data", "recordings"), "*.json", SearchOption.AllDirectories), static files => files.Length == 1, "the recording is recovered");
        Assert.Empty(Directory.GetFiles(partial));
        short[][] channels = await DecodeAsync(found[0][..^".json".Length]);
        Assert.True(channels[0].Length >= left[0].Length);
        AssertMostly(channels[0], 450, 1000);
        AssertMostly(channels[1], 1000, 450);
    }

    private static async Task<SipDialog> ConnectAsync(ScriptedSbc sbc, RtpEndpoint caller, RtpEndpoint callee)
    {
        SipDialog dialog = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        dialog.SendInvite(SdpText.Audio(caller.Port));
        SipText invite = await sbc.Carrier.ExpectRequestAsync("INVITE");
        SipDialog far = SipDialog.From(sbc.Carrier, invite);
        far.Answer(SdpText.Audio(callee.Port));
        SipText answer = await dialog.ExpectInviteResponseAsync();
        dialog.SendAck();
        await far.ExpectRequestAsync("ACK");
        caller.Remote = new IPEndPoint(IPAddress.Loopback, answer.AudioPort);
        callee.Remote = new IPEndPoint(IPAddress.Loopback, invite.AudioPort);
        return dialog;
    }

    /// <summary>Two channels of 8 kHz, as ffmpeg reads the file.</summary>
    private static async Task<short[][]> DecodeAsync(string file)
    {
        using ScratchFolder folder = new();
        string raw = folder.Combine("sound.raw");
        await using ChildProcess ffmpeg = ChildProcess.Start("ffmpeg", ["-v", "error", "-nostdin", "-i", file, "-f", "s16le", "-ar", "8000", "-ac", "2", raw], folder.Path);
        int code = await ffmpeg.WaitForExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, ffmpeg.Output);
        byte[] bytes = await File.ReadAllBytesAsync(raw);
        short[][] channels = [new short[bytes.Length / 4], new short[bytes.Length / 4]];
        for (int i = 0; i < bytes.Length / 4; i++)
        {
            channels[0][i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(4 * i));
            channels[1][i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan((4 * i) + 2));
        }

        return channels;
    }

    /// <summary>A second of it at least is one tone, and nothing is the other: on a busy machine there are pauses between the packets.</summary>
    private static void AssertMostly(short[] sound, int hertz, int other)
    {
        int[] wanted = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), hertz))];
        int[] foreign = [.. Parts(sound).Where(at => Goertzel.IsTone(sound.AsSpan(at, RateHz / 10), other))];
        Assert.True(wanted.Length >= 10, $"{wanted.Length} of {sound.Length / (RateHz / 10)} parts of 100 ms are {hertz} Hz");
        Assert.Empty(foreign);
    }

    private static IEnumerable<int> Parts(short[] sound) => Enumerable.Range(0, sound.Length / (RateHz / 10)).Select(static i => i * (RateHz / 10));
}
