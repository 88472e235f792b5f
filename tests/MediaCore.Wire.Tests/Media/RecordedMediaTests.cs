using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>Recordings as other programs read them: ffmpeg and sox.</summary>
public class RecordedMediaTests
{
    [Theory]
    [InlineData("wav", ".wav")]
    [InlineData("wav-mulaw", ".wav")]
    [InlineData("opus", ".opus")]
    public async Task Stereo_HasTheCallerLeftAndTheCalleeRight_AsLongAsTheCall(string format, string extension)
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: $$"""  "recording": { "format": "{{format}}" } """, trunk: "\"record\": true");
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);
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
        short[][] channels = await RecordedFile.DecodeAsync(file);

        // By the clock that does not jump: the record's times are of the day, which a machine may set while the call lasts.
        double milliseconds = description.RootElement.GetProperty("duration_ms").GetDouble();
        Assert.Equal(inRecord.GetProperty("duration_ms").GetDouble(), milliseconds);
        Assert.InRange(milliseconds, 2_900, 120_000);
        Assert.InRange((channels[0].Length * 1000.0 / RecordedFile.RateHz) - milliseconds, -20, 20);
        RecordedFile.AssertMostly(channels[0], 450, 1000);
        RecordedFile.AssertMostly(channels[1], 1000, 450);
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
            await sbc.ConnectMediaAsync(caller, callee);
            using CancellationTokenSource enough = new();
            Task talk = RtpEndpoint.SpeakAsync([caller, callee], 3000, enough.Token);
            await Eventually.IsAsync(() => Directory.GetFiles(partial).Sum(static f => new FileInfo(f).Length), length => length > (format == "opus" ? 12_000 : 96_000), "some seconds are on the disk");
            sbc.Server.Process.Signal(ChildProcess.Sigkill);
            await sbc.Server.Process.WaitForExitAsync();
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        }

        short[][] left = await RecordedFile.DecodeAsync(Assert.Single(Directory.GetFiles(partial)));
        RecordedFile.AssertMostly(left[0], 450, 1000);
        await using ScriptedSbc next = await ScriptedSbc.StartAsync(more: more, trunk: "\"record\": true", folder: folder.Path);
        string[] found = await Eventually.IsAsync(
            () => Directory.GetFiles(Path.Combine(folder.Path, "data", "recordings"), "*.json", SearchOption.AllDirectories), static files => files.Length == 1, "the recording is recovered");
        Assert.Empty(Directory.GetFiles(partial));
        short[][] channels = await RecordedFile.DecodeAsync(found[0][..^".json".Length]);
        Assert.True(channels[0].Length >= left[0].Length);
        RecordedFile.AssertMostly(channels[0], 450, 1000);
        RecordedFile.AssertMostly(channels[1], 1000, 450);
    }

    /// <summary>64 kB of stereo at 16 bits and 8 kHz are two seconds; then the system takes no more of it.</summary>
    [Fact]
    public async Task DiskThatRefuses_CostsTheRecordingAndNotTheCall()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: "\"recording\": { }", trunk: "\"record\": true", maxFileKilobytes: 64);
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);
        using CancellationTokenSource enough = new();
        Task talk = RtpEndpoint.SpeakAsync([caller, callee], int.MaxValue, enough.Token);
        string told = await sbc.Server.Process.WaitForLineAsync(static l => l.Contains("RecordingRefused", StringComparison.Ordinal), "the event");
        Assert.Contains("calls go on", told, StringComparison.Ordinal);
        await Eventually.IsAsync(() => sbc.Server.ReadMetricAsync("mediacore_recordings_dropped_total"), static frames => frames > 0, "the silence is counted");
        (int callers, int callees) = (caller.Received, callee.Received);
        await Eventually.IsAsync(() => (caller.Received, callee.Received), r => r.Item1 > callers + 50 && r.Item2 > callees + 50, "both are heard on");
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        caller.AssertHeardTone(1000);
        callee.AssertHeardTone(450);
        Assert.True(await sbc.Server.ReadMetricAsync("mediacore_recordings_write_failures_total") > 0);
        Assert.True(Assert.Single(sbc.OnlyRecord().GetProperty("recordings").EnumerateArray()).GetProperty("gaps_ms").GetInt32() > 0);

        // What is on the disk can be listened to as it is.
        short[][] left = await RecordedFile.DecodeAsync(Assert.Single(Directory.GetFiles(Path.Combine(sbc.Server.Folder, "data", "recordings", ".partial"))));
        RecordedFile.AssertMostly(left[0], 450, 1000);
        RecordedFile.AssertMostly(left[1], 1000, 450);
    }
}
