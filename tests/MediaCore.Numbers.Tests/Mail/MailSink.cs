using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MediaCore.Numbers.Mail;

namespace MediaCore.Numbers.Tests.Mail;

/// <summary>A mail server that keeps what it gets, with STARTTLS, TLS from the beginning and AUTH, and with the answers that a test gives it.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly MailSecurity _security;
    private readonly Task _loop;
    private volatile bool _isStopped;

    public MailSink(MailSecurity security = MailSecurity.None)
    {
        _security = security;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    /// <summary>Mails that were taken: each its lines, dots undone.</summary>
    public List<string> Mails { get; } = [];

    /// <summary>Commands, without the mails.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>What is answered to commands that begin so, in place of the usual.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>What it offers after EHLO.</summary>
    public string Mechanisms { get; set; } = "PLAIN LOGIN";

    public MailOptions Options => new("localhost", ((IPEndPoint)_listener.LocalEndpoint).Port, "phones@mediacore.example")
    {
        Security = _security,
        Authorities = _security == MailSecurity.None ? [] : [_certificate],
    };

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        _listener.Stop();
        await _loop;
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                try
                {
                    await ServeAsync(client.GetStream());
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    Commands.Add("(closed)");
                }
            }
        }
        catch (Exception e) when (_isStopped && (e is SocketException or InvalidOperationException))
        {
            Commands.Add("(stopped)");
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        if (_security == MailSecurity.Tls)
        {
            stream = await SecureAsync(stream);
        }

        bool isSecure = _security != MailSecurity.StartTls;
        await SayAsync(stream, Answers.GetValueOrDefault("", "220 sink"));
        while (await ReadLineAsync(stream) is { } line)
        {
            Commands.Add(line);
            string answer = Answers.FirstOrDefault(one => one.Key.Length > 0 && line.StartsWith(one.Key, StringComparison.Ordinal)).Value ?? line.Split(' ')[0] switch
            {
                "EHLO" => isSecure ? $"250-sink\r\n250-SIZE 1000\r\n250 AUTH {Mechanisms}" : "250-sink\r\n250 STARTTLS",
                "STARTTLS" => "220 go",
                "AUTH" when line == "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "AUTH" => "235 ok",
                "DATA" => "354 go",
                "QUIT" => "221 bye",
                _ when line == Convert.ToBase64String("ann"u8) => "334 UGFzc3dvcmQ6",
                _ when line == Convert.ToBase64String("secret"u8) => "235 ok",
                _ => "250 ok",
            };
            if (line == "DATA" && answer.StartsWith('3'))
            {
                await SayAsync(stream, answer);
                var mail = new StringBuilder();
                while (await ReadLineAsync(stream) is { } part && part != ".")
                {
                    mail.Append(part.StartsWith('.') ? part[1..] : part).Append('\n');
                }

                answer = Answers.GetValueOrDefault(".", "250 taken");
                if (answer.StartsWith('2'))
                {
                    Mails.Add(mail.ToString());
                }
            }

            await SayAsync(stream, answer);
            if (line == "STARTTLS" && answer.StartsWith("220", StringComparison.Ordinal) && !answer.Contains('\n', StringComparison.Ordinal))
            {
                stream = await SecureAsync(stream);
                isSecure = true;
            }

            if (line == "QUIT")
            {
                return;
            }
        }
    }

    private async Task<SslStream> SecureAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(_certificate);
        return tls;
    }

    private static Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n")).AsTask();

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}
