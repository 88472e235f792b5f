using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Native;

namespace MediaCore.Transport.Udp;

/// <summary>
/// A non-blocking UDP socket: batches in and out for SIP, single datagrams for the rest. No call throws for anything that a peer or the
/// network does, and none allocates. Owned by one thread.
/// </summary>
public sealed class UdpSocket : IDisposable
{
    private readonly UdpSendBatch _outgoing = new();
    private readonly bool _isIPv6;
    private int _descriptor;

    private UdpSocket(int descriptor, NetworkEndpoint local)
    {
        _descriptor = descriptor;
        _isIPv6 = local.IsIPv6;
        LocalEndpoint = local;
    }

    /// <summary>The address it is bound to; after a bind to port 0, with the port that the system chose.</summary>
    public NetworkEndpoint LocalEndpoint { get; }

    /// <summary>For the poller; -1 once disposed.</summary>
    public int Descriptor => _descriptor;

    /// <summary>The receive buffer that the kernel granted, in its own accounting (twice the bytes asked for: it counts overhead).</summary>
    public int ReceiveBufferBytes => NativeDatagramSocket.GetOption(_descriptor, NativeSocketConstants.LevelSocket, NativeSocketConstants.ReceiveBuffer);

    /// <summary>Datagrams that wait for <see cref="Flush()"/>.</summary>
    public int QueuedDatagrams => _outgoing.Count;

    /// <summary>Datagrams that a flush gave up since the kernel refused them for good; the reason of the last is <see cref="LastSendFailure"/>.</summary>
    public long FailedSends { get; private set; }

    /// <summary>Why the kernel refused the last one.</summary>
    public SendResult LastSendFailure { get; private set; }

    /// <summary>Reads that failed other than by finding nothing (an ICMP error that was pending, or memory).</summary>
    public long FailedReceives { get; private set; }

    /// <summary>Datagrams that <see cref="TryReceive(Span{byte}, out int, out NetworkEndpoint)"/> left out since they did not fit.</summary>
    public long TruncatedReceives { get; private set; }

    /// <summary>Opens a socket on a local address.</summary>
    /// <param name="local">An address of this machine, or the unspecified one; port 0 lets the system choose.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SocketBindException">The system refused; the message is for the operator.</exception>
    /// <exception cref="PlatformNotSupportedException">Not 64-bit Linux.</exception>
    public static UdpSocket Bind(NetworkEndpoint local, UdpSocketOptions options)
    {
        NativePlatform.RequireLinux();
        options.Validate();
        if (!local.HasAddress)
        {
            throw new ArgumentException("There is no address to bind to.", nameof(local));
        }

        int descriptor = NativeDatagramSocket.TryOpen(local, options, out int errorNumber);
        return descriptor < 0
            ? throw new SocketBindException("udp", local, errorNumber)
            : new UdpSocket(descriptor, NativeDatagramSocket.GetLocalEndpoint(descriptor));
    }

    /// <summary>
    /// Has a program of the kernel's classic packet filter choose which of the sockets that share this one's address (<see cref="UdpSocketOptions.ReusePort"/>) gets a datagram: it sees the payload and
    /// ends with the socket's number in the order of their binding; any number beyond leaves the choice to the kernel's hash. Needs no privilege.
    /// </summary>
    /// <returns>0, or the errno of a kernel that has none of it.</returns>
    public int AttachFilter(ReadOnlySpan<SocketFilterInstruction> program) => NativeDatagramSocket.AttachReusePortFilter(_descriptor, program);

    /// <summary>Fetches what has arrived, up to the batch's capacity, by one recvmmsg.</summary>
    /// <returns>How many datagrams the batch holds now; 0 when none waits.</returns>
    public int ReceiveBatch(UdpReceiveBatch batch)
    {
        for (int attempt = 0; attempt < UdpLimits.MaxReadRetries; attempt++)
        {
            int received = batch.Receive(_descriptor);
            if (received >= 0)
            {
                return received;
            }

            if (!IsWorthRetrying(Marshal.GetLastPInvokeError()))
            {
                return 0;
            }
        }

        return 0;
    }

    /// <summary>Fetches one datagram that fits; longer ones are counted in <see cref="TruncatedReceives"/> and left out.</summary>
    /// <returns>False when none waits.</returns>
    public bool TryReceive(Span<byte> buffer, out int length, out NetworkEndpoint source)
    {
        for (int attempt = 0; attempt < UdpLimits.MaxReadRetries; attempt++)
        {
            if (!TryReceive(buffer, out length, out source, out bool truncated))
            {
                return false;
            }

            if (!truncated)
            {
                return true;
            }

            TruncatedReceives++;
        }

        length = 0;
        source = default;
        return false;
    }

