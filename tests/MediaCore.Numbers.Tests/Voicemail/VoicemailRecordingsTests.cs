using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>How recordings become messages: once each, whatever happens between.</summary>
public sealed class VoicemailRecordingsTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Recording_ThatIsSavedAfterTheCall_IsAMessage_Once(StoreProvider provider)
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(provider);
        VoicemailIntent intent = fixture.Intent(1);
        Assert.True(fixture.Messages.TryBegin(intent));
        byte[] kept = await File.ReadAllBytesAsync(fixture.Messages.Keep(intent));
        Assert.True(fixture.Messages.IsWanted);
        await fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Empty(await fixture.RowsAsync());

        fixture.Tell(VoicemailFixture.Recording(1, 5, RecordingStatus.Saved), RecordingStage.Saved);
        await fixture.Messages.LookAsync(looksAtDisk: false, CancellationToken.None);
        VoicemailMessage row = Assert.Single(await fixture.RowsAsync());
        Assert.Equal((intent.Id, fixture.Box.Id, 5000, "abc", intent.File, "+12025550199", VoicemailState.New), (row.Id, row.BoxId, row.DurationMs, row.Sha256, row.File, row.Caller, row.State));
        Assert.Empty(Directory.EnumerateFiles(fixture.Intents));
        Assert.Equal((false, 0), (fixture.Messages.IsWanted, fixture.Messages.OpenMessages));

        // A process that died between the row and the file writes no second row.
        await File.WriteAllBytesAsync(Path.Combine(fixture.Intents, $"{intent.Id:N}.json"), kept);
        fixture.Save(1, """{ "call_id": "0-probe", "duration_ms": 5000, "sha256": "abc" }""");
        await fixture.RestartAsync();
        await fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Single(await fixture.RowsAsync());
        Assert.Equal(0, fixture.Messages.OpenMessages);
    }

    [Fact]
    public async Task Recording_OfAProcessThatDied_IsFoundAtTheNextStart()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        foreach (int second in (ReadOnlySpan<int>)[1, 2, 3, 4])
        {
            fixture.Messages.Keep(fixture.Intent(second));
        }

        await File.WriteAllTextAsync(Path.Combine(fixture.Intents, "x.json"), "{");
        await fixture.RestartAsync();
        Assert.Equal(4, fixture.Messages.OpenMessages);
        Assert.True(File.Exists(Path.Combine(fixture.Intents, "x.json.damaged")));
        await fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal(4, fixture.Messages.OpenMessages);

        // Made whole by the recordings' store, another call's, one without its description, one without a file.
        fixture.Save(1, """{ "status": "recovered", "duration_ms": 4200, "sha256": "r" }""");
        fixture.Save(2, """{ "call_id": "another", "duration_ms": 4200, "sha256": "r" }""");
        fixture.Save(3);
        File.SetLastWriteTimeUtc(Path.Combine(fixture.Recordings, fixture.Intent(3).File), fixture.Intent(3).StartedAt.UtcDateTime.AddSeconds(9));
        await fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal([(4200, "r")], (await fixture.RowsAsync()).Select(static row => (row.DurationMs, row.Sha256)));
        fixture.Database.Clock.Advance(TimeSpan.FromHours(2));
        await fixture.Messages.LookAsync(looksAtDisk: true, CancellationToken.None);
        Assert.Equal([4200, 9000], (await fixture.RowsAsync()).Select(static row => row.DurationMs));
        Assert.Equal(1, fixture.Messages.OpenMessages);
    }

    [Fact]
    public async Task Recording_ThatIsTooShortDiscardedOrFailed_IsNoMessage()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        foreach (int second in (ReadOnlySpan<int>)[1, 2, 3])
        {
            Assert.True(fixture.Messages.TryBegin(fixture.Intent(second)));
        }

        fixture.Save(1, "{}");
        fixture.Tell(VoicemailFixture.Recording(1, 2.9, RecordingStatus.Saved), RecordingStage.Saved);
        fixture.Tell(VoicemailFixture.Recording(2, 9, RecordingStatus.Discarded), RecordingStage.Discarded);
        fixture.Tell(VoicemailFixture.Recording(3, 9, RecordingStatus.Failed), RecordingStage.Failed);
        await fixture.Messages.LookAsync(looksAtDisk: false, CancellationToken.None);
        Assert.Empty(await fixture.RowsAsync());
        Assert.Equal(0, fixture.Messages.OpenMessages);
        Assert.Empty(Directory.EnumerateFiles(fixture.Recordings, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task BoxOfMessagesOnTheirWay_IsFull()
    {
        await using VoicemailFixture fixture = await VoicemailFixture.CreateAsync(StoreProvider.Sqlite);
        fixture.Box.MaxMessages = 2;
        Assert.True(fixture.Messages.TryBegin(fixture.Intent(1)));
        Assert.False(fixture.Messages.TryBegin(fixture.Intent(1)));
        Assert.False(await fixture.Messages.IsFullAsync(fixture.Box, CancellationToken.None));
        fixture.Tell(VoicemailFixture.Recording(1, 5, RecordingStatus.Saved), RecordingStage.Saved);
        await fixture.Messages.LookAsync(looksAtDisk: false, CancellationToken.None);
        Assert.True(fixture.Messages.TryBegin(fixture.Intent(2)));
        Assert.True(await fixture.Messages.IsFullAsync(fixture.Box, CancellationToken.None));
    }
}
