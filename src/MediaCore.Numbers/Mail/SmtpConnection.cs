using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MediaCore.Numbers.Mail;

/// <summary>Hands one mail to a server: a client of SMTP (RFC 5321) with STARTTLS (RFC 3207), TLS from the beginning, and AUTH PLAIN and LOGIN (RFC 4954).</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private readonly MailOptions _options;
    private readonly byte[] _buffer = new byte[MailLimits.MaxReplyCharacters];
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;

    private SmtpConnection(MailOptions options) => _options = options;

    /// <summary>Sends a mail.</summary>
    /// <exception cref="SmtpException">The server did not take it.</exception>
    /// <exception cref="IOException">The connection broke, or TLS was not agreed on.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It took longer than <see cref="MailLimits.SendTime"/>, or was cancelled.</exception>
    public static async Task SendAsync(MailOptions options, OutgoingMail mail, CancellationToken cancellationToken)
    {
        await using var connection = new SmtpConnection(options);
        await connection.OpenAsync(cancellationToken);
        await connection.HandOverAsync(mail, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(_options.Server, _options.Port, cancellationToken);
        _stream = new NetworkStream(_socket, ownsSocket: false);
        if (_options.Security == MailSecurity.Tls)
        {
            await SecureAsync(cancellationToken);
        }

        await ExpectAsync("its greeting", 220, isOfMail: false, cancellationToken);
        List<string> extensions = await GreetAsync(cancellationToken);
        if (_options.Security == MailSecurity.StartTls)
        {
            if (!extensions.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
            {
                throw new SmtpException("the server offers no STARTTLS, and nothing is sent without it", isFinal: false);
            }

            await AskAsync("STARTTLS", "STARTTLS", 220, isOfMail: false, cancellationToken);
            if (_start != _end)
            {
                // What came before TLS may be anyone's and must not count as said within.
                throw new SmtpException("the server spoke between STARTTLS and TLS", isFinal: false);
            }

            await SecureAsync(cancellationToken);
            extensions = await GreetAsync(cancellationToken);
        }

        if (_options.User is { } user)
        {
            await AuthenticateAsync(user, extensions, cancellationToken);
        }
    }

    private async Task<List<string>> GreetAsync(CancellationToken cancellationToken)
        => [.. (await AskAsync("EHLO " + HostName(), "EHLO", 250, isOfMail: false, cancellationToken)).Skip(1)];

    private async Task AuthenticateAsync(string user, List<string> extensions, CancellationToken cancellationToken)
    {
        string[] mechanisms = extensions.Find(static line => line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (mechanisms.Contains("PLAIN"))
        {
            await AskAsync("AUTH PLAIN " + Base64($"\0{user}\0{_options.Password}"), "AUTH", 235, isOfMail: false, cancellationToken);
        }
        else if (mechanisms.Contains("LOGIN"))
        {
            await AskAsync("AUTH LOGIN", "AUTH", 334, isOfMail: false, cancellationToken);
            await AskAsync(Base64(user), "AUTH", 334, isOfMail: false, cancellationToken);
            await AskAsync(Base64(_options.Password), "AUTH", 235, isOfMail: false, cancellationToken);
        }
        else
        {
            throw new SmtpException("the server offers neither AUTH PLAIN nor AUTH LOGIN", isFinal: false);
        }
    }

    private async Task HandOverAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        await AskAsync($"MAIL FROM:<{mail.From}>", "MAIL", 250, isOfMail: true, cancellationToken);
        await AskAsync($"RCPT TO:<{mail.To}>", "RCPT", 250, isOfMail: true, cancellationToken);
        await AskAsync("DATA", "DATA", 354, isOfMail: true, cancellationToken);
        await _stream.WriteAsync(mail.ToBytes(), cancellationToken);
        await AskAsync(".", "the mail", 250, isOfMail: true, cancellationToken);

        try
        {
            await _stream.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken);
        }
        catch (IOException)
        {
            // The mail is taken, and a server that has gone before the good-bye must not have it sent again.
        }
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = _options.Server };
        if (_options.Authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_options.Authorities);
        }

        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (System.Security.Authentication.AuthenticationException e)
        {
            throw new SmtpException($"TLS: {e.Message}", isFinal: false);
        }
    }

    private async Task<List<string>> AskAsync(string command, string name, int expected, bool isOfMail, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellationToken);
        return await ExpectAsync(name, expected, isOfMail, cancellationToken);
    }

    private async Task<List<string>> ExpectAsync(string name, int expected, bool isOfMail, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        while (lines.Count < MailLimits.MaxReplyLines)
        {
            string line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            {
                break;
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-')
            {
                continue;
            }

            // 251: the receiver is elsewhere, and the server forwards it.
            return code == expected || (code == 251 && expected == 250)
                ? lines
                : throw new SmtpException($"the server answered {code} to {name}: {lines[^1]}", isOfMail && code >= 500);
        }

        throw new SmtpException($"what the server answered to {name} is no reply of SMTP", isFinal: false);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                string line = Encoding.UTF8.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = _end == _buffer.Length ? 0 : await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new IOException(_end == _buffer.Length ? "a line of the mail server's is too long" : "the mail server closed the connection");
            }

            _end += read;
        }
    }

    // An address literal is right where the host has no name of its own (RFC 5321 §4.1.4).
    private string HostName()
    {
        string name = System.Net.Dns.GetHostName();
        return name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') ? name : $"[{((System.Net.IPEndPoint)_socket.LocalEndPoint!).Address}]";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
