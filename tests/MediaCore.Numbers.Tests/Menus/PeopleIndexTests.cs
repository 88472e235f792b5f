using System.Collections.Frozen;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Tests.Menus;

public sealed class PeopleIndexTests
{
    [Theory]
    [InlineData("Alice Smith", "2542376484", "7648425423")]
    [InlineData("Jürgen Müller", "587436685537", "685537587436")]
    [InlineData("Weiß", "93477")]
    [InlineData("Łukasz", "585279")]
    [InlineData("Anne-Marie O’Neil", "26636274366345", "62743663452663", "66345266362743", "63452663627436")]
    [InlineData("Room 12", "766612", "127666")]
    [InlineData("李")]
    public void Keys_AreThoseOfEachWordOn(string name, params string[] keys) => Assert.Equal(keys, PeopleIndex.GetKeys(name));

    [Fact]
    public void People_AreFound_ByExtension_AndByTheBeginningOfEachName()
    {
        var people = PeopleIndex.Of(new TenantConfiguration
        {
            Tenant = new Tenant(),
            Users = new User[]
            {
                new() { Name = "a", DisplayName = "Ann Lee", Extension = "20", Account = "a" },
                new() { Name = "b", DisplayName = "Bob Lee", Extension = "201", Account = "b" },
                new() { Name = "c", DisplayName = "Bob Cox", Extension = "2022", Account = "c" },
                new() { Name = "d", DisplayName = "Bob Off", Extension = "21", Account = "d", Disabled = true },
                new() { Name = "e", DisplayName = "Bob Mute", Extension = "22" },
            }.ToFrozenDictionary(static user => user.Name),
        });
        Assert.Equal("a", people.FindByExtension("20")?.Name);
        Assert.Null(people.FindByExtension("2"));
        Assert.Null(people.FindByExtension("21"));
        Assert.Null(people.FindByExtension("22"));
        Assert.Equal([2, 3, 4, 0, 0], new[] { "2", "20", "202", "2022", "3" }.Select(people.GetShortestLonger));
        Assert.Equal(["Bob Cox", "Bob Lee"], people.FindByName("262", 9).Select(static user => user.DisplayName));
        Assert.Equal(["Ann Lee", "Bob Lee"], people.FindByName("533", 9).Select(static user => user.DisplayName));
        Assert.Equal(["Bob Lee"], people.FindByName("262533", 9).Select(static user => user.DisplayName));
        Assert.Equal(["Ann Lee"], people.FindByName("533266", 9).Select(static user => user.DisplayName));
        Assert.Single(people.FindByName("2", 1));
    }
}
