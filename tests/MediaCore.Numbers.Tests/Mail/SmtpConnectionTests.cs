using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Numbers.Mail;

namespace MediaCore.Numbers.Tests.Mail;

public sealed partial class SmtpConnectionTests
{
    private static readonly OutgoingMail s_mail = new("phones@mediacore.example", "ann@example.org", "Länge der Nachricht: eine Überschrift, die nicht in ein Wort passt", "Grüße\n.\nEnde")
    {
        Id = "0123",
        Follows = "0122",
        Date = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero),
        FileName = "voicemail.wav",
        File = "RIFF, as it were"u8.ToArray(),
    };

    [Theory]
    [InlineData(MailSecurity.None, "PLAIN LOGIN")]
    [InlineData(MailSecurity.StartTls, "PLAIN")]
    [InlineData(MailSecurity.Tls, "LOGIN")]
    public async Task Mail_IsHandedOver_WithAuthentication(MailSecurity security, string mechanisms)
    {
        await using var sink = new MailSink(security) { Mechanisms = mechanisms };
        await SmtpConnection.SendAsync(sink.Options with { User = "ann", Password = "secret" }, s_mail, CancellationToken.None);
        Assert.Contains("MAIL FROM:<phones@mediacore.example>", sink.Commands);
        Assert.Contains("RCPT TO:<ann@example.org>", sink.Commands);
        string mail = Assert.Single(sink.Mails);
        Assert.Contains("Message-ID: <0123@mediacore.example>\n", mail, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <0122@mediacore.example>\n", mail, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated\n", mail, StringComparison.Ordinal);
        Assert.Contains("Date: Mon, 23 Nov 2026 12:00:00 +0000\n", mail, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("Grüße\r\n.\r\nEnde"u8), mail, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(s_mail.File.Span), mail, StringComparison.Ordinal);
        Assert.All(mail.Split('\n'), static line => Assert.True(line.Length <= 76 && line.All(char.IsAscii), line));
        string subject = string.Concat(EncodedWord().Matches(mail).Select(static word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups["text"].Value))));
        Assert.Equal(s_mail.Subject, subject);
    }

    [Theory]
    [InlineData("", "554 no service", false)]
    [InlineData("", "what?", false)]
    [InlineData("AUTH", "535 wrong password", false)]
    [InlineData("MAIL", "452 disk full", false)]
    [InlineData("RCPT", "550 no such user", true)]
    [InlineData("RCPT", "450 try later", false)]
    [InlineData(".", "554 looks like spam", true)]
    [InlineData(".", "451 try later", false)]
    public async Task Refusal_IsFinal_WhereItIsOfThisMailAndFor5xx(string command, string answer, bool isFinal)
    {
        await using var sink = new MailSink { Answers = { [command] = answer } };
        SmtpException refused = await Assert.ThrowsAsync<SmtpException>(() => SmtpConnection.SendAsync(sink.Options with { User = "ann", Password = "secret" }, s_mail, CancellationToken.None));
        Assert.Equal(isFinal, refused.IsFinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        Assert.Empty(sink.Mails);
    }

    [Fact]
    public async Task Server_WithoutStartTls_OrThatSpeaksBeforeIt_GetsNothing()
    {
        await using var sink = new MailSink(MailSecurity.StartTls) { Answers = { ["EHLO"] = "250 sink" } };
        await Assert.ThrowsAsync<SmtpException>(() => SmtpConnection.SendAsync(sink.Options, s_mail, CancellationToken.None));
        sink.Answers.Clear();
        sink.Answers["STARTTLS"] = "220 go\r\n250 injected";
        await Assert.ThrowsAsync<SmtpException>(() => SmtpConnection.SendAsync(sink.Options, s_mail, CancellationToken.None));

        // A certificate that nobody vouches for.
        sink.Answers.Clear();
        await Assert.ThrowsAsync<SmtpException>(() => SmtpConnection.SendAsync(sink.Options with { Authorities = [] }, s_mail, CancellationToken.None));
        Assert.DoesNotContain(sink.Commands, static command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ann@example.org", true)]
    [InlineData("a.b+c@mail.example.org", true)]
    [InlineData("ann", false)]
    [InlineData("ann@", false)]
    [InlineData("@example.org", false)]
    [InlineData("ann@example.org>", false)]
    [InlineData("a..b@example.org", false)]
    [InlineData("ann@example.org\r\nRCPT TO:<eve@example.org", false)]
    public void Address_IsToldFromOtherTexts(string text, bool isAddress) => Assert.Equal(isAddress, MailAddresses.IsAddress(text));

    [GeneratedRegex(@"=\?utf-8\?B\?(?<text>[^?]+)\?=", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex EncodedWord();
}
