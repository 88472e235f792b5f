using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Benchmarks;

/// <summary>What a user agent does with a message.</summary>
internal enum ScriptedStep : byte
{
    /// <summary>Nothing: a 100, or what came before.</summary>
    None,

    /// <summary>It answers, with a response or with the call's next request.</summary>
    Answer,

    /// <summary>It acknowledges and hangs up at once: the server acknowledges to the callee by itself, so no other message would tell it to.</summary>
    AnswerAndHangUp,

    /// <summary>The call is over.</summary>
    Ended,

    /// <summary>It was refused.</summary>
    Failed,
}

/// <summary>
/// Both user agents of a call, again and again: INVITE, 180, 200, ACK, BYE, 200. One message at a time moves it on, on whichever shard sent that message, so its fields
/// are handed from thread to thread with the messages.
/// </summary>
internal sealed class ScriptedCall
{
    private readonly int _number;
    private readonly byte[] _invite = new byte[2048];
    private readonly SipMessage _parsedInvite = new();
    private readonly byte[] _to = new byte[256];
    private readonly byte[] _target = new byte[256];
    private int _inviteLength;
    private int _toLength;
    private int _targetLength;
    private uint _attempt;
    private volatile int _stage;
    private ushort _calleePort;

    public ScriptedCall(int number)
    {
        _number = number;
        CallerPort = (ushort)(5080 + (number % 4));
    }

    /// <summary>Four sockets call, so that each shard gets as many.</summary>
    public ushort CallerPort { get; }

    /// <summary>The call that a message to a user agent is of: by its Call-ID at the caller, by the user of the Request-URI or the CSeq's dialog at the callee.</summary>
    public static bool TryFind(SipMessage message, ScriptedCall[] calls, [NotNullWhen(true)] out ScriptedCall? call)
    {
        call = null;
        ReadOnlySpan<byte> text = message.IsRequest ? UserOf(message.RequestUri) : message.CallId;
        if (text.Length < 8 || !Utf8Parser.TryParse(text[^8..], out int number, out int used) || used != 8 || (uint)number >= (uint)calls.Length)
        {
            return false;
        }

        call = calls[number];
        return true;
    }

    /// <summary>A new call's INVITE.</summary>
    public ReadOnlySpan<byte> WriteInvite(Span<byte> destination)
    {
        _attempt++;
        _stage = 0;
        var writer = new SipWriter(destination);
        writer.Raw("INVITE sip:+1"u8);
        WriteNumber(ref writer);
        writer.Raw("@127.0.0.1:5060 SIP/2.0\r\n"u8);
        WriteCallerHead(ref writer, "i"u8);
        writer.Raw("\r\nTo: <sip:+1"u8);
        WriteNumber(ref writer);
        writer.Raw("@127.0.0.1:5060>\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@127.0.0.1:"u8);
        writer.Raw(CallerPort);
        writer.Raw(">\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"u8);
        writer.Body("application/sdp"u8, s_offer);
        return writer.Written;
    }

    /// <summary>The caller's BYE.</summary>
    public ReadOnlySpan<byte> WriteBye(Span<byte> destination)
    {
        var writer = new SipWriter(destination);
        WriteInDialog(ref writer, SipMethod.Bye);
        return writer.Written;
    }

