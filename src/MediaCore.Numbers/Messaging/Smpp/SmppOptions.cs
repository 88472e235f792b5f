using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Smpp;
using MediaCore.Transport.Tls;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>What is spoken over SMPP: centres that messages leave by, and the service for programs that send and get messages.</summary>
public sealed record SmppOptions
{
    /// <summary>Centres.</summary>
    public ImmutableArray<SmppCentre> Centres { get; init; } = [];

    /// <summary>The service; null for none.</summary>
    public SmppServerOptions? Server { get; init; }
}

/// <summary>How a program binds to a centre.</summary>
public enum SmppBindMode
{
    /// <summary>One session both ways.</summary>
    Transceiver,

    /// <summary>One session to send and one to receive.</summary>
    Pair,

    /// <summary>To send only: no receipts come, and no messages.</summary>
    Transmitter,

    /// <summary>To receive only.</summary>
    Receiver,
}

/// <summary>A centre.</summary>
/// <param name="Name">Name of the carrier.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port.</param>
/// <param name="SystemId">Our account there.</param>
/// <param name="Password">Its password.</param>
public sealed record SmppCentre(string Name, string Host, ushort Port, string SystemId, string Password)
{
    /// <summary>Whether over TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>Authorities for TLS; empty for the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>What the centre wants to hear of us; mostly empty.</summary>
    public string SystemType { get; init; } = "";

    /// <summary>How we bind.</summary>
    public SmppBindMode Mode { get; init; }

    /// <summary>Type of number and numbering plan of senders; null for what the sender looks like.</summary>
    public (byte Ton, byte Npi)? Source { get; init; }

    /// <summary>Type of number and numbering plan of receivers; null for what the receiver looks like.</summary>
    public (byte Ton, byte Npi)? Destination { get; init; }

    /// <summary>Messages that may be under way at once.</summary>
    public int Window { get; init; } = SmppLimits.DefaultWindow;

    /// <summary>Messages a second; 0 for as many as the centre takes.</summary>
    public int Rate { get; init; }

    // The password is shown nowhere.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Name = ").Append(Name);
        return true;
    }
}

/// <summary>The service for programs.</summary>
/// <param name="Listen">Where it listens.</param>
public sealed record SmppServerOptions(IPEndPoint Listen)
{
    /// <summary>Our name in answers to binds.</summary>
    public string SystemId { get; init; } = "MediaCore";

    /// <summary>What TLS shows; null for a service without.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Who may bind.</summary>
    public ImmutableArray<SmppAccount> Accounts { get; init; } = [];
}

/// <summary>A program that may bind.</summary>
/// <param name="SystemId">Its name.</param>
/// <param name="PasswordDigest">SHA-256 of its password.</param>
/// <param name="Tenant">Name of the tenant whose messages it sends and gets.</param>
public sealed record SmppAccount(string SystemId, ImmutableArray<byte> PasswordDigest, string Tenant)
{
    /// <summary>Numbers that it may send from and whose messages it gets, E.164; empty for all of the tenant's.</summary>
    public ImmutableArray<string> Numbers { get; init; } = [];

    /// <summary>Networks that it may come from; empty for any.</summary>
    public ImmutableArray<IPNetwork> Networks { get; init; } = [];

    /// <summary>Sessions at once.</summary>
    public int MaxSessions { get; init; } = 4;

    /// <summary>Messages of the program's that may be unanswered; one more is throttled.</summary>
    public int Window { get; init; } = 100;

    /// <summary>Messages a second that it may send; more is throttled. 0 for any.</summary>
    public int Rate { get; init; } = 50;
}
