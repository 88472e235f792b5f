using System.Text.Json;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Webhooks;

/// <summary>Whether a webhook wants an event.</summary>
internal static class WebhookWish
{
    /// <summary>By its types and its filter; a test is for the webhook alone that it is about.</summary>
    public static bool Wants(WebhookEndpoint endpoint, ServiceEvent each)
    {
        if (each.Type == ServiceEventTypes.WebhookTest)
        {
            return each.Subject == endpoint.Id.ToString();
        }

        return (endpoint.EventTypes.Length == 0 || endpoint.EventTypes.Split('\n').Contains(each.Type, StringComparer.Ordinal))
            && (endpoint.Filter.Length == 0 || Matches(endpoint.Filter, each.Data));
    }

    private static bool Matches(string filter, string data)
    {
        using var document = JsonDocument.Parse(data);
        foreach (string line in filter.Split('\n'))
        {
            int at = line.IndexOf('=', StringComparison.Ordinal);
            if (!document.RootElement.TryGetProperty(line.AsSpan(0, at), out JsonElement value)
                || !line.AsSpan(at + 1).SequenceEqual(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()))
            {
                return false;
            }
        }

        return true;
    }
}
