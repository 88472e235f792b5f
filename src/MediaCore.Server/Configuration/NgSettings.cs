using System.Net;
using MediaCore.Engine.Ng;
using MediaCore.Primitives;

namespace MediaCore.Server.Configuration;

/// <summary>Reads section <c>ng</c>: rtpengine's control protocol.</summary>
internal static class NgSettings
{
    /// <summary>Port of Kamailio's and OpenSIPS's examples.</summary>
    private const ushort DefaultPort = 2223;

    /// <summary>Reads the section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="maxCalls">Calls at once, which bounds sessions too where the section does not say.</param>
    /// <param name="mediaTimeout">The time of <c>media.timeoutSeconds</c>, which holds for sessions too.</param>
    public static NgOptions Read(SectionReader section, int maxCalls, TimeSpan mediaTimeout)
    {
        NgOptions defaults = new();
        List<IPNetwork> allowed = [];
        foreach (ConfigurationText text in section.Texts("allow"))
        {
            if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
            {
                section.Error(text, error);
            }
            else
            {
                allowed.Add(network);
            }
        }

        NgOptions result = new()
        {
            Listen = ReadListen(section, allowed.Count > 0),
            Allow = allowed.Count == 0 ? defaults.Allow : allowed,
            MaxSessions = (int)section.Integer("maxSessions", maxCalls, 1, 1_000_000),
            MediaTimeout = mediaTimeout,
            SilentTimeout = section.Seconds("silentTimeoutSeconds", defaults.SilentTimeout, TimeSpan.Zero, TimeSpan.FromDays(7)),
            OfferTimeout = section.Seconds("offerTimeoutSeconds", defaults.OfferTimeout, TimeSpan.Zero, TimeSpan.FromDays(7)),
            DeleteDelay = section.Seconds("deleteDelaySeconds", defaults.DeleteDelay, TimeSpan.Zero, TimeSpan.FromHours(1)),
        };
        section.Finish();
        return result;
    }

    private static NetworkEndpoint ReadListen(SectionReader section, bool isAllowing)
    {
        NetworkEndpoint listen = default;
        if (section.OptionalText("listen", null) is not { } text)
        {
            return listen;
        }

        if (!text.Value.StartsWith("udp://", StringComparison.Ordinal))
        {
            section.Error(text, $"\"{text.Value}\" is not a listener of the ng protocol; write udp://address:port");
        }
        else if (EndpointSyntax.TryParseEndpoint(text.Value[6..], DefaultPort, out listen) is { } error)
        {
            section.Error(text, error);
        }
        else if (!listen.IsLoopback && !isAllowing)
        {
            section.Error(text, "can be reached from other hosts, and whoever sends commands controls the relay; listen on 127.0.0.1 or [::1], or say in ng.allow which networks may ask");
        }

        return listen;
    }
}
