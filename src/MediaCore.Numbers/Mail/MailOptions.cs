using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Numbers.Mail;

/// <summary>How the connection to the mail server is kept private.</summary>
public enum MailSecurity
{
    /// <summary>It is not; for a server on this host.</summary>
    None,

    /// <summary>STARTTLS (RFC 3207), and nothing without it.</summary>
    StartTls,

    /// <summary>TLS from the beginning (RFC 8314 §3.3).</summary>
    Tls,
}

/// <summary>The mail server that notifications go to (<c>numbers.mail</c>).</summary>
/// <param name="Server">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="From">Sender of all mails.</param>
public sealed record MailOptions(string Server, int Port, string From)
{
    /// <summary>How the connection is kept private.</summary>
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>Who we are to the server; null where it asks nobody.</summary>
    public string? User { get; init; }

    /// <summary>The password. Shown nowhere.</summary>
    public string Password { get; init; } = "";

    /// <summary>Authorities that may vouch for the server, in place of the system's; empty for the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Where a message can be heard: an address in which <c>{id}</c> stands for the message. Null where there is none.</summary>
    public string? Link { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Server}:{Port}";
}
