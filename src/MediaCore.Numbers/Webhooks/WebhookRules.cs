using System.Net;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Lookups;

namespace MediaCore.Numbers.Webhooks;

/// <summary>What a webhook's settings may be.</summary>
public static class WebhookRules
{
    /// <summary>Null, or what is wrong with an address. Names are looked up when they are connected to, and refused then.</summary>
    public static string? CheckUrl(string url, WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(url) || url.Length > WebhookLimits.MaxUrlCharacters || !Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Host.Length == 0)
        {
            return $"It is an address such as https://example.com/hooks, of at most {WebhookLimits.MaxUrlCharacters} characters.";
        }

        if (parsed.Scheme != Uri.UriSchemeHttps && !(options.AllowHttp && parsed.Scheme == Uri.UriSchemeHttp))
        {
            return "It begins with https: what is told has numbers of people in it.";
        }

        if (parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0)
        {
            return "It has no user and password, and no fragment: the signature says who tells.";
        }

        return IPAddress.TryParse(parsed.Host.Trim('[', ']'), out IPAddress? address) && !PublicConnections.IsAllowed(address, options.AllowedNetworks)
            ? "It is in a network that webhooks may not reach: only public addresses, and those of webhooks.allowNetworks."
            : null;
    }

    /// <summary>Null, or what is wrong with types of events.</summary>
    public static string? CheckTypes(IReadOnlyCollection<string> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        string? unknown = types.FirstOrDefault(static type => !ServiceEventTypes.All.Contains(type, StringComparer.Ordinal));
        return unknown is not null ? $"There is no event '{(unknown.Length > 64 ? "…" : unknown)}': it is {string.Join(", ", ServiceEventTypes.All)}."
            : types.Distinct(StringComparer.Ordinal).Count() != types.Count ? "A type stands there twice."
            : null;
    }

    /// <summary>Null, or what is wrong with a filter.</summary>
    public static string? CheckFilter(IReadOnlyCollection<string> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter.Count > WebhookLimits.MaxFilters ? $"It has at most {WebhookLimits.MaxFilters} lines."
            : filter.Any(static line => line.Length > 200 || line.IndexOf('=', StringComparison.Ordinal) < 1 || line.Any(char.IsControl)) ? "Each line is name=value, as number=+12025550123: what a member of the data has to be."
            : null;
    }
}
