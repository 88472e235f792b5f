using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MediaCore.Wire.Tests.Processes;

/// <summary>Ports for peers that cannot say which one the system gave them.</summary>
internal static class FreePorts
{
    /// <summary>A port free on UDP and TCP just now. The system hands out others first, so it stays free long enough.</summary>
    public static int Next(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        while (true)
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(address, 0));
            int port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(new IPEndPoint(address, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has the datagram port of that number; ask for another.
            }
        }
    }

    /// <summary>The first of <paramref name="count"/> ports in a row that are free, outside the system's own range for outgoing traffic.</summary>
    public static int NextRange(int count)
    {
        while (true)
        {
            int first = Random.Shared.Next(5_000, (32_000 - count) / 2) * 2;
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }
    }

    /// <summary>Waits until some process has the port, as the kernel's own list says.</summary>
    public static Task WaitUntilBoundAsync(int port, bool tcp)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        string file = tcp ? "/proc/net/tcp" : "/proc/net/udp";
        return Eventually.IsAsync(
            () => File.ReadLines(file).Skip(1).Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].EndsWith(suffix, StringComparison.Ordinal)),
            static bound => bound,
            $"port {port} bound");
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
