using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Tests.Messaging;

public sealed class MessageStateTests
{
    [Theory]
    [InlineData(MessageState.Queued, new[] { MessageState.Queued, MessageState.Queued })]
    [InlineData(MessageState.Sending, new[] { MessageState.Sent, MessageState.Queued })]
    [InlineData(MessageState.Sending, new[] { MessageState.Failed, MessageState.Queued })]
    [InlineData(MessageState.Sent, new[] { MessageState.Delivered, MessageState.Sent })]
    [InlineData(MessageState.Delivered, new[] { MessageState.Delivered, MessageState.Read })]
    [InlineData(MessageState.Undelivered, new[] { MessageState.Delivered, MessageState.Undelivered })]
    [InlineData(MessageState.Failed, new[] { MessageState.Sent, MessageState.Failed })]
    public void Message_IsWhereItsPartsAre(MessageState expected, MessageState[] parts) => Assert.Equal(expected, MessageStates.Of(parts));

    [Fact]
    public void State_NeverGoesBack_InAnyOrderOfNews()
    {
        MessageState[] all = Enum.GetValues<MessageState>();
        Assert.All(all, before => Assert.All(all, told => Assert.True(MessageStates.Advance(before, told) >= before)));
        Assert.Equal(MessageState.Delivered, MessageStates.Advance(MessageState.Delivered, MessageState.Sent));
    }

    [Theory]
    [InlineData("0000A1B2", "a1b2", 3)]
    [InlineData("0xA1B2", "41394", 2)]
    [InlineData("41394", "A1B2", 1)]
    [InlineData("0012345", "12345", 3)]
    [InlineData("0", "00", 3)]
    [InlineData("A1B2", "41395", 0)]
    [InlineData("9f8c-11", "9f8c-12", 0)]
    [InlineData("msg-Ab", "MSG-aB", 3)]
    [InlineData("FFFFFFFFFFFFFFFFFF", "4722366482869645213695", 2)]
    public void Identifier_OfAReceipt_MatchesInAnyForm(string given, string told, int sureness) => Assert.Equal(sureness, ProviderIds.Match(given, told));

    [Theory]
    [InlineData(" stop ", MessageWord.Stop)]
    [InlineData("Arrêt", MessageWord.Stop)]
    [InlineData("СТОП", MessageWord.Stop)]
    [InlineData("please stop", MessageWord.None)]
    [InlineData("Stopping", MessageWord.None)]
    [InlineData("start", MessageWord.Start)]
    [InlineData("Hilfe", MessageWord.Help)]
    public void Word_CountsWhenItStandsAlone(string text, MessageWord expected) => Assert.Equal(expected, MessageWords.Read(text));

    [Theory]
    [InlineData("en")]
    [InlineData("de-AT")]
    [InlineData("fr")]
    [InlineData("es")]
    public void Reply_IsNoWordItself_SoTwoServicesDoNotAnswerEachOther(string language)
        => Assert.All([MessageWord.Stop, MessageWord.Start], word => Assert.Equal(MessageWord.None, MessageWords.Read(MessageWords.GetReply(word, language, "+12125550100"))));

    [Theory]
    [InlineData("2026-07-01T19:59:00Z", "2026-07-01T19:59:00Z")]
    [InlineData("2026-07-01T20:00:00Z", "2026-07-02T06:00:00Z")]
    [InlineData("2026-07-02T05:59:00Z", "2026-07-02T06:00:00Z")]
    [InlineData("2026-03-28T23:30:00Z", "2026-03-29T06:00:00Z")]
    public void QuietHours_EndInTheTenantsZone_OverMidnightAndOverTheChangeOfTime(string due, string goes)
    {
        var settings = new MessageSettings { QuietFrom = 22 * 60, QuietUntil = 8 * 60 };
        long result = MessageRules.AfterQuiet(settings, "Europe/Berlin", DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        Assert.Equal(DateTimeOffset.Parse(goes, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(result));
    }

    [Fact]
    public void Rate_OfANumber_IsABurstAndThenOneASecond()
    {
        SendRate rate = new(1, 2);
        Assert.True(rate.TryTake("a", 0, out _));
        Assert.True(rate.TryTake("a", 0, out _));
        Assert.False(rate.TryTake("a", 0, out long next));
        Assert.Equal(1000, next);
        Assert.True(rate.TryTake("b", 0, out _));
        Assert.True(rate.TryTake("a", 1000, out _));
        rate.Tidy(10_000);
        Assert.Equal(0, rate.Count);
    }
}