    /// <summary>Fetches one datagram, cut to the buffer when it is longer.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="length">Bytes in the buffer.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="truncated">Whether the rest of it is lost.</param>
    /// <returns>False when none waits.</returns>
    public bool TryReceive(Span<byte> buffer, out int length, out NetworkEndpoint source, out bool truncated)
    {
        for (int attempt = 0; attempt < UdpLimits.MaxReadRetries; attempt++)
        {
            long received = MediaSocket.ReceiveCore(_descriptor, buffer, out source);
            if (received >= 0)
            {
                truncated = received > buffer.Length;
                length = truncated ? buffer.Length : (int)received;
                return true;
            }

            if (!IsWorthRetrying(Marshal.GetLastPInvokeError()))
            {
                break;
            }
        }

        length = 0;
        source = default;
        truncated = false;
        return false;
    }

    /// <summary>Sends one datagram now, ahead of those that are queued.</summary>
    public SendResult TrySend(ReadOnlySpan<byte> datagram, in NetworkEndpoint destination) =>
        CanSend(datagram.Length, destination, out SendResult refusal) ? MediaSocket.Send(_descriptor, datagram, destination) : refusal;

    /// <summary>
    /// Copies a datagram to go out with the next <see cref="Flush()"/>. When the queue is full it is flushed first; when the kernel does
    /// not take it either, the answer is <see cref="SendResult.WouldBlock"/> and the datagram is the caller's to drop or repeat.
    /// </summary>
    /// <returns><see cref="SendResult.Queued"/>, or why not.</returns>
    public SendResult TryQueue(ReadOnlySpan<byte> datagram, in NetworkEndpoint destination)
    {
        if (!CanSend(datagram.Length, destination, out SendResult refusal))
        {
            return refusal;
        }

        if (_outgoing.TryAdd(datagram, destination))
        {
            return SendResult.Queued;
        }

        Flush();
        return _outgoing.TryAdd(datagram, destination) ? SendResult.Queued : SendResult.WouldBlock;
    }

    /// <summary>Gives the queued datagrams to the kernel; what it has no room for stays for the next flush.</summary>
    /// <returns>How many it took. <see cref="QueuedDatagrams"/> above 0 afterwards: watch the descriptor for writing.</returns>
    public int Flush() => Flush(_outgoing);

    /// <summary>Gives the datagrams of a batch to the kernel; what it has no room for stays in it.</summary>
    /// <returns>How many it took.</returns>
    public int Flush(UdpSendBatch batch)
    {
        int total = 0;
        int interruptions = 0;

        // Each turn removes a datagram, except for interruptions, which are counted.
        while (batch.Count > 0)
        {
            int sent = batch.Send(_descriptor, out int errorNumber);
            total += sent;
            if (sent > 0)
            {
                continue;
            }

            if (errorNumber == NativeErrno.TryAgain || (errorNumber == NativeErrno.Interrupted && ++interruptions >= UdpLimits.MaxReadRetries))
            {
                break;
            }

            if (errorNumber != NativeErrno.Interrupted)
            {
                // One unreachable destination must not hold up the others.
                FailedSends++;
                LastSendFailure = NativeSendResult.FromErrno(errorNumber);
                batch.RemoveFirst(1);
            }
        }

        return total;
    }

    /// <summary>Closes the socket; queued datagrams are lost. Remove it from its poller first.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = NativeLibc.Close(descriptor);
        }
    }

    private bool CanSend(int length, in NetworkEndpoint destination, out SendResult refusal)
    {
        refusal = SendResult.Sent;
        if (!destination.HasAddress || destination.Port == 0 || destination.IsIPv6 != _isIPv6)
        {
            refusal = SendResult.InvalidDestination;
            return false;
        }

        if (length > (_isIPv6 ? UdpLimits.MaxIPv6DatagramBytes : UdpLimits.MaxDatagramBytes))
        {
            refusal = SendResult.TooLarge;
            return false;
        }

        return true;
    }

    private bool IsWorthRetrying(int errorNumber)
    {
        if (errorNumber == NativeErrno.TryAgain)
        {
            return false;
        }

        if (errorNumber != NativeErrno.Interrupted)
        {
            // Reading a pending error clears it; datagrams may wait behind it.
            FailedReceives++;
        }

        return errorNumber != NativeErrno.BadDescriptor;
    }
}
