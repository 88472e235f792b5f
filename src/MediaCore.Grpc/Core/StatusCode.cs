namespace Grpc.Core;

/// <summary>How a call ended: the number in the trailer <c>grpc-status</c> (gRPC statuscodes).</summary>
public enum StatusCode
{
    /// <summary>Not an error.</summary>
    OK = 0,

    /// <summary>Cancelled, mostly by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error of which no more is known, as an exception that left a handler.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call was over; it may have had an effect nevertheless.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What should be made exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A resource is used up: a quota, memory, the size of a message.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the operation needs.</summary>
    FailedPrecondition = 9,

    /// <summary>Given up, as after a conflict of concurrent changes; may be tried again from the start.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range, as reading past an end.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this method, service or encoding.</summary>
    Unimplemented = 12,

    /// <summary>Something that must hold does not: a defect, or a corrupt stream.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached now; may be tried again.</summary>
    Unavailable = 14,

    /// <summary>Data are lost or corrupt for good.</summary>
    DataLoss = 15,

    /// <summary>The caller has not said who it is, or could not prove it.</summary>
    Unauthenticated = 16,
}
