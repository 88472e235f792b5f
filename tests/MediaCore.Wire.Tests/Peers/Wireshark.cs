using System.Buffers.Binary;
using System.Text;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>What Wireshark says about messages: it gets them as a capture and reports what it finds malformed or wrong.</summary>
internal static class Wireshark
{
    /// <summary>Wireshark's severity of what it takes for wrong; below are warnings about habits.</summary>
    private const int ExpertError = 0x0080_0000;

    /// <summary>The number of SIP messages it read and its complaints.</summary>
    public static async Task<(int Messages, string Complaints)> ReadAsync(IEnumerable<string> messages)
    {
        using ScratchFolder folder = new();
        string file = folder.Combine("messages.pcap");
        await File.WriteAllBytesAsync(file, Capture(messages));
        string[] read = ["-n", "-r", file, "-o", "ip.check_checksum:FALSE", "-T", "fields", "-E", "separator=|"];
        string sip = await RunAsync(folder, [.. read, "-Y", "sip", "-e", "frame.number"]);
        string complaints = await RunAsync(
            folder, [.. read, "-Y", $"!sip || _ws.malformed || _ws.expert.severity >= {ExpertError}", "-e", "frame.number", "-e", "_ws.expert.message", "-e", "sip.Request-Line", "-e", "sip.Status-Line"]);
        return (sip.Split('\n').Count(static l => l.Length > 0 && l.All(char.IsAsciiDigit)), complaints);
    }

    /// <summary>RTCP datagrams as Wireshark reads them: a line for each with its packet types, the SSRCs of its senders and of its report blocks and its names; and its complaints.</summary>
    public static async Task<(string[] Lines, string Complaints)> ReadRtcpAsync(IEnumerable<byte[]> datagrams)
    {
        using ScratchFolder folder = new();
        string file = folder.Combine("reports.pcap");
        await File.WriteAllBytesAsync(file, Capture(datagrams.Select(Encoding.Latin1.GetString), port: 5005));
        string[] read = ["-n", "-r", file, "-o", "ip.check_checksum:FALSE", "-d", "udp.port==5005,rtcp", "-T", "fields", "-E", "separator=|"];
        string lines = await RunAsync(folder, [.. read, "-e", "rtcp.pt", "-e", "rtcp.senderssrc", "-e", "rtcp.ssrc.identifier", "-e", "rtcp.sdes.text"]);
        string complaints = await RunAsync(folder, [.. read, "-Y", $"!rtcp || _ws.malformed || _ws.expert.severity >= {ExpertError}", "-e", "frame.number", "-e", "_ws.expert.message"]);
        return ([.. lines.Split('\n').Where(static l => l.Contains('|', StringComparison.Ordinal))], complaints.Trim());
    }

    /// <summary>Telephone events as Wireshark reads them: a line for each RTP packet with its event, whether it is an end, its duration and its timestamp.</summary>
    public static async Task<(int Event, bool IsEnd, int Duration, long Timestamp)[]> ReadEventsAsync(IEnumerable<byte[]> packets, byte payloadType)
    {
        using ScratchFolder folder = new();
        string file = folder.Combine("events.pcap");
        await File.WriteAllBytesAsync(file, Capture(packets.Select(Encoding.Latin1.GetString), port: 5004));
        string lines = await RunAsync(
            folder,
            ["-n", "-r", file, "-o", "ip.check_checksum:FALSE", "-d", "udp.port==5004,rtp", "-d", $"rtp.pt=={payloadType},rtpevent", "-T", "fields", "-E", "separator=|", "-e", "rtpevent.event_id", "-e", "rtpevent.end_of_event", "-e", "rtpevent.duration", "-e", "rtp.timestamp"]);
        return [.. lines.Split('\n').Select(static l => l.Split('|')).Where(static f => f.Length == 4).Select(static f => (int.Parse(f[0]), f[1] is "1" or "True", int.Parse(f[2]), long.Parse(f[3])))];
    }

    /// <summary>SIP messages of a capture in their order: methods and statuses, with the two ports. Fails where there is anything that Wireshark does not take for sound SIP.</summary>
    public static async Task<(string What, int[] Ports)[]> ReadSipAsync(string capture)
    {
        using ScratchFolder folder = new();
        string[] read = ["-n", "-r", capture, "-o", "ip.check_checksum:FALSE", "-T", "fields", "-E", "separator=|"];
        string complaints = await RunAsync(folder, [.. read, "-Y", $"!sip || _ws.malformed || _ws.expert.severity >= {ExpertError}", "-e", "frame.number", "-e", "_ws.expert.message"]);
        Assert.Equal("", complaints.Trim());
        string lines = await RunAsync(folder, [.. read, "-Y", "sip", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "udp.srcport", "-e", "udp.dstport"]);
        return [.. lines.Split('\n').Select(static l => l.Split('|')).Where(static f => f.Length == 4).Select(static f => (f[0].Length > 0 ? f[0] : f[1], (int[])[int.Parse(f[2]), int.Parse(f[3])]))];
    }

    private static async Task<string> RunAsync(ScratchFolder folder, string[] arguments)
    {
        await using ChildProcess tshark = ChildProcess.Start("tshark", arguments, folder.Path);
        int code = await tshark.WaitForExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, tshark.Output);

        // Root is told that it is root.
        return string.Join('\n', tshark.Output.Split('\n').Where(static l => !l.StartsWith("Running as user", StringComparison.Ordinal)));
    }

    /// <summary>A capture of raw IPv4 packets (link type 101), one datagram per message.</summary>
    private static byte[] Capture(IEnumerable<string> messages, ushort port = 5060)
    {
        using MemoryStream file = new();
        byte[] header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2_C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 65_535);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 101);
        file.Write(header);
        uint second = 0;
        foreach (string message in messages)
        {
            byte[] text = Encoding.Latin1.GetBytes(message);
            byte[] packet = new byte[16 + 28 + text.Length];
            int length = packet.Length - 16;
            BinaryPrimitives.WriteUInt32LittleEndian(packet, ++second);
            BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(8), length);
            BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(12), length);
            Span<byte> ip = packet.AsSpan(16);
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
            ip[8] = 64;
            ip[9] = 17;
            ip[12] = ip[16] = 127;
            ip[15] = 1;
            ip[19] = 2;
            BinaryPrimitives.WriteUInt16BigEndian(ip[20..], port);
            BinaryPrimitives.WriteUInt16BigEndian(ip[22..], port);
            BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(length - 20));
            text.CopyTo(ip[28..]);
            file.Write(packet);
        }

        return file.ToArray();
    }
}
