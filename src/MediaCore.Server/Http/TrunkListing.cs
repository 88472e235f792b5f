using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaCore.Engine;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Primitives;

namespace MediaCore.Server.Http;

/// <summary>The trunks and what is known of them, as JSON: what <c>GET /trunks</c> answers and <c>mediacore trunks</c> prints. Without users and passwords.</summary>
internal static class TrunkListing
{
    /// <summary>Writes an array with an object per trunk.</summary>
    /// <param name="trunks">The trunks.</param>
    /// <param name="now">What registrations run out by.</param>
    /// <param name="monotonic">The same moment as the engine counts it, which blocks run out by.</param>
    public static string Write(IEnumerable<TrunkStatus> trunks, DateTimeOffset now, Timestamp monotonic)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (TrunkStatus trunk in trunks)
            {
                Write(json, trunk, now, monotonic);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static void Write(Utf8JsonWriter json, TrunkStatus trunk, DateTimeOffset now, Timestamp monotonic)
    {
        json.WriteStartObject();
        json.WriteString("name", trunk.Name);
        json.WriteBoolean("up", trunk.IsUp);
        json.WriteNumber("inbound_calls", trunk.InboundCalls);
        json.WriteNumber("outbound_calls", trunk.OutboundCalls);
        if (trunk.Registration is { } registration)
        {
            bool isRegistered = registration.IsRegistered(now);
            json.WriteStartObject("registration");
            json.WriteString("state", registration.State == TrunkRegistrationState.Registered && !isRegistered ? "expired" : NameOf(registration.State));
            if (isRegistered)
            {
                json.WriteString("registered_until", registration.RegisteredUntil.ToUniversalTime());
            }

            json.WriteNumber("last_status", registration.LastStatus);
            json.WriteNumber("failures", registration.Failures);
            json.WriteEndObject();
        }

        json.WriteStartArray("destinations");
        ImmutableArray<TrunkProbeStatus> probes = trunk.Probes;
        foreach (TrunkProbeStatus probe in probes)
        {
            WriteDestination(json, probe.Destination, probe, trunk.GetDestination(probe.Destination), monotonic);
        }

        // Of those that nobody probes calls are the only ones to find something out.
        foreach (DestinationStatus status in trunk.Destinations
            .Where(d => d.GetBlock(monotonic, out _) != DestinationBlock.None && !probes.Any(p => p.Destination.Endpoint == d.Destination.Endpoint && p.Destination.Transport == d.Destination.Transport))
            .OrderBy(static d => d.Destination.Endpoint.ToString(), StringComparer.Ordinal))
        {
            WriteDestination(json, status.Destination, probe: null, status, monotonic);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One address: up when neither probing nor calls say otherwise.</summary>
    private static void WriteDestination(Utf8JsonWriter json, in SipDestination destination, TrunkProbeStatus? probe, DestinationStatus? status, Timestamp monotonic)
    {
        TimeSpan remaining = TimeSpan.Zero;
        DestinationBlock block = status?.GetBlock(monotonic, out remaining) ?? DestinationBlock.None;
        json.WriteStartObject();
        json.WriteString("address", destination.Endpoint.ToString());
        json.WriteString("transport", destination.Transport.ToString().ToLowerInvariant());
        json.WriteBoolean("up", probe?.IsUp != false && block == DestinationBlock.None);
        if (probe is not null)
        {
            json.WriteNumber("last_status", probe.LastStatus);
            if (probe.Latency > TimeSpan.Zero)
            {
                json.WriteNumber("latency_seconds", probe.Latency.TotalSeconds);
            }
        }

        if (block != DestinationBlock.None)
        {
            json.WriteStartObject("blocked");
            json.WriteString("reason", NameOf(block));
            json.WriteNumber("seconds", Math.Ceiling(remaining.TotalSeconds));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string NameOf(DestinationBlock block) => block switch
    {
        DestinationBlock.Silent => "silent",
        DestinationBlock.Unreachable => "unreachable",
        DestinationBlock.RetryAfter => "retry-after",
        DestinationBlock.Trial => "trial",
        _ => "none",
    };

    private static string NameOf(TrunkRegistrationState state) => state switch
    {
        TrunkRegistrationState.Trying => "trying",
        TrunkRegistrationState.Registered => "registered",
        TrunkRegistrationState.Failed => "failed",
        _ => "unregistered",
    };
}
