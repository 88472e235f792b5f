namespace MediaCore.Transport.Udp;

/// <summary>What became of a datagram. UDP promises nothing: <see cref="Sent"/> means that the kernel took it.</summary>
public enum SendResult
{
    /// <summary>The kernel took it.</summary>
    Sent = 0,

    /// <summary>Copied; the next flush gives it to the kernel.</summary>
    Queued,

    /// <summary>The socket's send buffer is full; the same call may succeed once the descriptor is writable.</summary>
    WouldBlock,

    /// <summary>Longer than a datagram can be, or than the known path MTU allows (EMSGSIZE).</summary>
    TooLarge,

    /// <summary>No address, port 0, or an address family that the socket does not have.</summary>
    InvalidDestination,

    /// <summary>No route, or the network or host is down (ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN).</summary>
    Unreachable,

    /// <summary>An earlier datagram was answered by ICMP port unreachable (ECONNREFUSED).</summary>
    Refused,

    /// <summary>A local firewall or policy forbids it (EPERM, EACCES).</summary>
    NotPermitted,

    /// <summary>The interface's queue or the kernel's memory is used up (ENOBUFS, ENOMEM).</summary>
    NoBuffers,

    /// <summary>Anything else; a closed socket for one.</summary>
    Failed,
}
