using System.Diagnostics.Metrics;

namespace MediaCore.Control;

/// <summary>Figures of the control interface; see runbook.md.</summary>
internal static class ControlMetrics
{
    private static readonly Meter s_meter = new("MediaCore.Control");

    internal static readonly UpDownCounter<long> Sessions = s_meter.CreateUpDownCounter<long>("mediacore.control.sessions", "{session}", "Sessions that are open.");
    internal static readonly UpDownCounter<long> Subscribers = s_meter.CreateUpDownCounter<long>("mediacore.control.subscribers", "{stream}", "Streams of events that are open.");
    internal static readonly Counter<long> Commands = s_meter.CreateCounter<long>("mediacore.control.commands", "{command}", "Commands by verb and status of the reply.");
    internal static readonly Counter<long> Events = s_meter.CreateCounter<long>("mediacore.control.events", "{event}", "Events published.");
    internal static readonly Counter<long> Sent = s_meter.CreateCounter<long>("mediacore.control.events.sent", "{event}", "Events sent to sessions and subscribers.");
    internal static readonly Counter<long> Overruns = s_meter.CreateCounter<long>("mediacore.control.events.missed", "{event}", "Events that a session or subscriber was too slow for; each was told.");
    internal static readonly Counter<long> Lost = s_meter.CreateCounter<long>("mediacore.control.controllers.lost", "{controller}", "Controllers that did not come back within their grace time.");
    internal static readonly Counter<long> Released = s_meter.CreateCounter<long>("mediacore.control.calls.released", "{call}", "Calls of lost controllers that followed their policy.");
    internal static readonly UpDownCounter<long> AudioStreams = s_meter.CreateUpDownCounter<long>("mediacore.control.audio.streams", "{stream}", "Streams of sound that are open.");
    internal static readonly Counter<long> AudioSent = s_meter.CreateCounter<long>("mediacore.control.audio.sent", "ms", "Sound sent to clients.");
    internal static readonly Counter<long> AudioReceived = s_meter.CreateCounter<long>("mediacore.control.audio.received", "ms", "Sound taken from clients.");
    internal static readonly Counter<long> AudioDropped = s_meter.CreateCounter<long>("mediacore.control.audio.dropped", "ms", "Sound dropped, by direction: out, since a client read too slowly; in, since it sent more than there is room for.");

    internal static readonly KeyValuePair<string, object?> In = new("direction", "in");
    internal static readonly KeyValuePair<string, object?> Out = new("direction", "out");

    /// <summary>An alert on them finds a 0, before anything has happened.</summary>
    public static void Publish()
    {
        Sessions.Add(0);
        Subscribers.Add(0);
        Events.Add(0);
        Sent.Add(0);
        Overruns.Add(0);
        Lost.Add(0);
        Released.Add(0);
        AudioStreams.Add(0);
        AudioSent.Add(0);
        AudioReceived.Add(0);
        AudioDropped.Add(0, In);
        AudioDropped.Add(0, Out);
    }
}
