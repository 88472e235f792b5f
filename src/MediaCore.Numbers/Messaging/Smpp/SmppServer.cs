using System.Collections.Frozen;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MediaCore.Numbers.Storage;
using MediaCore.Smpp.Sessions;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>The service that programs bind to over SMPP: what they submit are messages of their tenant, and they get what comes in for their numbers and the receipts they ask for. Thread-safe.</summary>
public sealed class SmppServer : IAsyncDisposable
{
    private readonly SmppServerOptions _options;
    private readonly FrozenDictionary<string, ProgramAccount> _accounts;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutting = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<SmppProgram, (IPAddress Address, Task Work)> _programs = [];
    private readonly Task _loop;

    private SmppServer(SmppServerOptions options, ServiceStore store, IMessageDesk texts, Socket listener, ILogger logger)
    {
        _options = options;
        _listener = listener;
        _logger = logger;
        Texts = texts;
        Time = store.Time;
        var outbox = new ProgramOutbox(store);
        _accounts = options.Accounts.ToFrozenDictionary(static account => account.SystemId, account => new ProgramAccount(account, outbox, Time, logger), StringComparer.Ordinal);
        _loop = Task.Run(ListenAsync, CancellationToken.None);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    internal IMessageDesk Texts { get; }

    internal TimeProvider Time { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where, and for whom.</param>
    /// <param name="store">The database.</param>
    /// <param name="texts">Where messages of programs go.</param>
    /// <param name="logger">Logs.</param>
    /// <exception cref="SocketException">The address is taken, or not this machine's.</exception>
    public static SmppServer Start(SmppServerOptions options, ServiceStore store, IMessageDesk texts, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        var listener = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(options.Listen);
            listener.Listen(SmppServiceLimits.MaxConnections);
            return new SmppServer(options, store, texts, listener, logger);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Unbinds every program, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _loop;
        Task[] work;
        lock (_lock)
        {
            work = [.. _programs.Values.Select(static program => program.Work)];
            foreach (SmppProgram program in _programs.Keys)
            {
                program.Connection?.Unbind();
            }
        }

        _cutting.CancelAfter(SmppServiceLimits.CloseTime);
        await Task.WhenAll(work);
        foreach (ProgramAccount account in _accounts.Values)
        {
            await account.DisposeAsync();
        }

        _stopping.Dispose();
        _cutting.Dispose();
    }

    internal ProgramAccount? FindAccount(string systemId) => _accounts.GetValueOrDefault(systemId);

    private async Task ListenAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Take(await _listener.AcceptAsync(_stopping.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A connection that went before it was taken, or the end.
            }
        }
    }

    private void Take(Socket socket)
    {
        IPAddress address = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        lock (_lock)
        {
            if (_programs.Count >= SmppServiceLimits.MaxConnections || _programs.Values.Count(program => program.Address.Equals(address)) >= SmppServiceLimits.MaxConnectionsPerAddress)
            {
                socket.Dispose();
                return;
            }

            socket.NoDelay = true;
            var program = new SmppProgram(this, address, _logger);
            _programs.Add(program, (address, Task.Run(() => ServeAsync(socket, program), CancellationToken.None)));
        }
    }

    private async Task ServeAsync(Socket socket, SmppProgram program)
    {
        try
        {
            Stream stream = await OpenAsync(socket, _cutting.Token);
            program.Connection = new SmppConnection(stream, isServer: true, new SessionOptions(), program, _options.SystemId, Time);
            await program.Connection.RunAsync(null, _cutting.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
            // The handshake of TLS failed, or took too long.
            SmppMetrics.BindsRefused.Add(1);
        }
        finally
        {
            program.Account?.Remove(program);
            lock (_lock)
            {
                _programs.Remove(program);
            }

            socket.Dispose();
        }
    }

    private async Task<Stream> OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (_options.Certificate is not { } certificate)
        {
            return stream;
        }

        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(SmppServiceLimits.ConnectTime);
            await secured.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, AllowRenegotiation = false, EncryptionPolicy = EncryptionPolicy.RequireEncryption },
                limit.Token);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }
}
