using System.Text.Json.Nodes;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Events;

/// <summary>Writes what programs are to be told.</summary>
public static class ServiceEvents
{
    /// <summary>Adds an event to a change: it is told when the change is committed, and never without it.</summary>
    /// <param name="context">The change.</param>
    /// <param name="tenantId">Whose it is.</param>
    /// <param name="type">What happened, one of <see cref="ServiceEventTypes"/>.</param>
    /// <param name="subject">What it is about: a call's or message's identifier.</param>
    /// <param name="data">What is told; names in snake_case, times as RFC 3339.</param>
    /// <param name="nowMs">Now, milliseconds of Unix time.</param>
    public static void Add(ServiceContext context, Guid tenantId, string type, string subject, JsonObject data, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(data);
        context.Events.Add(new ServiceEvent { Id = RisingId.Next(nowMs), TenantId = tenantId, Type = type, Subject = subject, Data = data.ToJsonString(), CreatedAtMs = nowMs });
    }
}
