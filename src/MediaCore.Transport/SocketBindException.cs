using System.Runtime.InteropServices;
using MediaCore.Primitives;
using MediaCore.Transport.Native;

namespace MediaCore.Transport;

/// <summary>
/// A socket could not be opened on a local address. Thrown at start-up only; its message is written for the operator: what was asked for,
/// why the system refused, and what to look at.
/// </summary>
public sealed class SocketBindException : IOException
{
    /// <summary>Describes the refusal.</summary>
    /// <param name="protocol"><c>udp</c> or <c>tcp</c>.</param>
    /// <param name="endpoint">The address that was asked for.</param>
    /// <param name="errorNumber">The system's errno.</param>
    public SocketBindException(string protocol, NetworkEndpoint endpoint, int errorNumber)
        : base($"{protocol} {endpoint} {Reason(errorNumber, endpoint)}")
    {
        Protocol = protocol;
        Endpoint = endpoint;
        ErrorNumber = errorNumber;
    }

    /// <summary><c>udp</c> or <c>tcp</c>.</summary>
    public string Protocol { get; }

    /// <summary>The address that was asked for.</summary>
    public NetworkEndpoint Endpoint { get; }

    /// <summary>The system's errno.</summary>
    public int ErrorNumber { get; }

    private static string Reason(int errorNumber, NetworkEndpoint endpoint) => errorNumber switch
    {
        NativeErrno.AddressInUse => "is in use by another process (or by another socket of this one)",
        NativeErrno.AddressNotAvailable => "is not an address of this machine",
        NativeErrno.AccessDenied when endpoint.Port is > 0 and < 1024 => "needs a permission: ports below 1024 need CAP_NET_BIND_SERVICE",
        NativeErrno.AccessDenied or NativeErrno.NotPermitted => "is refused by the system's security policy",
        NativeErrno.ProcessDescriptorLimit => "can't be opened: this process has no file descriptor left (raise ulimit -n)",
        NativeErrno.SystemDescriptorLimit => "can't be opened: the system has no file descriptor left (raise fs.file-max)",
        NativeErrno.AddressFamilyNotSupported => "has an address family that this machine has switched off",
        _ => $"can't be opened: {Marshal.GetPInvokeErrorMessage(errorNumber)} (errno {errorNumber})",
    };
}
