using System.Net;
using System.Net.Sockets;

namespace MediaCore.Numbers.Lookups;

/// <summary>
/// Connections to servers that users have named. They are made to the very address that was looked at, no redirection is followed, no proxy and no cookies are used: what users write must not become a way into the operator's network.
/// </summary>
internal static class PublicConnections
{
    /// <summary>A handler that connects to public addresses, and those of <paramref name="allowed"/>; any other is an <see cref="AddressRefusedException"/> within the fault.</summary>
    /// <param name="allowed">Networks that may be reached although they are not public.</param>
    /// <param name="refusal">What is said of others, after the name of the host.</param>
    public static SocketsHttpHandler CreateHandler(IReadOnlyList<IPNetwork> allowed, string refusal) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        Credentials = null,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowed, refusal, cancellationToken),
    };

    /// <summary>Whether an address may be reached.</summary>
    public static bool IsAllowed(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddresses.Contains(plain) || allowed.Any(network => network.Contains(plain));
    }

    /// <summary>Connects to an address that may be reached; the name is looked up here, so what was looked at is what is connected to.</summary>
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, IReadOnlyList<IPNetwork> allowed, string refusal, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(target.Host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        IPAddress[] reachable = [.. addresses.Where(address => IsAllowed(address, allowed))];
        if (reachable.Length == 0)
        {
            throw new AddressRefusedException(addresses.Length == 0 ? $"{target.Host} has no address" : $"{target.Host} {refusal}");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address that may not be reached.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
