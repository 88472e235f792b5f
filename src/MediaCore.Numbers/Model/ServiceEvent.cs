namespace MediaCore.Numbers.Model;

/// <summary>
/// Something that a tenant's programs are told of (a voicemail message, an SMS, a call that ended): written with what it tells of, in one transaction, and handed to webhooks and brokers afterwards. What it tells is never changed; its place among all others (<see cref="Number"/>) it gets once.
/// </summary>
public sealed class ServiceEvent : TenantRow, IRecordRow
{
    /// <summary>What happened, as <c>voicemail.received</c> (<see cref="Events.ServiceEventTypes"/>).</summary>
    public string Type { get; set; } = "";

    /// <summary>What it is about, as a call's or a message's identifier: events of one subject are told in their order.</summary>
    public string Subject { get; set; } = "";

    /// <summary>What is told, a JSON object.</summary>
    public string Data { get; set; } = "{}";

    /// <summary>Its place among all events, by which they are told: given once they are committed, without gaps, so whoever has told up to one misses none. Null until then.</summary>
    public long? Number { get; set; }

    /// <summary>Its place among the events of its subject, from 1; 0 until it has a <see cref="Number"/>.</summary>
    public int Sequence { get; set; }
}
