using System.Text;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.Fuzz;

/// <summary>
/// A message as a datagram: every accessor is read, and a message that was accepted is written again and read again, which must give the same start line, rows
/// and body. What one reader cuts out of a message no second reader may still see there (header smuggling).
/// </summary>
public sealed class MessageTarget : IFuzzTarget
{
    private readonly SipMessage _message = new();
    private readonly SipMessage _again = new();
    private readonly byte[] _written = new byte[200_000];

    /// <inheritdoc/>
    public string Name => "message";

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => SeedMessages.Messages;

    /// <inheritdoc/>
    public void Run(byte[] input)
    {
        if (_message.Parse(input, 0, input.Length) != ParseStatus.Complete)
        {
            Touch(_message);
            return;
        }

        Touch(_message);
        if (!_message.Validate().IsValid)
        {
            return;
        }

        CheckWrittenAgain(removed: SipHeaderName.Unknown);
        if (_message.HeaderCount > 0)
        {
            CheckWrittenAgain(_message.GetHeaderName(input.Length % _message.HeaderCount));
        }
    }

    private void CheckWrittenAgain(SipHeaderName removed)
    {
        SipWriter writer = new(_written);
        if (_message.IsRequest)
        {
            writer.RequestLine(_message.MethodToken, _message.RequestUri);
        }
        else
        {
            writer.StatusLine(_message.StatusCode, _message.ReasonPhrase);
        }

        int rows = 0;
        for (int i = 0; i < _message.HeaderCount; i++)
        {
            if (_message.GetHeaderName(i) is var name && (name == SipHeaderName.Unknown || name != removed) && name != SipHeaderName.ContentLength)
            {
                writer.CopyHeader(_message, i);
                rows++;
            }
        }

        writer.Header(SipHeaderName.ContentLength, _message.Body.Length);
        writer.Raw("\r\n"u8);
        writer.Raw(_message.Body);
        if (writer.Overflowed)
        {
            return;
        }

        ParseStatus status = _again.Parse(_written, 0, writer.Length);
        if (_again.Error is SipParseError.MessageTooLarge or SipParseError.HeaderTooLarge or SipParseError.TooManyHeaders)
        {
            // What compact names or a missing Content-Length had kept below a bound.
            return;
        }

        BrokenInvariantException.ThrowUnless(status == ParseStatus.Complete, $"what was accepted is refused when written again: {_again.Error} at {_again.ErrorOffset}");
        BrokenInvariantException.ThrowUnless(_again.Length == writer.Length && _again.HeaderCount == rows + 1, $"{rows + 1} rows were written and {_again.HeaderCount} read");
        BrokenInvariantException.ThrowUnless(_again.Body.SequenceEqual(_message.Body), "the body changed");
        BrokenInvariantException.ThrowUnless(_again.RequestUri.SequenceEqual(_message.RequestUri) && (_message.IsResponse || _again.MethodToken.SequenceEqual(_message.MethodToken)) && _again.StatusCode == _message.StatusCode, "the start line changed");
        if (removed is not (SipHeaderName.Unknown or SipHeaderName.ContentLength))
        {
            BrokenInvariantException.ThrowUnless(!_again.Has(removed), $"{removed} was removed and is there");
            return;
        }

        int row = 0;
        for (int i = 0; i < _message.HeaderCount; i++)
        {
            if (_message.GetHeaderName(i) != SipHeaderName.ContentLength)
            {
                BrokenInvariantException.ThrowUnless(_again.GetHeaderName(row) == _message.GetHeaderName(i), $"row {i} is another header");
                BrokenInvariantException.ThrowUnless(Unfolded(_again.GetHeaderValue(row)) == Unfolded(_message.GetHeaderValue(i)), $"row {i} has another value");
                row++;
            }
        }
    }

    /// <summary>A fold is one space however it is written (RFC 3261 §7.3.1).</summary>
    private static string Unfolded(ReadOnlySpan<byte> value) =>
        string.Join(' ', Encoding.Latin1.GetString(value).Split("\r\n").Select(static part => part.Trim(' ', '\t')).Where(static part => part.Length > 0));

    private static void Touch(SipMessage message)
    {
        long sum = message.Validate().StatusCode + message.CallId.Length + message.FromTag.Length + message.ToTag.Length + message.TopBranch.Length + message.Version.Length;
        sum += SessionBody.Find(message, out int offset, out int length) == SessionBodyStatus.Found ? message.Body.Slice(offset, length).Length : 0;
        Span<byte> user = stackalloc byte[512];
        for (int i = 0; i < message.HeaderCount; i++)
        {
            SipHeaderName name = message.GetHeaderName(i);
            if (message.FindRow(name, 0) != i)
            {
                continue;
            }

            sum += DigestCredentials.TryParse(message.GetHeaderValue(i), out DigestCredentials credentials) ? credentials.Nonce.Length : 0;
            foreach (ReadOnlySpan<byte> value in message.EnumerateValues(name))
            {
                sum += ViaHeader.TryParse(value, out ViaHeader via) ? via.Branch.Length + via.SentByHost.Length + via.Received.Length : 0;
                if (NameAddress.TryParse(value, out NameAddress address))
                {
                    sum += address.Tag.Length + (SipUri.TryParse(address.Uri, out SipUri uri) ? uri.UnescapeUser(user) : 0);
                    bool isEqual = SipUri.AreEqual(address.Uri, address.Uri);
                    BrokenInvariantException.ThrowUnless(isEqual || !SipUri.TryParse(address.Uri, out _), "a URI is not equal to itself");
                }
            }
        }

        GC.KeepAlive(sum);
    }
}
