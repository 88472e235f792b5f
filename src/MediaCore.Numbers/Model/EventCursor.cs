namespace MediaCore.Numbers.Model;

/// <summary>How far events were numbered, or told to a broker, and which node does it.</summary>
public sealed class EventCursor : IRecordRow
{
    /// <summary>The cursor of the numbering: the number that was given last.</summary>
    public const string Numbers = "numbers";

    /// <summary>The cursor of RabbitMQ: the number that was confirmed last.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary>A <see cref="Number"/> that stands for: begin with what comes from now on.</summary>
    public const long FromNowOn = -1;

    /// <summary>Which.</summary>
    public string Name { get; set; } = "";

    /// <summary>The last event's <see cref="ServiceEvent.Number"/>.</summary>
    public long Number { get; set; }

    /// <summary>The node that tells; empty for none.</summary>
    public string Owner { get; set; } = "";

    /// <summary>Until when no other node does, milliseconds of Unix time.</summary>
    public long LeaseUntilMs { get; set; }
}
