using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Tests.Actions;

public sealed class SpokenTextTests
{
    [Theory]
    [InlineData("123", "digits", "en", "1 2 3")]
    [InlineData("+12025550199", "digits", "de", "1 2 0 2, 5 5 5 0, 1 9 9")]
    [InlineData("003", "number", "en", "3")]
    [InlineData("many", "number", "en", "many")]
    [InlineData("00:05", "time", "en-GB", "12 05 a m")]
    [InlineData("14:00", "time", "en", "2 p m")]
    [InlineData("14:30", "time", "de-AT", "14 Uhr 30")]
    [InlineData("09:00", "time", "fr", "9 heures")]
    [InlineData("14:30", "time", "sv", "14:30")]
    [InlineData("soon", "time", "de", "soon")]
    [InlineData("x", "song", "de", "x")]
    public void Value_IsSaidAsPeopleSayIt(string value, string form, string language, string said) => Assert.Equal(said, SpokenText.Say(value, form, language));
}
