using System.Collections.Frozen;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Scenarios;

/// <summary>Scenarios of business hours, by their numbers in docs/features.md.</summary>
public sealed class ClosingScenarioTests
{
    /// <summary>3: an office in Berlin is open from 9 to 17 on Sundays; on both days on which the clocks change, calls find it open and closed by the clock on its wall.</summary>
    [Theory]
    [InlineData("2026-03-22T07:59:59Z", false)]
    [InlineData("2026-03-22T08:00:00Z", true)]
    [InlineData("2026-03-22T15:59:59Z", true)]
    [InlineData("2026-03-22T16:00:00Z", false)]
    [InlineData("2026-03-29T06:59:59Z", false)]
    [InlineData("2026-03-29T07:00:00Z", true)]
    [InlineData("2026-03-29T14:59:59Z", true)]
    [InlineData("2026-03-29T15:00:00Z", false)]
    [InlineData("2026-10-25T07:59:59Z", false)]
    [InlineData("2026-10-25T08:00:00Z", true)]
    [InlineData("2026-10-25T15:59:59Z", true)]
    [InlineData("2026-10-25T16:00:00Z", false)]
    public async Task Scenario3_CallsOnTheDayOfTheClockChange_FindTheOfficeAsTheWallClockSays(string at, bool isOpen)
    {
        const string Plan =
            """
            { "rules": [ { "name": "open", "when": { "schedule": "office" }, "then": [ { "do": "reject", "status": 486 } ] } ],
              "default": { "then": [ { "do": "reject", "status": 480 } ] } }
            """;
        var owner = new RoutingPlan { Name = "main" };
        TenantConfiguration configuration = new()
        {
            Tenant = new Tenant { Name = "acme", TimeZone = "America/New_York" },
            Plans = new[] { new PublishedDocument(owner, new RoutingPlanRevision { OwnerId = owner.Id, Number = 1, Document = Plan }) }.ToFrozenDictionary(static one => one.Owner.Name),
            Schedules = new[] { new Schedule { Name = "office", TimeZone = "Europe/Berlin", Hours = """{ "week": { "sun": ["09:00-17:00"] } }""" } }.ToFrozenDictionary(static one => one.Name),
        };
        TestClock clock = new();
        clock.Advance(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture) - clock.GetUtcNow());
        await using CallProbe probe = CallProbe.Start(ActivityCatalog.Make(new PlanAction { Plan = "main" }), configuration: configuration, time: clock);
        Assert.Equal(isOpen ? 486 : 480, probe.Expect<MediaCore.Engine.Control.Commands.RejectCommand>().SipStatus);
    }
}
