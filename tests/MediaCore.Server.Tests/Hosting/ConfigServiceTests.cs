using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.Authentication;
using MediaCore.Control.V1;
using MediaCore.Server.Configuration;
using MediaCore.Server.Configuration.Changes;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Tests.Hosting;

/// <summary>The service Config of a whole server: one validation, changes that hold, and calls in progress that keep what they began with.</summary>
public sealed class ConfigServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServerLoggers _loggers = new(LogLevel.Critical);
    private readonly List<GrpcChannel> _channels = [];

    private string ConfigurationPath => Path.Combine(_folder.Path, "mediacore.json");

    public void Dispose()
    {
        _channels.ForEach(static channel => channel.Dispose());
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Change_IsInForceAtOnce_AndAfterARestart_UntilItIsTakenBack()
    {
        WriteFile();
        await using (ServerHost host = await StartAsync())
        {
            Config.ConfigClient config = Connect(host);
            ChangeResponse changed = await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "trunks", Name = "carrier", MergePatch = """{"limits":{"calls":3}}""" });
            Assert.True(changed.Resource.Changed);
            Assert.Empty(changed.Notices);
            Assert.Equal(3, Assert.Single(host.Settings.Trunks).Limits.Calls);
            await config.ReplaceResourceAsync(new ReplaceResourceRequest { Resource = new Resource { Section = "routes", Name = "emergency", Json = """{"match":{"to":"112"},"trunks":["carrier"]}""" }, Before = "all" });
            Assert.Equal(["emergency", "all"], host.Settings.Routes.Select(static route => route.Name));

            // A reload of the file does not undo it.
            Assert.Empty((await host.ReloadAsync(Read)).Errors);
            Assert.Equal(["emergency", "all"], host.Settings.Routes.Select(static route => route.Name));
        }

        await using ServerHost second = await StartAsync();
        Config.ConfigClient again = Connect(second);
        Assert.Equal(3, Assert.Single(second.Settings.Trunks).Limits.Calls);
        ListResourcesResponse listed = await again.ListResourcesAsync(new ListResourcesRequest { Section = "routes" });
        Assert.Equal([("emergency", true), ("all", false)], listed.Resources.Select(static each => (each.Name, each.Changed)));

        Assert.False((await again.ResetResourceAsync(new ResetResourceRequest { Section = "trunks", Name = "carrier" })).Resource.Changed);
        Assert.Null((await again.ResetResourceAsync(new ResetResourceRequest { Section = "routes", Name = "emergency" })).Resource);
        Assert.Equal(0, Assert.Single(second.Settings.Trunks).Limits.Calls);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name)));
    }

    [Fact]
    public async Task WrongChange_HasEveryErrorWithItsPath_ForPeopleAndPrograms_AndChangesNothing()
    {
        WriteFile();
        await using ServerHost host = await StartAsync();
        Config.ConfigClient config = Connect(host);
        ReplaceResourceRequest wrong = new() { Etag = "*", Resource = new Resource { Section = "trunks", Name = "carrier", Json = """{"targets":["sip:127.0.0.1:9","http://x"],"form":[],"limits":{"calls":-1}}""" } };
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await config.ReplaceResourceAsync(wrong));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        string[] lines = refused.Status.Detail.Split('\n');
        Assert.Equal(["trunks[carrier].form", "trunks[carrier].limits.calls", "trunks[carrier].targets[1]"], lines.Select(static line => line.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("did you mean \"from\"?", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(lines.Order(StringComparer.Ordinal), ReadViolations(refused).Select(static each => $"{each.Field}: {each.Description}").Order(StringComparer.Ordinal));

        // What another piece needs is checked as well.
        RpcException needed = await Assert.ThrowsAsync<RpcException>(async () => await config.DeleteResourceAsync(new DeleteResourceRequest { Section = "trunks", Name = "carrier" }));
        Assert.StartsWith("routes[all].trunks[0]: ", needed.Status.Detail, StringComparison.Ordinal);
        Assert.False((await config.GetResourceAsync(new GetResourceRequest { Section = "trunks", Name = "carrier" })).Changed);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name)));
    }

    [Fact]
    public async Task DryRun_ChecksAndChangesNothing()
    {
        WriteFile();
        await using ServerHost host = await StartAsync();
        Config.ConfigClient config = Connect(host);
        ChangeResponse tried = await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "calls", MergePatch = """{"maxCalls":7}""", DryRun = true });
        Assert.Equal("""{"maxCalls":7}""", tried.Resource.Json);
        Assert.Contains("calls.maxCalls", Assert.Single(tried.Notices), StringComparison.Ordinal);
        Assert.Equal("{}", (await config.GetResourceAsync(new GetResourceRequest { Section = "calls" })).Json);
        await Assert.ThrowsAsync<RpcException>(async () => await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "calls", MergePatch = """{"maxCalls":0}""", DryRun = true }));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name)));
    }

    [Fact]
    public async Task WhatWaitsForARestart_IsSaid_AndIsThereAfterIt()
    {
        WriteFile();
        await using (ServerHost host = await StartAsync())
        {
            Config.ConfigClient config = Connect(host);
            ChangeResponse calls = await config.ReplaceResourceAsync(new ReplaceResourceRequest { Etag = "*", Resource = new Resource { Section = "calls", Json = """{"maxCalls":7}""" } });
            Assert.Contains("calls.maxCalls", Assert.Single(calls.Notices), StringComparison.Ordinal);
            Assert.NotEqual(7, host.Settings.Calls.MaxCalls);

            // Only of what this change is about.
            Assert.Empty((await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "trunks", Name = "carrier", MergePatch = """{"record":true}""" })).Notices);
            Assert.Contains("sip.defence.deny", Assert.Single((await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "sip", MergePatch = """{"defence":{"deny":["192.0.2.0/24"]}}""" })).Notices), StringComparison.Ordinal);
        }

        await using ServerHost second = await StartAsync();
        Assert.Equal(7, second.Settings.Calls.MaxCalls);
        Assert.Single(second.Settings.Sip.Defence.Deny);
    }

    [Fact]
    public async Task OfTwoWhoChangeTheSame_OneIsAborted()
    {
        WriteFile();
        await using ServerHost host = await StartAsync();
        Config.ConfigClient[] both = [Connect(host), Connect(host)];
        string etag = (await both[0].GetResourceAsync(new GetResourceRequest { Section = "trunks", Name = "carrier" })).Etag;
        StatusCode[] codes = await Task.WhenAll(both.Select(async (client, i) =>
        {
            try
            {
                await client.UpdateResourceAsync(new UpdateResourceRequest { Section = "trunks", Name = "carrier", Etag = etag, MergePatch = $$"""{"limits":{"calls":{{i + 1}} } }""" });
                return StatusCode.OK;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        }));
        Assert.Equal([StatusCode.OK, StatusCode.Aborted], codes.Order());
    }

    [Fact]
    public async Task FileThatChangesTheSameLater_IsToldOf_AndLoses()
    {
        WriteFile();
        await using ServerHost host = await StartAsync();
        Config.ConfigClient config = Connect(host);
        await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "trunks", Name = "carrier", MergePatch = """{"limits":{"calls":3}}""" });
        WriteFile(limit: 9);
        (IReadOnlyList<ConfigurationError> errors, IReadOnlyList<string> notices) = await host.ReloadAsync(Read);
        Assert.Empty(errors);
        Assert.Contains("trunks \"carrier\" was changed over the control interface", Assert.Single(notices), StringComparison.Ordinal);
        Assert.Equal(3, Assert.Single(host.Settings.Trunks).Limits.Calls);
        Assert.NotEmpty((await config.GetResourceAsync(new GetResourceRequest { Section = "trunks", Name = "carrier" })).Notice);
        await config.ResetResourceAsync(new ResetResourceRequest { Section = "trunks", Name = "carrier" });
        Assert.Equal(9, Assert.Single(host.Settings.Trunks).Limits.Calls);
    }

    [Fact]
    public async Task CallInProgress_KeepsWhatItBeganWith()
    {
        using UdpClient before = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient after = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient caller = new(new IPEndPoint(IPAddress.Loopback, 0));
        WriteFile(((IPEndPoint)before.Client.LocalEndPoint!).Port);
        await using ServerHost host = await StartAsync();
        IPEndPoint server = host.Engine.Listeners[0].Endpoint.ToIPEndPoint();

        // One call is up.
        await SendAsync(caller, server, Invite(caller, server, "first"));
        string invite = await ReceiveAsync(before, "INVITE ");
        await SendAsync(before, server, Answer(before, invite));
        string answer = await ReceiveAsync(caller, "SIP/2.0 200");
        await SendAsync(caller, server, InDialog("ACK", caller, server, answer, 1));
        await ReceiveAsync(before, "ACK ");

        Config.ConfigClient config = Connect(host);
        await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "trunks", Name = "carrier", MergePatch = $$"""{"targets":["sip:{{after.Client.LocalEndPoint}}"]}""" });
        await SendAsync(caller, server, Invite(caller, server, "second"));
        await ReceiveAsync(after, "INVITE ");

        // The first one ends where it went.
        await SendAsync(caller, server, InDialog("BYE", caller, server, answer, 2));
        await ReceiveAsync(before, "BYE ");
    }

    [Fact]
    public async Task LimitsOfCalls_AreInForceAtOnce_AndTheControlPlaneWaitsForARestart()
    {
        using UdpClient callee = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient caller = new(new IPEndPoint(IPAddress.Loopback, 0));
        WriteFile(((IPEndPoint)callee.Client.LocalEndPoint!).Port);
        await using ServerHost host = await StartAsync();
        IPEndPoint server = host.Engine.Listeners[0].Endpoint.ToIPEndPoint();
        Config.ConfigClient config = Connect(host);
        ChangeResponse changed = await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "calls", MergePatch = """{"maxDurationSeconds":1,"maxAttempts":3}""" });
        Assert.Empty(changed.Notices);
        Assert.Equal((3, TimeSpan.FromSeconds(1)), (host.Settings.Calls.MaxAttempts, host.Settings.Calls.MaxDuration));

        await SendAsync(caller, server, Invite(caller, server, "short"));
        await SendAsync(callee, server, Answer(callee, await ReceiveAsync(callee, "INVITE ")));
        await SendAsync(caller, server, InDialog("ACK", caller, server, await ReceiveAsync(caller, "SIP/2.0 200"), 1));
        await ReceiveAsync(caller, "BYE ");

        ChangeResponse waits = await config.UpdateResourceAsync(new UpdateResourceRequest { Section = "control", MergePatch = """{"policy":{"target":"http://127.0.0.1:1"}}""" });
        Assert.Contains(waits.Notices, static notice => notice.StartsWith("control.policy.target", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Looking_NeedsReadOnly_Changing_NeedsAdmin()
    {
        WriteFile();
        await using ServerHost host = await StartAsync("--grpc:requireToken=true");
        Config.ConfigClient config = Connect(host);
        Metadata read = Bearer("looker", ControlScope.Control);
        Assert.DoesNotContain("hush", (await config.ListResourcesAsync(new ListResourcesRequest(), read)).ToString(), StringComparison.Ordinal);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await config.ResetResourceAsync(new ResetResourceRequest { Section = "calls" }, read));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal("{}", (await config.ResetResourceAsync(new ResetResourceRequest { Section = "calls" }, Bearer("boss", ControlScope.Admin))).Resource.Json);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await config.ListResourcesAsync(new ListResourcesRequest { Section = "grpc" }, read))).StatusCode);
    }

    [Fact]
    public async Task LongList_ComesInPages()
    {
        string filler = new('x', 200);
        await File.WriteAllTextAsync(ConfigurationPath, $$"""{ "trunks": [{ "name": "carrier", "from": ["127.0.0.0/8"] }], "routes": [{{string.Join(',', Enumerable.Range(0, 4000).Select(i => $$"""{"name":"route{{i}}","match":{"to":"{{i}}","from":"{{filler}}"},"reject":404}"""))}}] }""");
        await using ServerHost host = await StartAsync();
        Config.ConfigClient config = Connect(host);
        ListResourcesResponse first = await config.ListResourcesAsync(new ListResourcesRequest { Section = "routes" });
        ListResourcesResponse second = await config.ListResourcesAsync(new ListResourcesRequest { Section = "routes", PageToken = first.NextPageToken });
        Assert.Empty(second.NextPageToken);
        Assert.NotEmpty(second.Resources);
        Assert.Equal(Enumerable.Range(0, 4000).Select(static i => $"route{i}"), first.Resources.Concat(second.Resources).Select(static each => each.Name));
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(async () => await config.ListResourcesAsync(new ListResourcesRequest { PageToken = "routes/gone" }))).StatusCode);
    }

    private void WriteFile(int carrierPort = 9, int limit = 0) => File.WriteAllText(
        ConfigurationPath,
        $$"""
        {
          "trunks": [ { "name": "carrier", "targets": ["sip:127.0.0.1:{{carrierPort}}"], "from": ["127.0.0.0/8"], "credentials": { "user": "u", "password": "hush" }{{(limit > 0 ? $", \"limits\": {{ \"calls\": {limit} }}" : "")}} } ],
          "routes": [ { "name": "all", "match": { "to": "*" }, "trunks": ["carrier"] } ]
        }
        """);

    private Config.ConfigClient Connect(ServerHost host)
    {
        _channels.Add(GrpcChannel.ForAddress(host.Grpc[0]));
        return new Config.ConfigClient(_channels[^1]);
    }

    private Metadata Bearer(string name, ControlScope scope)
    {
        TokenFile.Add(Path.Combine(_folder.Path, "data", "control-tokens.json"), ControlToken.Create(name, scope, null, DateTimeOffset.UtcNow, null, out string secret));
        return new Metadata { { "authorization", $"Bearer {secret}" } };
    }

    private Task<ServerHost> StartAsync(params string[] more)
    {
        (ServerSettings? settings, IReadOnlyList<ConfigurationError> errors) = Read(more);
        Assert.Empty(errors);
        return ServerHost.StartAsync(settings!, _loggers, CancellationToken.None);
    }

    private (ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors) Read() => Read([]);

    private (ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors) Read(string[] more)
    {
        string[] arguments =
        [
            "--media:ports=24000-24999", "--sip:listen=udp://127.0.0.1:0", "--http:listen=null", "--engine:shards=1", "--sip:defence:overload:enabled=false", "--logging:level=critical", "--numbers:enabled=false", "--grpc:listen=http://127.0.0.1:0", .. more,
        ];
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(ConfigurationPath, _folder.Path, arguments.Select(ConfigurationOverride.FromArgument).OfType<ConfigurationOverride>(), errors);
        return (errors.Any ? null : settings, errors.Items);
    }

    /// <summary>google.rpc.Status → Any → google.rpc.BadRequest, read by the numbers of their fields.</summary>
    private static List<(string Field, string Description)> ReadViolations(RpcException exception)
    {
        ILookup<int, ByteString> status = ReadFields(exception.Trailers.GetValueBytes("grpc-status-details-bin")!);
        Assert.Equal(exception.Status.Detail, status[2].Single().ToStringUtf8());
        ILookup<int, ByteString> any = ReadFields(status[3].Single().ToByteArray());
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", any[1].Single().ToStringUtf8());
        return [.. ReadFields(any[2].Single().ToByteArray())[1].Select(static violation => ReadFields(violation.ToByteArray())).Select(static fields => (fields[1].Single().ToStringUtf8(), fields[2].Single().ToStringUtf8()))];
    }

    private static ILookup<int, ByteString> ReadFields(byte[] message)
    {
        CodedInputStream input = new(message);
        List<(int Number, ByteString Value)> fields = [];
        while (input.ReadTag() is not 0 and uint tag)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            }
            else
            {
                Assert.Equal(((uint)1, 3), (tag >> 3, input.ReadInt32()));
            }
        }

        return fields.ToLookup(static field => field.Number, static field => field.Value);
    }

    private static string Invite(UdpClient caller, IPEndPoint server, string callId)
    {
        const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";
        return $"INVITE sip:+12025550100@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {caller.Client.LocalEndPoint};branch=z9hG4bK{callId}\r\nMax-Forwards: 70\r\nFrom: <sip:+12025550101@127.0.0.1>;tag=1\r\nTo: <sip:+12025550100@127.0.0.1>\r\nCall-ID: {callId}\r\nCSeq: 1 INVITE\r\nContact: <sip:{caller.Client.LocalEndPoint}>\r\nContent-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}";
    }

    private static string Answer(UdpClient callee, string invite)
    {
        const string Sdp = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 0\r\n";
        return $"SIP/2.0 200 OK\r\n{Header(invite, "Via")}\r\n{Header(invite, "From")}\r\n{Header(invite, "To")};tag=2\r\n{Header(invite, "Call-ID")}\r\n{Header(invite, "CSeq")}\r\nContact: <sip:{callee.Client.LocalEndPoint}>\r\nContent-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}";
    }

    private static string InDialog(string method, UdpClient caller, IPEndPoint server, string answer, int sequence)
    {
        string contact = Header(answer, "Contact");
        string target = contact[(contact.IndexOf('<', StringComparison.Ordinal) + 1)..contact.IndexOf('>', StringComparison.Ordinal)];
        Assert.Contains(server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), target, StringComparison.Ordinal);
        return $"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {caller.Client.LocalEndPoint};branch=z9hG4bK{method}{sequence}\r\nMax-Forwards: 70\r\n{Header(answer, "From")}\r\n{Header(answer, "To")}\r\n{Header(answer, "Call-ID")}\r\nCSeq: {sequence} {method}\r\nContent-Length: 0\r\n\r\n";
    }

    private static string Header(string message, string name) => message.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    private static async Task SendAsync(UdpClient from, IPEndPoint to, string text) => await from.SendAsync(Encoding.ASCII.GetBytes(text), to);

    /// <summary>The next message that begins so; what else comes (100, retransmissions) is passed over.</summary>
    private static async Task<string> ReceiveAsync(UdpClient at, string beginning)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            string text = Encoding.ASCII.GetString((await at.ReceiveAsync(limit.Token)).Buffer);
            if (text.StartsWith(beginning, StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
