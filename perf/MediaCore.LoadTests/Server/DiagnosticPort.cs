using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace MediaCore.LoadTests.Server;

/// <summary>
/// Asks the runtime of another process for a collection of its whole heap, by its diagnostic port (the IPC protocol of dotnet/diagnostics): a trace session with the GCHeapCollect keyword begins with one.
/// What is left then is what the process holds on to, and not what nobody has fetched yet.
/// </summary>
internal static class DiagnosticPort
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing2 = 3;
    private const byte Server = 0xff;
    private const int HeaderBytes = 20;
    private const uint BufferMebibytes = 16;
    private const uint NetTraceFormat = 1;
    private const ulong GcHeapCollect = 0x800000;
    private const uint Verbose = 5;

    /// <summary>Returns when the collection is over: the session is ended by the thread that made it.</summary>
    public static async Task CollectAsync(int processId, CancellationToken cancellation)
    {
        // A process that was killed leaves its socket, and its number is given out again.
        string path = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{processId}-*-socket").MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new FileNotFoundException($"Process {processId} has no diagnostic port: is DOTNET_EnableDiagnostics=0 set?");
        using Socket session = await ConnectAsync(path, cancellation);
        byte[] sessionId = await AskAsync(session, CollectTracing2, ComposeSession(), cancellation);
        using Socket stop = await ConnectAsync(path, cancellation);

        // What is traced has to be read meanwhile, or the session would not end.
        Task trace = ReadToEndAsync(session, cancellation);
        await AskAsync(stop, StopTracing, sessionId, cancellation);
        await trace;
    }

    private static async Task<Socket> ConnectAsync(string path, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return socket;
    }

    private static byte[] ComposeSession()
    {
        const string provider = "Microsoft-Windows-DotNETRuntime\0";
        using MemoryStream payload = new();
        using BinaryWriter writer = new(payload);
        writer.Write(BufferMebibytes);
        writer.Write(NetTraceFormat);

        // No rundown: the names of all methods at the end are nothing to us, and work for the server.
        writer.Write(false);
        writer.Write(1u);
        writer.Write(GcHeapCollect);
        writer.Write(Verbose);
        writer.Write((uint)provider.Length);
        writer.Write(Encoding.Unicode.GetBytes(provider));
        writer.Write(0u);
        writer.Flush();
        return payload.ToArray();
    }

    /// <summary>Sends a command; returns the 8 bytes that its answer brings.</summary>
    private static async Task<byte[]> AskAsync(Socket socket, byte command, byte[] payload, CancellationToken cancellation)
    {
        byte[] request = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = EventPipe;
        request[17] = command;
        payload.CopyTo(request, HeaderBytes);
        await socket.SendAsync(request, cancellation);
        byte[] response = new byte[HeaderBytes + sizeof(ulong)];
        for (int length = 0; length < response.Length;)
        {
            int read = await socket.ReceiveAsync(response.AsMemory(length), cancellation);
            if (read == 0)
            {
                throw new IOException("The diagnostic port was closed.");
            }

            length += read;
        }

        return response[16] == Server && response[17] == 0 ? response[HeaderBytes..] : throw new IOException($"The diagnostic port refused command {command}.");
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[65_536];
        while (await socket.ReceiveAsync(buffer, cancellation) > 0)
        {
        }
    }
}
