using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Smpp;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Keeps one session with a centre: connects, binds, and does so again whenever it ends. Thread-safe.</summary>
internal sealed partial class SmppLink : ISmppUser, IAsyncDisposable
{
    private readonly SmppCentre _centre;
    private readonly CommandId _bind;
    private readonly SmppInbound _inbound;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutting = new();
    private readonly Task _loop;
    private readonly ReconnectDelay _delay = new();
    private volatile SmppConnection? _connection;
    private bool _isCounted;

    public SmppLink(SmppCentre centre, CommandId bind, SmppInbound inbound, TimeProvider time, ILogger logger)
    {
        _centre = centre;
        _bind = bind;
        _inbound = inbound;
        _time = time;
        _logger = logger;
        _loop = Task.Run(KeepAsync, CancellationToken.None);
    }

    /// <summary>The session, where it is bound.</summary>
    public SmppConnection? Bound => _connection is { IsBound: true } connection ? connection : null;

    public int PeerWindow => SmppLimits.MaxPeerWindow;

    public ValueTask<CommandStatus> BindAsync(BindPdu bind, CancellationToken cancellationToken) => ValueTask.FromResult(CommandStatus.InvalidCommandId);

    public async ValueTask<SmppPdu> HandleAsync(SmppPdu request, CancellationToken cancellationToken)
    {
        ShortMessagePdu? message = request switch
        {
            ShortMessagePdu { Command: CommandId.DeliverSm } deliver => deliver,
            DataSmPdu data => data.ToShortMessage(CommandId.DeliverSm),
            _ => null,
        };
        CommandId answer = SmppPdu.ResponseOf(request.Command);
        return message is null
            ? new PlainPdu(answer) { Status = CommandStatus.InvalidCommandId }
            : new MessageResponsePdu(answer, "") { Status = await _inbound.ReceiveAsync(_centre.Name, message, cancellationToken) };
    }

    public void Ready()
    {
        // Under the session's lock, at the bind and at each answer.
        if (!_isCounted)
        {
            _isCounted = true;
            _delay.Reset();
            SmppMetrics.CountLinks(1);
            LogBound(_centre.Name, _bind);
        }
    }

    /// <summary>Unbinds, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _connection?.Unbind();
        _cutting.CancelAfter(SmppServiceLimits.CloseTime);
        await _loop;
        _stopping.Dispose();
        _cutting.Dispose();
    }

    private async Task KeepAsync()
    {
        bool wasDown = false;
        while (!_stopping.IsCancellationRequested)
        {
            bool wasRefused = false;
            try
            {
                Stream stream = await ConnectAsync(_stopping.Token);
                (SessionEnd end, CommandStatus status) = await TalkAsync(stream);
                wasRefused = end == SessionEnd.Refused;
                wasDown = false;
                if (!_stopping.IsCancellationRequested)
                {
                    LogEnded(_centre.Name, end, CommandStatusName.Of(status));
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
            {
                if (!wasDown)
                {
                    // Once for as long as it is down.
                    LogUnreachable(_centre.Name, e);
                    wasDown = true;
                }
            }

            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            SmppMetrics.Reconnects.Add(1);
            try
            {
                await Task.Delay(_delay.Next(wasRefused), _time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<(SessionEnd End, CommandStatus Status)> TalkAsync(Stream stream)
    {
        var connection = new SmppConnection(stream, isServer: false, new SessionOptions { Window = _centre.Window }, this, "", _time);
        _isCounted = false;
        _connection = connection;
        try
        {
            return await connection.RunAsync(new BindPdu(_bind, _centre.SystemId, _centre.Password) { SystemType = _centre.SystemType }, _cutting.Token);
        }
        finally
        {
            _connection = null;
            if (_isCounted)
            {
                SmppMetrics.CountLinks(-1);
            }
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SmppServiceLimits.ConnectTime);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(_centre.Host, _centre.Port, limit.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            return _centre.IsTls ? await EncryptAsync(stream, limit.Token) : stream;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = IPAddress.TryParse(_centre.Host, out _) ? _centre.Host.Trim('[', ']') : _centre.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_centre.Authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_centre.Authorities);
        }

        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(options, cancellationToken);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }
}
