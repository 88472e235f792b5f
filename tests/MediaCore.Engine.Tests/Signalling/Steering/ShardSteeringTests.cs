using System.Globalization;
using System.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Signalling.Steering;

/// <summary>The kernel's choice among the shards' sockets, with the kernel (ADR 0051).</summary>
public sealed class ShardSteeringTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "sip.long-name-of-a-border-element.example.com")]
    [InlineData("::1", "[2001:db8::1]")]
    public void ResponsesAndRequestsOfDialogs_ReachTheirShard(string address, string advertised)
    {
        using var sockets = new SteeredSockets(address, advertised);
        sockets.Attach();
        for (int shard = 0; shard < SteeredSockets.Shards; shard++)
        {
            foreach (string line in (string[])["100 Trying", "180 Ringing", "200 OK", "200 ", "486 Busy Here", "488 Not Acceptable Here", "481 Call/Transaction Does Not Exist"])
            {
                Assert.Equal(shard, sockets.Deliver(Response(sockets, shard, line)));
            }

            foreach (string method in (string[])["ACK", "BYE", "INFO", "PRACK", "REFER", "INVITE", "UPDATE", "NOTIFY", "MESSAGE", "OPTIONS", "SUBSCRIBE"])
            {
                Assert.Equal(shard, sockets.Deliver(Request(sockets, shard, method)));
            }
        }
    }

    /// <summary>A peer fills in rport and adds what it likes behind the branch (RFC 3581 §4).</summary>
    [Fact]
    public void Response_WithFilledInVia_ReachesItsShard()
    {
        using var sockets = new SteeredSockets();
        sockets.Attach();
        string response = Response(sockets, 3, "200 OK").Replace(";rport", ";received=198.51.100.7;rport=40000;x=y", StringComparison.Ordinal);
        Assert.Equal(3, sockets.Deliver(response));
    }

    /// <summary>What says nothing of a shard, or of one that there is none of, goes where it went without the program.</summary>
    [Fact]
    public void Everything_Else_GoesByTheHash()
    {
        using var sockets = new SteeredSockets();
        string good = Response(sockets, 1, "200 OK");
        string bye = Request(sockets, 1, "BYE");
        string[] others =
        [
            Request(sockets, 1, "BYE").Replace("mediacore-01", "+12025550100", StringComparison.Ordinal),
            bye.Replace("mediacore-01", "mediacore-0g", StringComparison.Ordinal),
            bye.Replace("mediacore-01", "mediacore-0A", StringComparison.Ordinal),
            bye.Replace("mediacore-01", "mediacore-:1", StringComparison.Ordinal),
            bye.Replace("mediacore-01", "mediacore-ff", StringComparison.Ordinal),
            bye.Replace("mediacore-01", "mediacore-012", StringComparison.Ordinal),
            bye.Replace("BYE ", "CANCEL ", StringComparison.Ordinal),
            good.Replace("Via: ", "v: ", StringComparison.Ordinal),
            good.Replace("sip.example.com", "sip.example.org", StringComparison.Ordinal),
            good.Replace("\r\nVia", "\r\nServer: x\r\nVia", StringComparison.Ordinal),
            good.Replace("200 OK", "200 " + new string('k', 60), StringComparison.Ordinal),
            good.Replace("z9hG4bK01", "z9hG4bK05", StringComparison.Ordinal),
            good[..100],
            "\r\n\r\n",
            "",
        ];
        int[] before = [.. others.Select(sockets.Deliver)];
        sockets.Attach();
        Assert.Equal(before, others.Select(sockets.Deliver));
        Assert.Equal(1, sockets.Deliver(good));
        Assert.Equal(1, sockets.Deliver(bye));
    }

    /// <summary>Whatever is sent, one shard gets it; and the machine that the benchmarks have in place of the kernel says what the kernel does.</summary>
    [Fact]
    public void DamagedMessages_AreNeverLost()
    {
        using var sockets = new SteeredSockets();
        sockets.Attach();
        var random = new Random(51);
        int steered = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int shard = random.Next(SteeredSockets.Shards);
            byte[] datagram = Encoding.Latin1.GetBytes(random.Next(2) == 0 ? Response(sockets, shard, "200 OK") : Request(sockets, shard, "BYE"));
            for (int changes = random.Next(4); changes > 0; changes--)
            {
                datagram[random.Next(random.Next(1, datagram.Length))] = (byte)random.Next(256);
            }

            datagram = datagram[..random.Next(random.Next(1, datagram.Length), datagram.Length + 1)];
            uint expected = SocketFilterMachine.Run(sockets.Program, datagram);
            int found = sockets.Deliver(datagram);
            if (expected < SteeredSockets.Shards)
            {
                steered++;
                Assert.Equal((int)expected, found);
            }
        }

        Assert.InRange(steered, 5_000, 19_000);
    }

    private static string Response(SteeredSockets sockets, int shard, string statusLine)
    {
        byte[] buffer = new byte[1024];
        var writer = new SipWriter(buffer);
        RequestVia.Write(ref writer, new Flow(sockets.Listener, default), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"z9hG4bK{shard:x2}00000100000001123456789abcdef0")));
        return $"SIP/2.0 {statusLine}\r\n{Encoding.ASCII.GetString(writer.Written)}{Rest}";
    }

    private static string Request(SteeredSockets sockets, int shard, string method)
    {
        byte[] buffer = new byte[1024];
        var writer = new SipWriter(buffer);
        OurContact.Write(ref writer, new Flow(sockets.Listener, default), shard);
        string contact = Encoding.ASCII.GetString(writer.Written);
        string uri = contact[(contact.IndexOf('<', StringComparison.Ordinal) + 1)..contact.IndexOf('>', StringComparison.Ordinal)];
        return $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK776asdhds\r\n{Rest}";
    }

    private const string Rest = "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCall-ID: 1@example.com\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
}
