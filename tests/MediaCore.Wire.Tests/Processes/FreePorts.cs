using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MediaCore.Wire.Tests.Processes;

/// <summary>Ports for peers that cannot say which one the system gave them.</summary>
internal static class FreePorts
{
    /// <summary>First of the ports that <see cref="Next"/> gives; those of <see cref="NextRange"/> are below.</summary>
    private const int First = 28_000;

    /// <summary>The system gives its own from 32,768 upwards, to every socket that does not ask for one.</summary>
    private const int Count = 32_768 - First;

    private const int RangeFirst = 5_000;
    private const int RangeCount = First - RangeFirst;

    private static int s_given = Random.Shared.Next(Count);
    private static int s_givenRanges = Random.Shared.Next(RangeCount / 2) * 2;

    /// <summary>
    /// A port free on UDP and TCP just now, at that address and at all of them. The system gives it to nobody, and this process not again before it has given all the
    /// others: it stays free until its peer takes it, however late that is.
    /// </summary>
    public static int Next(IPAddress? address = null)
    {
        for (int i = 0; i < Count; i++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_given) % Count);
            if (IsFree(new IPEndPoint(address ?? IPAddress.Loopback, port)) && IsFree(new IPEndPoint(IPAddress.Any, port)))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} on is free.");
    }

    /// <summary>
    /// The first of <paramref name="count"/> ports in a row that are free, outside the system's own range for outgoing traffic. A server takes them one by one while it
    /// has calls, so that one of them being free says little: like those of <see cref="Next"/> they go round, and two tests side by side have none in common.
    /// </summary>
    public static int NextRange(int count)
    {
        // An even number, as RTP's.
        count += count % 2;
        for (int i = 0; i < RangeCount; i++)
        {
            int first = RangeFirst + (int)((uint)(Interlocked.Add(ref s_givenRanges, count) - count) % RangeCount);
            if (first + count <= First && Enumerable.Range(first, count).All(static port => IsFree(new IPEndPoint(IPAddress.Loopback, port), ProtocolType.Udp)))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"No {count} ports in a row from {RangeFirst} on are free.");
    }

    /// <summary>Waits until a process has the port at that address, as the kernel's own list says; of another address's port of the same number nothing follows.</summary>
    public static async Task WaitUntilBoundAsync(IPEndPoint local, bool tcp, ChildProcess process)
    {
        // The kernel writes the address as one number of this machine's byte order.
        string wanted = string.Create(CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(local.Address.GetAddressBytes()):X8}:{local.Port:X4}");
        string file = tcp ? "/proc/net/tcp" : "/proc/net/udp";
        bool IsBound() => File.ReadLines(file).Skip(1).Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == wanted);
        await Eventually.IsAsync(() => process.HasExited || IsBound(), static bound => bound, $"{local} bound");
        Assert.True(!process.HasExited || IsBound(), $"ended before it had {local}:\n{process.Output}");
    }

    private static bool IsFree(IPEndPoint local) => IsFree(local, ProtocolType.Udp) && IsFree(local, ProtocolType.Tcp);

    private static bool IsFree(IPEndPoint local, ProtocolType protocol)
    {
        using Socket socket = new(AddressFamily.InterNetwork, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        try
        {
            socket.Bind(local);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
