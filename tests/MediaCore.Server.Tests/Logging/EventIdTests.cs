using System.Reflection;
using MediaCore.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Logging;

/// <summary>The runbook names log events by their numbers.</summary>
public sealed class EventIdTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void Numbers_AreThoseOfOneEventEach()
    {
        var events = Directory.GetFiles(AppContext.BaseDirectory, "MediaCore.*.dll").Append(typeof(ServerHost).Assembly.Location).Distinct(StringComparer.Ordinal)
            .Where(static file => !file.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .SelectMany(static file => Assembly.LoadFrom(file).GetTypes())
            .SelectMany(static type => type.GetMethods(Any))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToList();
        Assert.InRange(events.Count, 50, 10_000);
        Assert.Empty(events.GroupBy(static e => e.EventId).Where(static g => g.Count() > 1).Select(static g => $"{g.Key}: {string.Join(", ", g.Select(static e => e.EventName))}"));
    }
}
