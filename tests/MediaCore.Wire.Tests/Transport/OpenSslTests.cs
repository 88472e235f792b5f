using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Transport;

/// <summary>The TLS listener as <c>openssl s_client</c> sees it.</summary>
public sealed class OpenSslTests
{
    private const string Listener = "\"tls://127.0.0.1:0\"";

    /// <summary>RFC 6066 §3: the certificate goes by the name that the client asks for, and holds against its authority.</summary>
    [Theory]
    [InlineData("localhost")]
    [InlineData("sip.example.com")]
    public async Task ServerName_PicksTheCertificate_AndOptionsIsAnswered(string name)
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        await using MediaCoreServer server = await StartAsync(authority, folder);
        await using ChildProcess client = Connect(
            server, folder, "-servername", name, "-CAfile", authority.File, "-verify_return_error", "-verify_hostname", name);
        string shown = await client.WaitForLineAsync(static l => l.StartsWith("Peer certificate:", StringComparison.Ordinal), "certificate");
        Assert.EndsWith(name == "localhost" ? "CN = first" : "CN = second", shown, StringComparison.Ordinal);
        await client.WaitForLineAsync(static l => l == "Verification: OK", "verification");
        await ExpectAnswerAsync(client);
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task Versions_OfToday_AreSpoken(string option, string version)
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        await using MediaCoreServer server = await StartAsync(authority, folder);
        await using ChildProcess client = Connect(server, folder, option);
        await client.WaitForLineAsync(l => l == "Protocol version: " + version, version);
        await ExpectAnswerAsync(client);
    }

    /// <summary>RFC 8996: refused although the client would take any cipher with it.</summary>
    [Theory]
    [InlineData("-tls1_1")]
    [InlineData("-tls1")]
    public async Task Versions_OfThePast_AreRefused(string option)
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        await using MediaCoreServer server = await StartAsync(authority, folder);
        await using ChildProcess client = Connect(server, folder, option, "-cipher", "ALL:@SECLEVEL=0");
        Assert.NotEqual(0, await client.WaitForExitAsync());
        Assert.DoesNotContain("CONNECTION ESTABLISHED", client.Output, StringComparison.Ordinal);

        // Its own library is willing: it is the server that says no.
        Assert.Contains("alert protocol version", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificate_IsDemanded_OurOwnIsAccepted_AForeignOneRefused()
    {
        using ScratchFolder folder = new();
        using TestAuthority authority = new(folder.Path);
        using TestAuthority stranger = new(name: "somebody else");
        await using MediaCoreServer server = await StartAsync(authority, folder, $", \"clientCertificates\": \"require\", \"clientAuthorities\": \"{authority.File}\"");
        (string certificate, string key) = authority.Issue("peer", ["peer.example.com"]);
        await using (ChildProcess good = Connect(server, folder, "-cert", certificate, "-key", key))
        {
            await ExpectAnswerAsync(good);
        }

        (certificate, key) = stranger.Issue("foreign", ["peer.example.com"]);
        foreach (string[] shown in (string[][])[[], ["-cert", certificate, "-key", key]])
        {
            // With TLS 1.3 the client believes itself connected until the refusal comes.
            await using ChildProcess refused = Connect(server, folder, shown);
            await refused.WaitForExitAsync();
            Assert.DoesNotContain("SIP/2.0 ", refused.Output, StringComparison.Ordinal);
        }

        Assert.Equal(1, await server.ReadMetricAsync("mediacore_sip_tls_handshakes_total{result=\"Completed\",role=\"server\"}"));
    }

    private static Task<MediaCoreServer> StartAsync(TestAuthority authority, ScratchFolder folder, string tls = "")
    {
        (string certificate, string key) = authority.Issue("first", ["localhost"]);
        (string second, string secondKey) = authority.Issue("second", ["sip.example.com"]);
        return MediaCoreServer.StartAsync(
            "\"numbers\": { \"enabled\": false }",
            folder.Path,
            $"\"tls\": {{ \"certificates\": [{{ \"certificate\": \"{certificate}\", \"key\": \"{key}\" }}, {{ \"certificate\": \"{second}\", \"key\": \"{secondKey}\" }}]{tls} }}",
            listen: Listener);
    }

    /// <summary>Connects and stays: what it is told goes through with the line ends that SIP has.</summary>
    private static ChildProcess Connect(MediaCoreServer server, ScratchFolder folder, params string[] arguments) =>
        ChildProcess.Start("openssl", ["s_client", "-connect", $"{server.More["tls"]}", "-brief", "-crlf", .. arguments], folder.Path);

    private static async Task ExpectAnswerAsync(ChildProcess client)
    {
        await client.WriteLineAsync(
            "OPTIONS sip:127.0.0.1 SIP/2.0\nVia: SIP/2.0/TLS df7jal23ls0d.invalid;branch=z9hG4bKopenssl\nMax-Forwards: 70\nFrom: <sip:a@example.com>;tag=1\nTo: <sip:b@example.com>\n"
            + "Call-ID: openssl\nCSeq: 1 OPTIONS\nContent-Length: 0\n");
        await client.WaitForLineAsync(static l => l.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal), "answer");
    }
}
