using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using NodaTime;

namespace MediaCore.Engine.Tests.Policies;

public sealed class RouteConditionTests
{
    private static readonly Trunk A = new() { Name = "a" };
    private static readonly Trunk B = new() { Name = "b" };

    private static readonly RouteTable Table = new([A, B],
    [
        new RouteRule { Name = "emergency", To = NumberPattern.Parse("112"), Trunks = [A] },
        new RouteRule { Name = "premium", To = NumberPattern.Parse("+1900*"), RejectStatus = 603, RejectCause = 21 },
        new RouteRule { Name = "from-a", To = NumberPattern.Parse("+1*"), InboundTrunks = new[] { "a" }.ToFrozenSet(), Trunks = [B] },
        new RouteRule { Name = "sales", Accounts = [NumberPattern.Parse("sales-*"), NumberPattern.Parse("chief")], Trunks = [A] },
        new RouteRule
        {
            Name = "night",
            Windows = [new TimeWindow(DateTimeZone.Utc, [], new LocalTime(22, 0), new LocalTime(6, 0))],
            Trunks = [B],
        },
        new RouteRule { Name = "regex", To = NumberPattern.Parse(@"regex:\+44\d*"), Trunks = [A] },
        new RouteRule { Name = "britain", To = NumberPattern.Parse("+44*"), Trunks = [B] },
        new RouteRule { Name = "shared", Trunks = [A, B], Ranks = [new(1, 70), new(1, 30)] },
    ]);

    [Theory]
    [InlineData("112", "b", null, "12:00", "emergency")]
    [InlineData("+19005550100", "a", null, "12:00", "premium")]
    [InlineData("+12025550100", "a", null, "12:00", "from-a")]
    [InlineData("+12025550100", "b", null, "12:00", "shared")]
    [InlineData("+12025550100", null, "sales-1", "12:00", "sales")]
    [InlineData("+12025550100", null, "chief", "12:00", "sales")]
    [InlineData("+12025550100", null, "chiefs", "12:00", "shared")]
    [InlineData("+12025550100", "b", null, "23:00", "night")]
    [InlineData("+442079460000", "b", null, "12:00", "regex")]
    [InlineData("+44x", "b", null, "12:00", "britain")]
    public void Call_TakesTheFirstRouteWhoseConditionsAllHold(string called, string? trunk, string? account, string time, string route)
    {
        RouteRequest request = Request(called, trunk, account, time);
        Assert.Equal(route, Table.Route(request).Route);
        IReadOnlyList<(RouteRule Rule, string Verdict)> reasons = Table.Explain(request);
        Assert.Equal((route, "matches"), (reasons[^1].Rule.Name, reasons[^1].Verdict));
        Assert.DoesNotContain("matches", reasons.SkipLast(1).Select(static reason => reason.Verdict));
    }

    [Fact]
    public void Refusal_OfARoute_HasItsStatusAndCause()
    {
        RoutePlan plan = Table.Route(Request("+19001", "b", null, "12:00"));
        Assert.Equal((603, 21, 0), (plan.RejectStatus, plan.RejectCause, plan.Steps.Length));
    }

    [Fact]
    public void Rates_WithoutAPrefixOfTheNumber_LeaveItToTheNextRoute()
    {
        Assert.True(RatePrefix.TryParse("49"u8, out ulong prefix));
        var table = new RouteTable([A, B],
        [
            new RouteRule { Name = "rates", Trunks = [A], Rates = new RateSheet(["a"], new[] { new RateEntry(prefix, 1, 1, 0, 1, 1) }) },
            new RouteRule { Name = "rest", Trunks = [B] },
        ]);
        Assert.Equal("rates", table.Route(Request("+4930", "a", null, "12:00")).Route);
        Assert.Equal("rest", table.Route(Request("+33", "a", null, "12:00")).Route);
        Assert.Equal("no prefix of the number is in its rates", table.Explain(Request("+33", "a", null, "12:00"))[0].Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Index_FindsWhatASearchInOrderFinds(int seed)
    {
        var random = new Random(seed);
        RouteRule[] rules = [.. Enumerable.Range(0, 300).Select(i => new RouteRule
        {
            Name = $"r{i}",
            To = NumberPattern.Parse(random.Next(3) switch { 0 => "+" + Digits(random, 3), 1 => $"regex:\\+{Digits(random, 2)}.*", _ => "+" + Digits(random, random.Next(6)) + "*" }),
            From = random.Next(2) == 0 ? null : NumberPattern.Parse(Digits(random, 1) + "*"),
            Trunks = [A],
        }).OrderBy(_ => random.Next())];
        var table = new RouteTable([A], rules);
        for (int i = 0; i < 1_000; i++)
        {
            byte[] called = Encoding.ASCII.GetBytes("+" + Digits(random, random.Next(8)));
            byte[] caller = Encoding.ASCII.GetBytes(Digits(random, 2));
            string? expected = rules.FirstOrDefault(rule => rule.To.IsMatch(called) && rule.From?.IsMatch(caller) != false)?.Name;
            Assert.Equal(expected, table.Route(new RouteRequest { Called = called, Caller = caller, InboundTrunk = A }).Route);
        }
    }

    [Fact]
    public void Decision_WithEveryCondition_AllocatesNothing()
    {
        byte[] called = "+12025550100"u8.ToArray();
        DateTimeOffset time = DateTimeOffset.Parse("2026-11-23T12:00:00Z", CultureInfo.InvariantCulture);
        MediaCore.Tests.AllocationAssert.Zero(500, 1000, () =>
        {
            if (Table.Route(new RouteRequest { Called = called, Account = "chiefs", Time = time }).Route != "shared")
            {
                throw new InvalidOperationException("the call took another way");
            }
        });
    }

    private static string Digits(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + random.Next(3))));

    private static RouteRequest Request(string called, string? trunk, string? account, string time) => new()
    {
        Called = Encoding.UTF8.GetBytes(called),
        InboundTrunk = trunk switch { "a" => A, "b" => B, _ => null },
        Account = account,
        Time = DateTimeOffset.Parse($"2026-11-23T{time}:00Z", CultureInfo.InvariantCulture),
    };
}
