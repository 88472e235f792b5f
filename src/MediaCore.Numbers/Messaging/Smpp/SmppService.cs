using System.Collections.Immutable;
using System.Net.Sockets;
using MediaCore.Numbers.Storage;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>All that is spoken over SMPP: the carriers of the centres, and the service for programs.</summary>
public sealed class SmppService : IAsyncDisposable
{
    private readonly SmppInbound _inbound;

    private SmppService(SmppInbound inbound, ImmutableArray<SmppCarrier> carriers)
    {
        _inbound = inbound;
        Carriers = carriers;
    }

    /// <summary>A carrier for each centre, by the centre's name.</summary>
    public ImmutableArray<SmppCarrier> Carriers { get; }

    /// <summary>The service for programs; null where there is none.</summary>
    public SmppServer? Server { get; private init; }

    /// <summary>Begins to connect and to listen. Centres that cannot be reached are tried until they can.</summary>
    /// <param name="options">Centres and programs.</param>
    /// <param name="store">The database.</param>
    /// <param name="dataFolder">Folder of what belongs to this node and outlives it.</param>
    /// <param name="intake">Where what comes in goes.</param>
    /// <param name="texts">Where messages of programs go.</param>
    /// <param name="loggers">Logs.</param>
    /// <exception cref="SocketException">The service's address is taken, or not this machine's.</exception>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    public static SmppService Start(SmppOptions options, ServiceStore store, string dataFolder, IMessageIntake intake, IMessageDesk texts, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        SmppMetrics.Publish();
        ILogger logger = loggers.CreateLogger<SmppService>();

        // What can fail comes before what would have to be undone: a folder that cannot be made keeps the socket shut.
        PartFiles files = PartFiles.Open(Path.Combine(dataFolder, "smpp-parts"));
        SmppServer? server = options.Server is { } serving ? SmppServer.Start(serving, store, texts, logger) : null;
        var inbound = new SmppInbound(intake, files, store.Time, logger);
        return new SmppService(inbound, [.. options.Centres.Select(centre => new SmppCarrier(centre, inbound, store.Time, logger))]) { Server = server };
    }

    /// <summary>Unbinds everywhere, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (SmppCarrier carrier in Carriers)
        {
            await carrier.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await _inbound.DisposeAsync();
    }
}
