using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MediaCore.Transport.Tests.Dns;

/// <summary>A name server on this machine that answers from raw records, or never. A name that is not there gets NXDOMAIN with an SOA.</summary>
internal sealed class StubNameServer : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Dictionary<(string Name, ushort Type), byte[][]> _records = [];
    private readonly Task _loop;
    private int _asked;

    public StubNameServer() => _loop = Task.Run(ServeAsync);

    public IPEndPoint Endpoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public bool IsSilent { get; init; }

    public byte ErrorCode { get; init; }

    public int Asked => Volatile.Read(ref _asked);

    public StubNameServer Add(string name, ushort type, params byte[][] data)
    {
        _records[(name, type)] = data;
        return this;
    }

    public static byte[] Srv(ushort priority, ushort weight, ushort port, string target) => [.. Number(priority), .. Number(weight), .. Number(port), .. Name(target)];

    public static byte[] Naptr(ushort order, ushort preference, string flags, string services, string replacement) =>
        [.. Number(order), .. Number(preference), .. Text(flags), .. Text(services), .. Text(""), .. Name(replacement)];

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _loop;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult received = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _asked);
                if (!IsSilent)
                {
                    await _socket.SendAsync(Answer(received.Buffer), received.RemoteEndPoint);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private byte[] Answer(byte[] query)
    {
        int end = 12;
        var labels = new List<string>();
        while (query[end] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, end + 1, query[end]));
            end += query[end] + 1;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end + 1));
        byte[] question = query[12..(end + 5)];
        bool found = _records.TryGetValue((string.Join('.', labels), type), out byte[][]? records);
        byte code = ErrorCode != 0 ? ErrorCode : found ? (byte)0 : (byte)3;
        byte[] soa = [.. Name("ns.example"), .. Name("root.example"), .. new byte[16], 0, 0, 0, 77];
        IEnumerable<byte> answer = [query[0], query[1], 0x81, (byte)(0x80 | code), 0, 1, .. Number((ushort)(records?.Length ?? 0)), .. Number(found ? (ushort)0 : (ushort)1), 0, 0, .. question];
        foreach (byte[] data in records ?? [])
        {
            answer = answer.Concat(new byte[] { 0xC0, 12 }).Concat(Number(type)).Concat(new byte[] { 0, 1, 0, 0, 1, 44 }).Concat(Number((ushort)data.Length)).Concat(data);
        }

        return found ? [.. answer] : [.. answer, .. Name("example"), 0, 6, 0, 1, 0, 0, 14, 16, .. Number((ushort)soa.Length), .. soa];
    }

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Name(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(Text), 0];
}
