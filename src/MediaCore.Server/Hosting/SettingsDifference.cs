using System.Globalization;
using MediaCore.Engine.Defence;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Hosting;

/// <summary>Which settings differ between two configurations but can't be changed while the server runs.</summary>
internal static class SettingsDifference
{
    private static readonly (string Key, Func<ServerSettings, string> Get)[] Fixed =
    [
        ("dataFolder", static s => s.DataFolder),
        ("sip.listen", static s => string.Join(',', s.Sip.Listen.Select(static l => $"{l.Transport} {l.Endpoint} {l.AdvertisedHost} {l.AdvertisedPort} {l.Dscp}"))),
        ("sip.webSocket", static s => string.Join(',', s.Sip.WebSocket.Origins)),
        ("sip.connections", static s => s.Sip.Connections.ToString()),
        ("sip.advertised", static s => s.Sip.Advertised ?? ""),
        ("sip.realm", static s => s.Sip.Realm),
        ("sip.digestAlgorithms", static s => string.Join(',', s.Sip.DigestAlgorithms)),
        ("sip.serverName", static s => s.Sip.ServerName),
        ("sip.maxForwards", static s => s.Sip.MaxForwards.ToString(CultureInfo.InvariantCulture)),
        ("sip.timers", static s => $"{s.Sip.Timers} {s.Sip.TrunkResponse}"),
        ("sip.udpMaxRequestBytes", static s => $"{s.Sip.UdpMaxRequestBytes}"),
        ("sip.dscp", static s => $"{s.Sip.Dscp}"),
        ("media.dscp", static s => $"{s.Media.Dscp}"),
        ("sip.sessionTimers", static s => s.Sip.SessionTimers.ToString()),
        ("sip.reliableProvisional", static s => s.Sip.ReliableProvisionals.ToString()),
        ("sip.earlyMedia", static s => s.Sip.EarlyMedia.ToString()),
        ("sip.registrations", static s => $"{s.Sip.DefaultExpires} {s.Sip.MinExpires} {s.Sip.MaxExpires} {s.Sip.MaxContacts} {s.Sip.RemoveExistingContacts} {s.Sip.PersistContacts} {s.Sip.FlowTimer} {s.Sip.NonceLifetime}"),
        ("sip.defence", static s => Describe(s.Sip.Defence)),
        ("media.address", static s => s.Media.Address.ToString()),
        ("media.advertised", static s => s.Media.Advertised.ToString()),
        ("media.ports", static s => $"{s.Media.FirstPort}-{s.Media.LastPort}"),
        ("media.portRestSeconds", static s => s.Media.PortRest.ToString()),
        ("media.timeoutSeconds", static s => s.Media.Timeout.ToString()),
        ("http.listen", static s => s.Http.ToString()),
        ("storage.connection", static s => s.Storage.Connection),
        ("prompts", static s => s.Prompts.ToString()),
        ("numbers.enabled", static s => s.Numbers.Enabled.ToString()),
        ("numbers.acceptFrom", static s => string.Join(',', s.Numbers.AcceptFrom)),
        ("calls", static s => s.Calls.ToString()),
        ("records", static s => s.Records.ToString()),
        ("engine.shards", static s => s.Shards.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string Describe(DefenceOptions d) =>
        $"{d.IsEnabled} {d.RequestsPerSecond} {d.Burst} {d.BanDuration} {d.UnidentifiedAnswers} {d.UnidentifiedWindow} {string.Join(',', d.Trusted)} {string.Join(',', d.Allow)} {string.Join(',', d.Deny)} "
        + $"{string.Join(',', d.Scanners)} {d.Overload.IsEnabled} {d.Overload.QueueDelay} {d.Overload.Cpu} {string.Join(',', d.Overload.PriorityNumbers)}";

    /// <summary>The keys, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Find(ServerSettings running, ServerSettings wanted) =>
        [.. Fixed.Where(f => f.Get(running) != f.Get(wanted)).Select(static f => f.Key)];
}
