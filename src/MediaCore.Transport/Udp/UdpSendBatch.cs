namespace MediaCore.Transport.Udp;

/// <summary>
/// Datagrams that wait for one sendmmsg, copied into one pinned array; bounded in number and in bytes. Sent in the order in which they were
/// added. Owned by one thread.
/// </summary>
public sealed partial class UdpSendBatch
{
    /// <summary>Datagrams that wait.</summary>
    public int Count => _end - _start;

    /// <summary>Most datagrams that can wait.</summary>
    public int Capacity { get; }

    /// <summary>Bytes that wait.</summary>
    public int QueuedBytes { get; private set; }
}
