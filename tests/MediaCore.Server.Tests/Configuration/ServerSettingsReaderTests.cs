using MediaCore.Engine;
using MediaCore.Engine.Ng;
using MediaCore.Server.Configuration;
using MediaCore.Sip.Transactions;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Configuration;

public sealed class ServerSettingsReaderTests
{
    [Fact]
    public void Empty_Configuration_IsTheDocumentedDefault()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{}");

        Assert.Empty(errors);
        Assert.Equal(["Udp 127.0.0.1:5060", "Tcp 127.0.0.1:5060"], settings.Sip.Listen.Select(l => $"{l.Transport} {l.Endpoint}"));
        Assert.Equal("127.0.0.1:8080", settings.Http.ToString());
        Assert.Equal((30000, 39999), (settings.Media.Network.FirstMediaPort, settings.Media.Network.LastMediaPort));
        Assert.True(settings.Numbers.Enabled);
        Assert.Empty(settings.Notices);
        Assert.Equal(Path.Combine(Path.GetTempPath(), "data", "mediacore.db"), settings.Storage.File);

        // Lists compare by reference: their contents are compared here, and then taken over.
        EngineOptions defaults = new();
        Assert.Equal(defaults.DigestAlgorithms, settings.ToEngineOptions().DigestAlgorithms);
        EngineOptions expected = defaults with { Conferences = settings.Conferences, Listeners = settings.Sip.Listen, MediaAddress = settings.Media.Network.MediaAddress, DigestAlgorithms = settings.ToEngineOptions().DigestAlgorithms, BindingFile = settings.ToEngineOptions().BindingFile, AddedCodecs = settings.Media.AddedCodecs };
        Assert.Equal(expected, settings.ToEngineOptions());
    }

    [Fact]
    public void Timers_AreTakenOver_AndTimeoutsFollowT1()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """{ "sip": { "timers": { "t1Seconds": 0.2, "t2Seconds": 2, "t4Seconds": 3, "inviteTimeoutSeconds": 8, "ackTimeoutSeconds": 10 } } }""");
        Assert.Empty(errors);
        TransactionTimers timers = settings.ToEngineOptions().Timers;
        Assert.Equal([0.2, 2, 3, 8, 10, 10, 12.8], new[] { timers.T1, timers.T2, timers.T4, timers.TimerB, timers.AckTimeout, timers.TimerH, timers.TimerF }.Select(static t => t.TotalSeconds));

        (settings, errors) = ConfigurationReading.Read("""{ "sip": { "timers": { "requestTimeoutSeconds": 5 } } }""");
        Assert.Empty(errors);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(32)), (settings.Sip.Timers.TimerF, settings.Sip.Timers.TimerB));
    }

    [Theory]
    [InlineData("""{ "sip": { "timers": { "t1Seconds": 3, "t2Seconds": 2 } } }""", "sip.timers.t2Seconds", "t1Seconds")]
    [InlineData("""{ "sip": { "timers": { "inviteTimeoutSeconds": 0.5 } } }""", "sip.timers.inviteTimeoutSeconds", "twice t1Seconds")]
    [InlineData("""{ "sip": { "timers": { "requestTimeoutSeconds": 999 } } }""", "sip.timers.requestTimeoutSeconds", "320")]
    [InlineData("""{ "sip": { "dscp": 64 } }""", "sip.dscp", "63")]
    [InlineData("""{ "media": { "dscp": -1 } }""", "media.dscp", "63")]
    [InlineData("""{ "sip": { "udpMaxRequestBytes": -1 } }""", "sip.udpMaxRequestBytes", "0")]
    [InlineData("""{ "sip": { "registrations": { "keepAliveSeconds": 601 } } }""", "sip.registrations.keepAliveSeconds", "600")]
    public void Flow_Mistakes_AreNamed(string text, string path, string hint)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(text);
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CodePoints_OfListeners_AreTheirOwn_OrTheSections()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """{ "sip": { "dscp": 40, "listen": ["udp://127.0.0.1:5060", { "address": "tcp://127.0.0.1:5060", "dscp": 26 }, { "address": "udp://127.0.0.1:5070", "dscp": 0 }] }, "media": { "dscp": 34 } }""");
        Assert.Empty(errors);
        Assert.Equal([40, 26, 0], settings.Sip.Listen.Select(static l => (int)l.Dscp));
        Assert.Equal((40, 34), (settings.ToEngineOptions().SipDscp, settings.ToEngineOptions().MediaDscp));

        (settings, _) = ConfigurationReading.Read("{}");
        Assert.All(settings.Sip.Listen, static l => Assert.Equal(24, l.Dscp));
        Assert.Equal((24, 46), (settings.ToEngineOptions().SipDscp, settings.ToEngineOptions().MediaDscp));
    }

    [Fact]
    public void Sample_FromTheDesign_IsRight()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """
            {
              "sip":   { "listen": ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"], "advertised": null },
              "media": { "address": "127.0.0.1", "ports": "30000-39999" },
              "grpc":  { "listen": "http://127.0.0.1:50051" },
              "http":  { "listen": "http://127.0.0.1:8080" },
              "ng":    { "listen": null },                       // "udp://127.0.0.1:2223" turns the rtpengine protocol on
              "storage": { "provider": "sqlite", "connection": "Data Source=data/mediacore.db" },
              "trunks": [ { "name": "carrier-a", "targets": ["sip:127.0.0.1:5090;transport=udp"], "from": ["127.0.0.0/8"] } ],
              "routes": [ { "name": "all", "match": { "to": "+1*" }, "trunks": ["carrier-a"] } ],
              "numbers": { "enabled": true },
            }
            """);

        Assert.Empty(errors);
        Assert.Empty(settings.Notices);
        Assert.Equal("127.0.0.1:50051", Assert.Single(settings.Grpc.Listen).Endpoint.ToString());
        TrunkSettings trunk = Assert.Single(settings.Trunks);
        Assert.Equal("127.0.0.1:5090", Assert.Single(trunk.Targets).Endpoint.ToString());
        Assert.Equal("127.0.0.0/8", Assert.Single(trunk.From).ToString());
        Assert.Equal("+1*", Assert.Single(settings.Routes).To?.Source);
    }

    [Fact]
    public void NameServers_AreRead_WithPort53UnlessGiven()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """{ "sip": { "dns": { "servers": ["192.0.2.53", "192.0.2.54:5353", "[2001:db8::53]:54", "2001:db8::54"], "timeoutSeconds": 3 } } }""");

        Assert.Empty(errors);
        Assert.Equal(["192.0.2.53:53", "192.0.2.54:5353", "[2001:db8::53]:54", "[2001:db8::54]:53"], settings.Sip.Dns.Servers.Select(static s => s.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Sip.Dns.TimeBudget);
    }

    [Theory]
    [InlineData("""{ "sip": { "listen": ["udp:/127.0.0.1"] } }""", "sip.listen[0]", "not a listener")]
    [InlineData("""{ "sip": { "dns": { "servers": ["dns.example.com"] } } }""", "sip.dns.servers[0]", "name server")]
    [InlineData("""{ "sip": { "dns": { "servers": ["192.0.2.53:99999"] } } }""", "sip.dns.servers[0]", "name server")]
    [InlineData("""{ "sip": { "dns": { "servers": ["53"] } } }""", "sip.dns.servers[0]", "name server")]
    [InlineData("""{ "sip": { "dns": { "timeoutSeconds": 1, "tryTimeoutSeconds": 2 } } }""", "sip.dns.tryTimeoutSeconds", "not be above")]
    [InlineData("""{ "sip": { "dns": { "timeout": 1 } } }""", "sip.dns.timeout", "timeoutSeconds")]
    [InlineData("""{ "sip": { "listen": ["sctp://127.0.0.1:5061"] } }""", "sip.listen[0]", "is not a listener")]
    [InlineData("""{ "sip": { "listen": ["tls://127.0.0.1:5061"] } }""", "sip.tls.certificates", "needs a certificate")]
    [InlineData("""{ "sip": { "listen": ["wss://127.0.0.1:5062"] } }""", "sip.tls.certificates", "needs a certificate")]
    [InlineData("""{ "sip": { "listen": ["tcp://127.0.0.1:5061", "ws://127.0.0.1:5061"] } }""", "sip.listen[1]", "a port each")]
    [InlineData("""{ "sip": { "listen": [{ "address": "udp://0.0.0.0:5060" }] } }""", "sip.listen[0].address", "sip.advertised must say")]
    [InlineData("""{ "sip": { "listen": [{ "address": "udp://127.0.0.1:5060", "advertised": "a b" }] } }""", "sip.listen[0].advertised", "neither a host name")]
    [InlineData("""{ "sip": { "listen": [{ "address": "udp://127.0.0.1:5060", "dscp": 64 }] } }""", "sip.listen[0].dscp", "from 0 to 63")]
    [InlineData("""{ "sip": { "listen": [{ "dscp": 1 }] } }""", "sip.listen[0].address", "missing")]
    [InlineData("""{ "sip": { "tls": { "minimumVersion": "1.1" } } }""", "sip.tls.minimumVersion", "is broken")]
    [InlineData("""{ "sip": { "tls": { "clientCertificates": "maybe" } } }""", "sip.tls.clientCertificates", "require")]
    [InlineData("""{ "sip": { "tls": { "clientCertificates": "require" } } }""", "sip.tls.clientAuthorities", "is needed")]
    [InlineData("""{ "sip": { "tls": { "clientAuthorities": "none.pem" } } }""", "sip.tls.clientAuthorities", "does not exist")]
    [InlineData("""{ "sip": { "tls": { "certificates": [{ "certificate": "none.pem" }] } } }""", "sip.tls.certificates[0].certificate", "does not exist")]
    [InlineData("""{ "sip": { "tls": { "client": { "key": "none.key" } } } }""", "sip.tls.client.key", "without certificate")]
    [InlineData("""{ "sip": { "webSocket": { "origins": ["phone.example.com"] } } }""", "sip.webSocket.origins[0]", "origin of a page")]
    [InlineData("""{ "sip": { "webSocket": { "origins": ["https://phone.example.com/"] } } }""", "sip.webSocket.origins[0]", "without a path")]
    [InlineData("""{ "sip": { "connections": { "max": 0 } } }""", "sip.connections.max", "from 1 to")]
    [InlineData("""{ "sip": { "listen": ["udp://localhost:5060"] } }""", "sip.listen[0]", "not an IP address")]
    [InlineData("""{ "sip": { "listen": ["udp://127.0.0.1:99999"] } }""", "sip.listen[0]", "not a port")]
    [InlineData("""{ "sip": { "listen": ["udp://::1:5060"] } }""", "sip.listen[0]", "brackets")]
    [InlineData("""{ "sip": { "listen": ["udp://127.0.0.1", "udp://127.0.0.1:5060"] } }""", "sip.listen[1]", "twice")]
    [InlineData("""{ "sip": { "listen": ["udp://0.0.0.0:5060"] } }""", "sip.listen[0]", "sip.advertised")]
    [InlineData("""{ "sip": { "listen": [] } }""", "sip.listen", "at least one")]
    [InlineData("""{ "sip": { "listen": "udp://127.0.0.1:5060" } }""", "sip.listen", "must be a list")]
    [InlineData("""{ "sip": { "listen": [5060] } }""", "sip.listen[0]", "must be a text")]
    [InlineData("""{ "sip": { "advertised": "sip.example.net:5060" } }""", "sip.advertised", "no port")]
    [InlineData("""{ "sip": { "advertised": "1.2.3" } }""", "sip.advertised", "neither")]
    [InlineData("""{ "sip": { "advertised": 7 } }""", "sip.advertised", "must be a text")]
    [InlineData("""{ "sip": { "realm": "a\"b" } }""", "sip.realm", "without quotes")]
    [InlineData("""{ "sip": { "realm": "" } }""", "sip.realm", "not empty")]
    [InlineData("""{ "sip": { "serverName": "a\nb" } }""", "sip.serverName", "printable")]
    [InlineData("""{ "sip": { "timers": { "t1Seconds": 0 } } }""", "sip.timers.t1Seconds", "from 0.05 to 5")]
    [InlineData("""{ "sip": { "timers": { "t1Seconds": "0.5" } } }""", "sip.timers.t1Seconds", "number of seconds")]
    [InlineData("""{ "sip": { "timers": [] } }""", "sip.timers", "must be an object")]
    [InlineData("""{ "sip": { "registrations": { "minSeconds": 900, "maxSeconds": 600 } } }""", "sip.registrations.minSeconds", "maxSeconds")]
    [InlineData("""{ "sip": { "registrations": { "defaultSeconds": 30 } } }""", "sip.registrations.defaultSeconds", "between")]
    [InlineData("""{ "sip": { "registrations": { "maxContacts": 0 } } }""", "sip.registrations.maxContacts", "from 1 to 100")]
    [InlineData("""{ "sip": { "lisen": [] } }""", "sip.lisen", "did you mean \"listen\"?")]
    [InlineData("""{ "media": { "address": "127.0.0.1:30000" } }""", "media.address", "without a port")]
    [InlineData("""{ "media": { "address": "0.0.0.0" } }""", "media.address", "media.advertised")]
    [InlineData("""{ "media": { "address6": "127.0.0.1" } }""", "media.address6", "IPv6")]
    [InlineData("""{ "media": { "address": "::1", "address6": "::1" } }""", "media.address6", "beside")]
    [InlineData("""{ "media": { "address6": "::" } }""", "media.address6", "media.advertised6")]
    [InlineData("""{ "media": { "advertised6": "2001:db8::1" } }""", "media.advertised6", "needs media.address6")]
    [InlineData("""{ "media": { "address6": "::1", "advertised6": "::" } }""", "media.advertised6", "can send to")]
    [InlineData("""{ "media": { "handover": 1 } }""", "media.handover", "true")]
    [InlineData("""{ "media": { "advertised": "::1" } }""", "media.advertised", "family")]
    [InlineData("""{ "media": { "advertised": "0.0.0.0" } }""", "media.advertised", "can send to")]
    [InlineData("""{ "media": { "advertised": "media.example.net" } }""", "media.advertised", "not an IP address")]
    [InlineData("""{ "networks": [{ "name": "inside" }] }""", "networks[0].address", "is missing")]
    [InlineData("""{ "networks": [{ "name": "default", "address": "10.0.0.1" }] }""", "networks[0].name", "another network's name")]
    [InlineData("""{ "networks": [{ "name": "inside", "address": "0.0.0.0", "ports": "40000-41000" }] }""", "networks[0].address", "networks[0].advertised")]
    [InlineData("""{ "networks": [{ "name": "inside", "address": "127.0.0.1", "ports": "35000-36000" }] }""", "networks[0].ports", "overlaps")]
    [InlineData("""{ "networks": [{ "name": "inside", "address": "10.0.0.1", "ports": "5000-6000" }] }""", "networks[0].ports", "5060")]
    [InlineData("""{ "networks": [{ "name": "inside", "adress": "10.0.0.1", "address": "10.0.0.1" }] }""", "networks[0].adress", "did you mean")]
    [InlineData("""{ "sip": { "listen": [{ "address": "udp://127.0.0.1:5060", "network": "inside" }] } }""", "sip.listen", "no such one")]
    [InlineData("""{ "trunks": [{ "name": "a", "targets": ["sip:198.51.100.5"], "network": "outside" }] }""", "trunks", "no such one")]
    [InlineData("""{ "media": { "ports": "39999-30000" } }""", "media.ports", "not a port range")]
    [InlineData("""{ "media": { "ports": "30001-30002" } }""", "media.ports", "not a port range")]
    [InlineData("""{ "media": { "ports": "5000-6000" } }""", "media.ports", "5060")]
    [InlineData("""{ "media": { "ports": 30000 } }""", "media.ports", "must be a text")]
    [InlineData("""{ "media": { "ports": "30000-30006" }, "engine": { "shards": 2 } }""", "media.ports", "fewer than 8 ports")]
    [InlineData("""{ "media": { "musicOnHold": "../../etc/passwd" } }""", "media.musicOnHold", "leads out of the prompt folder")]
    [InlineData("""{ "media": { "comfortNoise": "yes" } }""", "media.comfortNoise", "accept")]
    [InlineData("""{ "media": { "musicOnHold": "" } }""", "media.musicOnHold", "not empty")]
    [InlineData("""{ "recording": { "announcementFile": "/srv/beep.wav" } }""", "recording.announcementFile", "leads out of the prompt folder")]
    [InlineData("""{ "recording": { "directory": "" } }""", "recording.directory", "must name a folder")]
    [InlineData("""{ "conferences": [ { "name": "a", "sampleRate": 44100 } ] }""", "conferences[0].sampleRate", "48000")]
    [InlineData("""{ "media": { "portRestSeconds": -1 } }""", "media.portRestSeconds", "seconds")]
    [InlineData("""{ "media": { "timeoutSeconds": 1e99 } }""", "media.timeoutSeconds", "seconds")]
    [InlineData("""{ "http": { "listen": "127.0.0.1:8080" } }""", "http.listen", "not an HTTP listener")]
    [InlineData("""{ "http": { "listen": "https://127.0.0.1" } }""", "http.certificate", "needed")]
    [InlineData("""{ "http": { "key": "k.pem" } }""", "http.key", "certificate")]
    [InlineData("""{ "http": { "trustedProxies": ["proxy.example"] } }""", "http.trustedProxies[0]", "")]
    [InlineData("""{ "grpc": { "listen": "127.0.0.1" } }""", "grpc.listen", "not a listener of gRPC")]
    [InlineData("""{ "grpc": { "listen": ["http://127.0.0.1:1", "http://0.0.0.0"] } }""", "grpc.listen[1]", "write https://")]
    [InlineData("""{ "grpc": { "listen": "http://192.0.2.1" } }""", "grpc.listen", "write https://")]
    [InlineData("""{ "grpc": { "listen": "http://control.example.net" } }""", "grpc.listen", "not an IP address")]
    [InlineData("""{ "grpc": { "listen": "https://0.0.0.0" } }""", "grpc.certificate", "https:// listener")]
    [InlineData("""{ "grpc": { "listen": "https://0.0.0.0", "certificate": "nowhere.pem" } }""", "grpc.certificate", "nowhere.pem")]
    [InlineData("""{ "grpc": { "key": "nowhere.key" } }""", "grpc.key", "grpc.certificate")]
    [InlineData("""{ "grpc": { "listen": 50051 } }""", "grpc.listen", "list of texts")]
    [InlineData("""{ "grpc": { "requireToken": "no" } }""", "grpc.requireToken", "true or false")]
    [InlineData("""{ "grpc": { "maxReceiveMessageSize": 1 } }""", "grpc.maxReceiveMessageSize", "65536")]
    [InlineData("""{ "grpc": { "maxStreams": 0 } }""", "grpc.maxStreams", "100000")]
    [InlineData("""{ "grpc": { "keepAliveSeconds": 0 } }""", "grpc.keepAliveSeconds", "seconds")]
    [InlineData("""{ "ng": { "listen": "tcp://127.0.0.1:2223" } }""", "ng.listen", "udp://")]
    [InlineData("""{ "ng": { "listen": "udp://here" } }""", "ng.listen", "not an IP address")]
    [InlineData("""{ "ng": { "listen": "udp://0.0.0.0:2223" } }""", "ng.listen", "ng.allow")]
    [InlineData("""{ "ng": { "listen": "udp://127.0.0.1:30010" } }""", "media.ports", "ng.listen")]
    [InlineData("""{ "ng": { "allow": ["everybody"] } }""", "ng.allow[0]", "not a network")]
    [InlineData("""{ "storage": { "provider": "mysql" } }""", "storage.provider", "postgres")]
    [InlineData("""{ "storage": { "provider": "postgres" } }""", "storage.connection", "Host=")]
    [InlineData("""{ "storage": { "provider": "postgres", "connection": "Database=mediacore" } }""", "storage.connection", "Host=")]
    [InlineData("""{ "storage": { "provider": "postgres", "connection": "Data=1" } }""", "storage.connection", "PostgreSQL connection string")]
    [InlineData("""{ "storage": { "connection": "Data Source=:memory:" } }""", "storage.connection", "memory")]
    [InlineData("""{ "storage": { "connection": "Nonsense=1" } }""", "storage.connection", "connection string")]
    [InlineData("""{ "storage": { "connection": "Cache=Shared" } }""", "storage.connection", "needs a file")]
    [InlineData("""{ "trunks": {} }""", "trunks", "list of objects")]
    [InlineData("""{ "trunks": ["a"] }""", "trunks[0]", "must be an object")]
    [InlineData("""{ "trunks": [ { "targets": ["sip:192.0.2.1"] } ] }""", "trunks[0].name", "missing")]
    [InlineData("""{ "trunks": [ { "name": "a b", "targets": ["sip:192.0.2.1"] } ] }""", "trunks[0].name", "letters")]
    [InlineData("""{ "trunks": [ { "name": "a" } ] }""", "trunks[0].targets", "needs targets")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["http://x"] } ] }""", "trunks[0].targets[0]", "sip:host")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:bob@192.0.2.1"] } ] }""", "trunks[0].targets[0]", "user part")]
    [InlineData("""{ "trunks": [ { "name": "a", "targets": ["sip:192.0.2.1;transport=ws"] } ] }""", "trunks[0].targets[0]", "transport=ws")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["10.0.0.1/8"] } ] }""", "trunks[0].from[0]", "10.0.0.0/8")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["10.0.0.0/33"] } ] }""", "trunks[0].from[0]", "prefix length")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["carrier"] } ] }""", "trunks[0].from[0]", "not a network")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["::/0"] }, { "name": "b", "from": ["::/0"] } ] }""", "trunks[1].from[0]", "trunk \"a\"")]
    [InlineData("""{ "trunks": [ { "name": "a", "from": ["::/0"] }, { "name": "a", "from": ["::1"] } ] }""", "trunks[1].name", "another trunk")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["carier"] } ], "trunks": [ { "name": "carrier", "targets": ["sip:192.0.2.1"] } ] }""", "routes[0].trunks[0]", "did you mean \"carrier\"?")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["t"] } ], "trunks": [ { "name": "t", "from": ["192.0.2.1"] } ] }""", "routes[0].trunks[0]", "no targets")]
    [InlineData("""{ "routes": [ { "name": "r" } ] }""", "routes[0].trunks", "at least one trunk")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["t"], "match": { "to": "+*1" } } ], "trunks": [ { "name": "t", "targets": ["sip:192.0.2.1"] } ] }""", "routes[0].match.to", "only at the end")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["t"], "match": { "from": "regex:(" } } ], "trunks": [ { "name": "t", "targets": ["sip:192.0.2.1"] } ] }""", "routes[0].match.from", "regular expression")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["t"], "match": { "to": "+1 202" } } ], "trunks": [ { "name": "t", "targets": ["sip:192.0.2.1"] } ] }""", "routes[0].match.to", "blanks")]
    [InlineData("""{ "routes": [ { "name": "r", "trunks": ["t"], "ringSeconds": 0 } ], "trunks": [ { "name": "t", "targets": ["sip:192.0.2.1"] } ] }""", "routes[0].ringSeconds", "seconds")]
    [InlineData("""{ "numbers": { "enabled": "yes" } }""", "numbers.enabled", "true or false")]
    [InlineData("""{ "numbers": { "acceptFrom": ["everywhere"] } }""", "numbers.acceptFrom[0]", "not a network")]
    [InlineData("""{ "numbers": { "lookupNetworks": ["the office"] } }""", "numbers.lookupNetworks[0]", "not a network")]
    [InlineData("""{ "webhooks": { "allowNetworks": ["the office"] } }""", "webhooks.allowNetworks[0]", "not a network")]
    [InlineData("""{ "numbers": { "enabled": false }, "webhooks": { "allowHttp": true } }""", "webhooks", "no meaning")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "http://broker/", "user": "m", "passwordVariable": "PATH" } } }""", "events.rabbitmq.uri", "amqps://")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "amqps://m:secret@broker/", "user": "m", "passwordVariable": "PATH" } } }""", "events.rabbitmq.uri", "no user and password")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "amqp://broker/", "user": "m", "passwordVariable": "PATH" } } }""", "events.rabbitmq.uri", "unencrypted")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "amqps://broker/", "user": "m" } } }""", "events.rabbitmq.passwordFile", "exactly one of passwordFile")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "amqps://broker/", "user": "m", "passwordVariable": "PATH", "password": "secret" } } }""", "events.rabbitmq.password", "not a known key")]
    [InlineData("""{ "events": { "rabbitmq": { "uri": "amqps://broker/", "user": "m", "passwordVariable": "PATH", "exchange": "amq.topic" } } }""", "events.rabbitmq.exchange", "name of an exchange")]
    [InlineData("""{ "calls": { "maxCalls": 1.5 } }""", "calls.maxCalls", "whole number")]
    [InlineData("""{ "calls": { "maxDurationSeconds": 0 } }""", "calls.maxDurationSeconds", "seconds")]
    [InlineData("""{ "calls": { "maxRingingSeconds": null } }""", "calls.maxRingingSeconds", "seconds")]
    [InlineData("""{ "records": { "maxFileBytes": 1 } }""", "records.maxFileBytes", "whole number")]
    [InlineData("""{ "drain": { "limitSeconds": -1 } }""", "drain.limitSeconds", "seconds")]
    [InlineData("""{ "logging": { "level": "loud" } }""", "logging.level", "trace, debug")]
    [InlineData("""{ "engine": { "shards": 1000 } }""", "engine.shards", "from 0 to 256")]
    [InlineData("""{ "engine": { "placement": "even" } }""", "engine.placement", "must be one of")]
    [InlineData("""{ "prompts": { "voice": "en us" } }""", "prompts.voice", "espeak-ng --voices")]
    [InlineData("""{ "dataFolder": null }""", "dataFolder", "must be a text")]
    [InlineData("""{ "tls": {} }""", "tls", "not a known key")]
    public void Mistake_IsFound_WithItsPath(string json, string path, string message)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);

        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """{ "webhooks": { "allowHttp": true, "allowNetworks": ["10.0.0.0/8"] }, "events": { "rabbitmq": { "uri": "amqp://broker:5673/calls", "user": "m", "passwordVariable": "HOME", "exchange": "x", "allowPlaintext": true } } }""");
        Assert.Empty(errors);
        Assert.Equal((true, "10.0.0.0/8"), (settings.Events.Webhooks.AllowHttp, Assert.Single(settings.Events.Webhooks.AllowedNetworks).ToString()));
        Assert.Equal(("broker", 5673, "m", Environment.GetEnvironmentVariable("HOME"), "x"), (settings.Events.RabbitMq!.Uri.Host, settings.Events.RabbitMq.Uri.Port, settings.Events.RabbitMq.User, settings.Events.RabbitMq.Password, settings.Events.RabbitMq.Exchange));
        Assert.DoesNotContain(settings.FixedValues.Values, value => value == settings.Events.RabbitMq.Password);
        (settings, _) = ConfigurationReading.Read("{}");
        Assert.Equal((false, 0, null), (settings.Events.Webhooks.AllowHttp, settings.Events.Webhooks.AllowedNetworks.Count, settings.Events.RabbitMq));
    }

    [Fact]
    public void Mistakes_AreAllFound_WithTheirLines()
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """
            {
              // a remark, which counts as a line
              "sip": {
                "listen": [ "udp://127.0.0.1:5060",
                            "udp://nowhere:5060" ],
                "relm": "x"
              },
              "media": { "ports": "x" },
              "calls": { "maxCalls": 0 }
            }
            """);

        Assert.Equal(
            ["test.json:5 sip.listen[1]", "test.json:6 sip.relm", "test.json:8 media.ports", "test.json:9 calls.maxCalls"],
            errors.Select(e => $"{e.Origin} {e.Path}"));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("{", 1)]
    [InlineData("{\n\"sip\": nope }", 2)]
    [InlineData("{} {}", 1)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]", 1)]
    public void Text_ThatIsNotJson_IsOneError_WithItsLine(string json, int line)
    {
        ConfigurationErrors errors = new();
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
        Assert.Null(ConfigurationFile.Parse(bytes, "test.json", errors));
        Assert.Equal(line, Assert.Single(errors.Items).Origin.Line);
    }

    [Fact]
    public void Text_ThatIsNotUtf8_IsOneError_WithItsLine()
    {
        ConfigurationErrors errors = new();
        Assert.Null(ConfigurationFile.Parse([.. "{\n\"a\": \""u8, 0x80, .. "\" }"u8], "test.json", errors));
        Assert.Equal(2, Assert.Single(errors.Items).Origin.Line);
    }

    [Fact]
    public void Key_WrittenTwice_IsAnError()
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("{ \"sip\": { \"realm\": \"a\",\n \"realm\": \"b\" } }");

        Assert.Equal("test.json:2: sip.realm: is written twice", Assert.Single(errors).ToString());
    }

    [Fact]
    public void File_WithByteOrderMark_IsRead()
    {
        ConfigurationErrors errors = new();
        Assert.NotNull(ConfigurationFile.Parse([0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'], "test.json", errors));
        Assert.False(errors.Any);
    }

    [Fact]
    public void Truncation_AtEveryByte_NeverThrows()
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(
            """{ "sip": { "listen": ["udp://127.0.0.1:5060"] }, /* c */ "trunks": [ { "name": "ä", "from": ["::/0"] } ], "calls": { "maxCalls": 1e3 } }""");
        for (int length = 0; length < json.Length; length++)
        {
            ConfigurationErrors errors = new();
            Assert.Null(ConfigurationFile.Parse(json.AsSpan(0, length), "test.json", errors));
            Assert.Single(errors.Items);
        }
    }

    [Fact]
    public void Levels_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "logging": { "level": "Warning" } }""");

        Assert.Empty(errors);
        Assert.Equal(LogLevel.Warning, settings.LogLevel);
    }

    [Fact]
    public void Http_Null_TurnsItOff()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""{ "http": { "listen": null } }""");

        Assert.Empty(errors);
        Assert.False(settings.Http.HasAddress);
    }

    [Fact]
    public void Settings_ReachTheEngine()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(
            """
            {
              "sip": { "listen": ["tcp://[::1]:0"], "advertised": "sip.example.net", "realm": "r", "serverName": "",
                       "timers": { "t1Seconds": 0.1, "trunkResponseSeconds": 2 },
                       "registrations": { "defaultSeconds": 100, "minSeconds": 30, "maxSeconds": 200, "maxContacts": 3, "removeExisting": true, "flowTimerSeconds": 25, "nonceSeconds": 30, "persist": false } },
              "media": { "address": "0.0.0.0", "advertised": "192.0.2.9", "ports": "40000-40101", "portRestSeconds": 0, "timeoutSeconds": 5 },
              "calls": { "maxCalls": 7, "maxDurationSeconds": 60, "maxRingingSeconds": 9 },
              "engine": { "shards": 2, "placement": "spread" }
            }
            """);

        Assert.Empty(errors);
        EngineOptions options = settings.ToEngineOptions();
        Assert.Equal("[::1]:0", Assert.Single(options.Listeners).Endpoint.ToString());
        Assert.Equal(
            new EngineOptions
            {
                Listeners = options.Listeners,
                Defence = options.Defence,
                AddedCodecs = options.AddedCodecs,
                Conferences = options.Conferences,
                Ng = new NgOptions { MaxSessions = 7, MediaTimeout = TimeSpan.FromSeconds(5) },
                DigestAlgorithms = options.DigestAlgorithms,
                AdvertisedHost = "sip.example.net",
                Realm = "r",
                ServerName = "",
                MediaAddress = settings.Media.Network.MediaAddress,
                AdvertisedMediaAddress = settings.Media.Network.AdvertisedMediaAddress,
                FirstMediaPort = 40000,
                LastMediaPort = 40101,
                MediaPortRest = TimeSpan.Zero,
                MediaTimeout = TimeSpan.FromSeconds(5),
                ShardCount = 2,
                Placement = CallPlacement.Spread,
                MaxCalls = 7,
                Timers = TransactionTimers.Default with { T1 = TimeSpan.FromMilliseconds(100) },
                TrunkResponseTimeout = TimeSpan.FromSeconds(2),
                MaxRinging = TimeSpan.FromSeconds(9),
                MaxCallDuration = TimeSpan.FromSeconds(60),
                DefaultExpires = TimeSpan.FromSeconds(100),
                MinExpires = TimeSpan.FromSeconds(30),
                MaxExpires = TimeSpan.FromSeconds(200),
                MaxContactsPerAccount = 3,
                RemoveExistingContacts = true,
                FlowTimer = TimeSpan.FromSeconds(25),
                NonceLifetime = TimeSpan.FromSeconds(30),
            },
            options);
    }

    [Fact]
    public void Defence_Keys_AreRead()
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            {
              "sip": { "listen": ["udp://127.0.0.1:0"], "defence": { "enabled": true, "requestsPerSecond": 3, "burst": 4, "banSeconds": 5, "unidentifiedAnswers": 6, "unidentifiedSeconds": 7,
                "trusted": ["192.0.2.0/24"], "allow": ["192.0.2.0/25", "2001:db8::/32"], "deny": ["192.0.2.66"], "scanners": ["evil"],
                "overload": { "enabled": false, "queueDelayMs": 30, "cpuPercent": 80, "priorityNumbers": ["110"] } } },
              "media": { "address": "127.0.0.1" }
            }
            """);

        Assert.Empty(errors);
        Engine.Defence.DefenceOptions defence = settings.ToEngineOptions().Defence;
        Assert.Equal((3, 4, 5.0, 6, 7.0), (defence.RequestsPerSecond, defence.Burst, defence.BanDuration.TotalSeconds, defence.UnidentifiedAnswers, defence.UnidentifiedWindow.TotalSeconds));
        Assert.Equal("192.0.2.0/24", Assert.Single(defence.Trusted).ToString());
        Assert.Equal((2, 1), (defence.Allow.Length, defence.Deny.Length));
        Assert.Equal("evil", Assert.Single(defence.Scanners));
        Assert.Equal((false, 30.0, 0.8, "110"), (defence.Overload.IsEnabled, defence.Overload.QueueDelay.TotalMilliseconds, defence.Overload.Cpu, Assert.Single(defence.Overload.PriorityNumbers)));
    }

    [Fact]
    public void Defence_Mistakes_AreAllNamed()
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read("""
            { "sip": { "defence": { "requestsPerSecond": 0, "trusted": ["192.0.2.1/24"], "scanners": ["x"], "bans": 3, "overload": { "cpuPercent": 101, "priorityNumbers": ["one"] } } } }
            """);

        Assert.Equal(
            ["sip.defence.bans", "sip.defence.overload.cpuPercent", "sip.defence.overload.priorityNumbers[0]", "sip.defence.requestsPerSecond", "sip.defence.scanners[0]", "sip.defence.trusted[0]"],
            errors.Select(static e => e.Path).Order(StringComparer.Ordinal));
    }
}