    /// <summary>A message has come to the user agent on this port.</summary>
    public ScriptedStep Take(SipMessage message, ushort port, Span<byte> answer, out int length, out ushort fromPort)
    {
        length = 0;
        fromPort = port;
        var writer = new SipWriter(answer);
        if (message.IsRequest)
        {
            switch (message.Method)
            {
                case SipMethod.Invite when _stage == 0:
                    _stage = 1;
                    _calleePort = port;
                    message.Buffer.AsSpan(message.Offset, message.Length).CopyTo(_invite);
                    _inviteLength = message.Length;
                    WriteResponse(ref writer, message, 180);
                    break;
                case SipMethod.Bye:
                    WriteResponse(ref writer, message, 200);
                    break;
                default:
                    return ScriptedStep.None;
            }

            length = writer.Length;
            return ScriptedStep.Answer;
        }

        message.TryGetCSeq(out CSeqHeader cseq);
        switch (message.StatusCode)
        {
            case 180 when _stage == 1:
                _stage = 2;
                fromPort = _calleePort;
                _parsedInvite.Parse(_invite, 0, _inviteLength);
                WriteResponse(ref writer, _parsedInvite, 200);
                break;
            case 200 when _stage == 2 && cseq.Method == SipMethod.Invite:
                _stage = 3;
                message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
                to.CopyTo(_to);
                _toLength = to.Length;
                message.TryGetContact(out NameAddress contact);
                contact.Uri.CopyTo(_target);
                _targetLength = contact.Uri.Length;
                WriteInDialog(ref writer, SipMethod.Ack);
                length = writer.Length;
                return ScriptedStep.AnswerAndHangUp;
            case 200 when _stage == 3 && cseq.Method == SipMethod.Bye:
                return ScriptedStep.Ended;
            default:
                return message.StatusCode >= 300 ? ScriptedStep.Failed : ScriptedStep.None;
        }

        length = writer.Length;
        return ScriptedStep.Answer;
    }

    private void WriteCallerHead(ref SipWriter writer, ReadOnlySpan<byte> suffix)
    {
        writer.Raw("Via: SIP/2.0/UDP 127.0.0.1:"u8);
        writer.Raw(CallerPort);
        writer.Raw(";branch=z9hG4bK"u8);
        writer.Raw(_attempt);
        writer.Raw(suffix);
        WriteNumber(ref writer);
        writer.Raw("\r\nMax-Forwards: 70\r\nFrom: \"caller\" <sip:+15550100@127.0.0.1:5080>;tag=c"u8);
        writer.Raw(_attempt);
        writer.Raw("\r\nCall-ID: "u8);
        writer.Raw(_attempt);
        writer.Raw("-"u8);
        WriteNumber(ref writer);
    }

    private void WriteInDialog(ref SipWriter writer, SipMethod method)
    {
        writer.RequestLine(method, _target.AsSpan(0, _targetLength));
        WriteCallerHead(ref writer, method == SipMethod.Ack ? "a"u8 : "b"u8);
        writer.Raw("\r\nTo: "u8);
        writer.Raw(_to.AsSpan(0, _toLength));
        writer.Raw(method == SipMethod.Ack ? "\r\nCSeq: 1 ACK\r\n"u8 : "\r\nCSeq: 2 BYE\r\n"u8);
        writer.EndWithoutBody();
    }

    private void WriteResponse(ref SipWriter writer, SipMessage request, int status)
    {
        writer.StatusLine(status, default);
        writer.CopyHeaders(request, SipHeaderName.Via);
        writer.CopyHeaders(request, SipHeaderName.From);
        writer.HeaderStart(SipHeaderName.To);
        request.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        writer.Text(to);
        writer.Raw(request.ToTag.IsEmpty ? ";tag=callee"u8 : default);
        writer.EndLine();
        writer.CopyHeaders(request, SipHeaderName.CallId);
        writer.CopyHeaders(request, SipHeaderName.CSeq);
        if (request.Method == SipMethod.Invite)
        {
            writer.Raw("Contact: <sip:callee"u8);
            WriteNumber(ref writer);
            writer.Raw("@127.0.0.1:"u8);
            writer.Raw(_calleePort);
            writer.Raw(">\r\n"u8);
        }

        if (status == 200 && request.Method == SipMethod.Invite)
        {
            writer.Body("application/sdp"u8, s_answer);
        }
        else
        {
            writer.EndWithoutBody();
        }
    }

    private void WriteNumber(ref SipWriter writer)
    {
        Span<byte> digits = stackalloc byte[8];
        Utf8Formatter.TryFormat(_number, digits, out _, new System.Buffers.StandardFormat('D', 8));
        writer.Raw(digits);
    }

    private static ReadOnlySpan<byte> UserOf(ReadOnlySpan<byte> uri) => SipUri.TryParse(uri, out SipUri parsed) ? parsed.User : default;

    private static readonly byte[] s_offer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n");

    private static readonly byte[] s_answer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6002 RTP/AVP 0 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n");
}
