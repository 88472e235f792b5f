using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;

namespace MediaCore.Server.Http;

/// <summary>The trunks and what is known of them, as JSON: what <c>GET /trunks</c> answers and <c>mediacore trunks</c> prints. Without users and passwords.</summary>
internal static class TrunkListing
{
    /// <summary>Writes an array with an object per trunk.</summary>
    public static string Write(IEnumerable<TrunkStatus> trunks, DateTimeOffset now)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (TrunkStatus trunk in trunks)
            {
                Write(json, trunk, now);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static void Write(Utf8JsonWriter json, TrunkStatus trunk, DateTimeOffset now)
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
        foreach (TrunkProbeStatus probe in trunk.Probes)
        {
            json.WriteStartObject();
            json.WriteString("address", probe.Destination.Endpoint.ToString());
            json.WriteString("transport", probe.Destination.Transport.ToString().ToLowerInvariant());
            json.WriteBoolean("up", probe.IsUp);
            json.WriteNumber("last_status", probe.LastStatus);
            if (probe.Latency > TimeSpan.Zero)
            {
                json.WriteNumber("latency_seconds", probe.Latency.TotalSeconds);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string NameOf(TrunkRegistrationState state) => state switch
    {
        TrunkRegistrationState.Trying => "trying",
        TrunkRegistrationState.Registered => "registered",
        TrunkRegistrationState.Failed => "failed",
        _ => "unregistered",
    };
}
