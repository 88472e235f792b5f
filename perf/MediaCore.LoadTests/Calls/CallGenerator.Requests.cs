using System.Globalization;
using System.Text;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>The requests of both sides.</summary>
internal sealed partial class CallGenerator
{
    private const int Expiry = 3600;

    private readonly byte[] _uri = new byte[256];
    private int _nextAccount;

    /// <summary>Writes a caller's request into <see cref="_out"/>.</summary>
    private ReadOnlySpan<byte> WriteRequest(LoadCall call, SipMethod method)
    {
        Span<byte> name = stackalloc byte[CallName.Length];
        call.Name.Write(name);
        SipWriter writer = new(_out);
        WriteHead(ref writer, call, name, method, call.CSeq, method == SipMethod.Cancel ? SipMethod.Invite : method);
        switch (method)
        {
            case SipMethod.Invite:
                writer.Header(SipHeaderName.Contact, _callerContact);
                return SipText.Finish(ref writer, DescribeCaller(call));
            case SipMethod.Refer:
                writer.HeaderStart(SipHeaderName.ReferTo);
                writer.Raw("<sip:+1"u8);
                new CallName(CallName.Target, call.Name.Slot, call.Name.Generation).Write(name);
                writer.Raw(name);
                writer.Raw("@"u8);
                writer.Raw(_serverAddress);
                writer.Raw(">\r\n"u8);
                writer.Header(SipHeaderName.Contact, _callerContact);
                break;
            case SipMethod.Message:
                writer.Body("text/plain"u8, "A message of the load generator, about as long as people write them: see you at the station at seven."u8);
                return writer.Written;
            case SipMethod.Register:
                WriteRegistration(ref writer, call.Account!);
                break;
            default:
                break;
        }

        writer.EndWithoutBody();
        return writer.Written;
    }

    private void WriteRegistration(scoped ref SipWriter writer, LoadAccount account)
    {
        writer.HeaderStart(SipHeaderName.Contact);
        writer.Raw("<sip:"u8);
        writer.Raw(account.Utf8Name);
        writer.Raw("@"u8);
        writer.Raw(_callerAddress);
        writer.Raw(">\r\n"u8);
        writer.Header(SipHeaderName.Expires, Expiry);
        Span<byte> value = stackalloc byte[DigestSession.MaxValueBytes];
        if (account.Credentials.TryWrite(value, out int length, "REGISTER"u8, RegistrarUri(), "6c6f6164"u8))
        {
            writer.Header(SipHeaderName.Authorization, value[..length]);
        }
    }

    /// <summary>ACK for the final response that was just read: of a 2xx a request of its own, of a refusal a part of the INVITE's transaction (RFC 3261 §13.2.2.4, §17.1.1.3).</summary>
    private void Acknowledge(LoadCall call, uint cseq)
    {
        if (_message.StatusCode < 300)
        {
            if (_message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to))
            {
                call.RemoteTo.Set(to);
            }

            if (_message.TryGetContact(out NameAddress contact))
            {
                call.RemoteTarget.Set(contact.Uri);
            }
        }

        Span<byte> name = stackalloc byte[CallName.Length];
        call.Name.Write(name);
        SipWriter writer = new(_out);
        WriteHead(ref writer, call, name, SipMethod.Ack, cseq, _message.StatusCode < 300 ? SipMethod.Ack : SipMethod.Invite);
        writer.EndWithoutBody();
        _callers.Queue(writer.Written, Server, isFirst: true);
    }

    /// <summary>Request line and the headers that every request has; the transaction's method is part of its branch.</summary>
    private void WriteHead(scoped ref SipWriter writer, LoadCall call, scoped ReadOnlySpan<byte> name, SipMethod method, uint cseq, SipMethod transaction)
    {
        bool isInDialog = !call.RemoteTarget.IsEmpty;
        ReadOnlySpan<byte> uri = isInDialog ? call.RemoteTarget.Bytes : call.Account is not null ? RegistrarUri() : NumberUri(name);
        writer.RequestLine(method, uri);
        writer.Raw("Via: SIP/2.0/UDP "u8);
        writer.Raw(_callerAddress);
        writer.Raw(";branch=z9hG4bK"u8);
        writer.Raw(_run);
        writer.Raw(name);
        writer.Raw((long)transaction);
        writer.Raw("."u8);
        writer.Raw(cseq);
        writer.Raw("\r\nMax-Forwards: 70\r\nFrom: <sip:"u8);
        WriteCaller(ref writer, call);
        writer.Raw(">;tag=c"u8);
        writer.Raw(name);
        writer.Raw("\r\nTo: "u8);
        if (method == SipMethod.Ack && _message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to))
        {
            writer.Text(to);
        }
        else if (isInDialog)
        {
            writer.Text(call.RemoteTo.Bytes);
        }
        else
        {
            writer.Raw("<"u8);
            if (call.Account is not null)
            {
                writer.Raw("sip:"u8);
                WriteCaller(ref writer, call);
            }
            else
            {
                writer.Raw(uri);
            }

            writer.Raw(">"u8);
        }

        writer.Raw("\r\nCall-ID: "u8);
        writer.Raw(_run);
        writer.Raw("-"u8);
        if (call.Account is { } account)
        {
            writer.Raw(account.Utf8Name);
        }
        else
        {
            writer.Raw(name);
        }

        writer.Raw("\r\nCSeq: "u8);
        writer.Raw(cseq);
        writer.Raw(" "u8);
        writer.Raw(SipMethods.GetToken(method));
        writer.EndLine();
    }

    private void WriteCaller(scoped ref SipWriter writer, LoadCall call)
    {
        if (call.Account is { } account)
        {
            writer.Raw(account.Utf8Name);
            writer.Raw("@"u8);
            writer.Raw(_serverAddress);
        }
        else
        {
            writer.Raw("+15550100@"u8);
            writer.Raw(_callerAddress);
        }
    }

    private ReadOnlySpan<byte> NumberUri(scoped ReadOnlySpan<byte> name)
    {
        SipWriter writer = new(_uri);
        writer.Raw("sip:+1"u8);
        writer.Raw(name);
        writer.Raw("@"u8);
        writer.Raw(_serverAddress);
        return writer.Written;
    }

    private ReadOnlySpan<byte> RegistrarUri()
    {
        SipWriter writer = new(_uri);
        writer.Raw("sip:"u8);
        writer.Raw(_serverAddress);
        return writer.Written;
    }

    /// <summary>A callee's own BYE, at the end of a call that was transferred.</summary>
    private ReadOnlySpan<byte> WriteCalleeBye(LoadCall call, CalleeLeg leg)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"BYE {leg.Dialog.Target} SIP/2.0\r\nVia: SIP/2.0/UDP {_callees.LocalEndpoint};branch=z9hG4bK{Encoding.ASCII.GetString(_run)}B{call.Name.Slot}.{call.Name.Generation}\r\nMax-Forwards: 70\r\n"
            + $"From: {leg.Dialog.From}\r\nTo: {leg.Dialog.To}\r\nCall-ID: {leg.Dialog.CallId}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
        return _out.AsSpan(0, Encoding.UTF8.GetBytes(text, _out));
    }
}
