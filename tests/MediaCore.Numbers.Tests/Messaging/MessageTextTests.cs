using System.Text;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Messaging;

public sealed class MessageTextTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [InlineData("plain")]
    [InlineData("an 😀 whole")]
    [InlineData("ends in half \ud83d")]
    [InlineData("\ude00 begins with the other")]
    [InlineData("\ude00\ud83d\ud83d\0\ufdd0\ue000\ufdd0\ue801")]
    public void Part_ThatIsKept_IsUtf8_AndComesBackAsItWas(string part)
    {
        string kept = MessageText.Keep(part);
        Assert.Equal(kept, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Encoding.UTF8.GetBytes(kept)));
        Assert.DoesNotContain('\0', kept);
        Assert.Equal(part, MessageText.Restore(kept));
    }

    [Fact]
    public void Halves_ThatMeet_AreOneCharacter_OthersAreMarked()
    {
        Assert.Equal("a😀b", MessageText.Clean(MessageText.Restore(MessageText.Keep("a\ud83d") + MessageText.Keep("\ude00b"))));
        Assert.Equal("a\ufffdb\ufffd", MessageText.Clean("a\ud83db\0"));
    }

    /// <summary>What no database takes must not be "later" for ever.</summary>
    [Theory]
    [MemberData(nameof(Both))]
    public async Task WhatNoDatabaseCarries_IsTakenAllTheSame(StoreProvider provider)
    {
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(provider);
        Assert.Equal(IntakeStatus.Taken, await bed.ReceiveAsync("half \ud83d and \0 nothing", "id \0"));
        Assert.Equal("half \ufffd and \ufffd nothing", Assert.Single(await bed.AllAsync<TextMessage>()).Text);
        Assert.Equal(IntakeStatus.Unknown, await bed.TellAsync("41\0394", MessageState.Delivered));
        Assert.Equal(IntakeStatus.Taken, await bed.TellAsync("41394", MessageState.Undelivered, "err\0"));
        Assert.Equal(IntakeStatus.Unknown, await bed.Intake.ReceiveAsync(new IncomingText("centre", "\0", MessageTestBed.Number, "hello")));
    }
}
