using System.Collections.Immutable;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Server.Configuration;

/// <summary>Sections <c>sip.connections</c> and <c>sip.webSocket</c>: bounds of connections, and the pages that may open one.</summary>
internal static class ConnectionSettings
{
    /// <summary>Reads the bounds; the numbers hold over all listeners.</summary>
    public static TcpOptions Read(SectionReader section)
    {
        TcpOptions result = new()
        {
            MaxConnections = (int)section.Integer("max", TcpLimits.MaxConnections, 1, 1_000_000),
            MaxConnectionsPerSource = (int)section.Integer("maxPerSource", TcpLimits.MaxConnectionsPerSource, 1, 1_000_000),
            IdleTimeout = section.Seconds("idleSeconds", TcpLimits.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            MessageReadTimeout = section.Seconds("messageSeconds", TcpLimits.MessageReadTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5)),
            SendTimeout = section.Seconds("sendSeconds", TcpLimits.SendTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5)),
            ProbeAfter = section.Seconds("probeSeconds", TcpLimits.ProbeAfter, TimeSpan.Zero, TimeSpan.FromHours(2)),
        };
        section.Finish();
        return result;
    }

    /// <summary>Reads who may connect by WebSocket.</summary>
    public static WebSocketOptions ReadWebSocket(SectionReader section)
    {
        ImmutableArray<string>.Builder origins = ImmutableArray.CreateBuilder<string>();
        foreach (ConfigurationText text in section.Texts("origins"))
        {
            // RFC 6454 §6.2: scheme, host and port, and nothing behind them.
            if (!Uri.TryCreate(text.Value, UriKind.Absolute, out Uri? origin) || origin.Scheme is not ("http" or "https")
                || !string.Equals(origin.GetLeftPart(UriPartial.Authority), text.Value, StringComparison.OrdinalIgnoreCase))
            {
                section.Error(text, $"\"{text.Value}\" is not the origin of a page; write https://phone.example.com, without a path or a slash at its end");
            }
            else
            {
                origins.Add(text.Value);
            }
        }

        section.Finish();
        return new WebSocketOptions { Origins = origins.ToImmutable() };
    }
}
