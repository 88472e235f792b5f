namespace MediaCore.Sdp;

/// <summary>
/// Who may send, seen by the side whose description it stands in (RFC 8866 §6.7). Bit 0 is sending, bit 1 receiving, so that narrowing is a
/// bitwise and.
/// </summary>
public enum MediaDirection : byte
{
    /// <summary><c>a=inactive</c>.</summary>
    Inactive = 0,

    /// <summary><c>a=sendonly</c>: the describing side sends and wants nothing.</summary>
    SendOnly = 1,

    /// <summary><c>a=recvonly</c>: the describing side only listens.</summary>
    RecvOnly = 2,

    /// <summary><c>a=sendrecv</c>, which also holds where no attribute stands.</summary>
    SendRecv = 3,
}
