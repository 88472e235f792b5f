using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Sdp;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;

namespace MediaCore.Server.Demo;

/// <content>The SIP side of the phone.</content>
internal sealed partial class SoftPhone
{
    /// <summary>A phone that answers after this long has been heard to ring.</summary>
    private static readonly TimeSpan RingTime = TimeSpan.FromMilliseconds(400);

    private readonly string _registerCallId = NewToken();
    private uint _registerCSeq;
    private byte[]? _lastOk;

    private string Contact => $"<sip:{Name}@{_sip.LocalEndpoint}>";

    private string Domain => _server.ToString();

    private static string NewToken() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private void SendRegister(int expiresSeconds, TaskCompletionSource<int> result, string? authorization = null)
    {
        string uri = $"sip:{Domain}";
        string address = $"<sip:{Name}@{Domain}>";
        _registerCSeq++;
        Request request = new(SipMethod.Register, uri, $"{address};tag={_registerCallId[..8]}", address, _registerCallId, _registerCSeq);
        request.Headers.Add((SipHeaderName.Contact, Contact));
        request.Headers.Add((SipHeaderName.Expires, expiresSeconds.ToString(CultureInfo.InvariantCulture)));
        if (authorization is not null)
        {
            request.Headers.Add((SipHeaderName.Authorization, authorization));
        }

        Send(request, response =>
        {
            if (response.StatusCode == 401 && authorization is null
                && response.TryGetHeader(SipHeaderName.WwwAuthenticate, out ReadOnlySpan<byte> challenge) && TryAuthorize(challenge, "REGISTER"u8, uri, out string credentials))
            {
                SendRegister(expiresSeconds, result, credentials);
            }
            else if (response.StatusCode >= 200)
            {
                result.TrySetResult(response.StatusCode);
            }
        });
    }

    private bool TryAuthorize(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> method, string uri, out string credentials)
    {
        Span<byte> buffer = stackalloc byte[2048];
        bool isWritten = DigestClient.TryWriteAuthorization(
            buffer, out int length, challenge, Name, _password, method, Encoding.ASCII.GetBytes(uri), 1, Encoding.ASCII.GetBytes(NewToken()));
        credentials = isWritten ? Text(buffer[..length]) : "";
        return isWritten;
    }

    private SoftPhoneCall SendInvite(string user)
    {
        SoftPhoneCall call = new(NewToken(), NewToken(), isOutgoing: true, _listenForHz)
        {
            LocalUri = $"<sip:{Name}@{Domain}>",
            RemoteUri = $"<sip:{user}@{Domain}>",
            RemoteTarget = $"sip:{user}@{Domain}",
            CSeq = 1,
        };
        _call = call;
        Request request = new(SipMethod.Invite, call.RemoteTarget, $"{call.LocalUri};tag={call.LocalTag}", call.RemoteUri, call.CallId, call.CSeq) { Body = WriteDescription() };
        request.Headers.Add((SipHeaderName.Contact, Contact));
        Send(request, response => HandleInviteResponse(call, response));
        return call;
    }

    private void HandleInviteResponse(SoftPhoneCall call, SipMessage response)
    {
        if (response.StatusCode < 200)
        {
            call.HasRung |= response.StatusCode > 100;
            return;
        }

        string target = call.RemoteTarget;
        if (response.StatusCode < 300)
        {
            call.RemoteTag = Text(response.ToTag);
            if (response.TryGetContact(out NameAddress contact))
            {
                target = call.RemoteTarget = Text(contact.Uri);
            }
        }

        // The ACK of a refusal belongs to the INVITE's transaction, that of a 2xx is a transaction of its own (RFC 3261 §17.1.1.3, §13.2.2.4).
        string to = $"{call.RemoteUri};tag={Text(response.ToTag)}";
        Request acknowledgement = new(SipMethod.Ack, target, $"{call.LocalUri};tag={call.LocalTag}", to, call.CallId, call.CSeq);
        Transmit(acknowledgement, response.StatusCode < 300 ? $"z9hG4bK{NewToken()}" : Text(response.TopBranch));
        if (response.StatusCode >= 300)
        {
            call.SetAnswered(response.StatusCode);
            call.SetEnded("remote");
        }
        else if (!call.Answered.IsCompleted)
        {
            StartMedia(call, response.Body);
            call.SetAnswered(response.StatusCode);
        }
    }

    private void HandleRequest()
    {
        Note(isSent: false, Describe(_message));
        SoftPhoneCall? call = _call is { } current && _message.CallId.SequenceEqual(Encoding.ASCII.GetBytes(current.CallId)) ? current : null;
        switch (_message.Method)
        {
            case SipMethod.Invite when call is null && (_call is null || _call.Ended.IsCompleted):
                TakeCall();
                break;
            case SipMethod.Invite when call is { IsOutgoing: false }:
                // Retransmitted: say again what was said.
                if (_lastOk is not null)
                {
                    _sip.TrySend(_lastOk, _server);
                }

                break;
            case SipMethod.Ack:
                break;
            case SipMethod.Bye when call is not null:
                Respond(200);
                call.SetEnded("remote");
                break;
            case SipMethod.Cancel when call is { IsOutgoing: false } && !call.Answered.IsCompleted:
                Respond(200);
                _answerAt = Timestamp.Never;
                call.SetEnded("remote");
                break;
            case SipMethod.Options:
                Respond(200);
                break;
            default:
                Respond(call is null ? 481 : 488);
                break;
        }
    }

    private void TakeCall()
    {
        if (!_message.TryGetFrom(out NameAddress from) || !_message.TryGetTo(out NameAddress to) || !_message.TryGetContact(out NameAddress contact))
        {
            Respond(400);
            return;
        }

        SoftPhoneCall call = new(Text(_message.CallId), NewToken(), isOutgoing: false, _listenForHz)
        {
            LocalUri = $"<{Text(to.Uri)}>",
            RemoteUri = $"<{Text(from.Uri)}>",
            RemoteTag = Text(_message.FromTag),
            RemoteTarget = Text(contact.Uri),
        };
        _call = call;
        _lastOk = null;
        if (!TryReadEndpoint(_message.Body, out NetworkEndpoint remote))
        {
            Respond(488);
            call.SetEnded("local");
            return;
        }

        call.RemoteRtp = remote;
        Respond(180, call.LocalTag);

        // The answer is written now, while the INVITE is at hand, and sent when the phone has rung.
        _lastOk = WriteResponse(200, call.LocalTag, WriteDescription());
        _answerAt = MonotonicClock.Now + RingTime;
        Ringing?.Invoke(call);
    }

    private void Answer()
    {
        if (_call is not { } call || _lastOk is null || call.Ended.IsCompleted)
        {
            return;
        }

        Note(isSent: true, "200 OK (INVITE)");
        _sip.TrySend(_lastOk, _server);
        call.NextPacket = MonotonicClock.Now;
        call.SetAnswered(200);
    }

    private void SendBye()
    {
        if (_call is not { } call || call.Ended.IsCompleted)
        {
            return;
        }

        call.CSeq++;
        call.NextPacket = Timestamp.Never;
        Request request = new(SipMethod.Bye, call.RemoteTarget, $"{call.LocalUri};tag={call.LocalTag}", $"{call.RemoteUri};tag={call.RemoteTag}", call.CallId, call.CSeq);
        Send(request, response =>
        {
            if (response.StatusCode >= 200)
            {
                call.SetEnded("local");
            }
        });
    }

    private void HandleResponse()
    {
        Note(isSent: false, Describe(_message));
        string branch = Text(_message.TopBranch);
        if (_pending.TryGetValue(branch, out PendingRequest? request))
        {
            if (_message.StatusCode >= 200)
            {
                _pending.Remove(branch);
            }
            else
            {
                request.ResendAt = Timestamp.Never;
            }

            request.Respond(_message);
        }
        else if (_message is { Method: SipMethod.Invite, StatusCode: >= 200 } && _call is { IsOutgoing: true } call)
        {
            // The answer came again because the ACK was lost.
            HandleInviteResponse(call, _message);
        }
    }

    private static void StartMedia(SoftPhoneCall call, ReadOnlySpan<byte> description)
    {
        if (TryReadEndpoint(description, out NetworkEndpoint remote))
        {
            call.RemoteRtp = remote;
            call.NextPacket = MonotonicClock.Now;
        }
    }

    private static bool TryReadEndpoint(ReadOnlySpan<byte> description, out NetworkEndpoint remote)
    {
        byte[] copy = description.ToArray();
        SdpDescription sdp = new();
        remote = default;
        if (!sdp.TryParse(copy, 0, copy.Length) || !OfferAnswer.TryReadAudio(sdp, out AudioDescription audio, out _))
        {
            return false;
        }

        remote = audio.Rtp;
        return remote.HasAddress && remote.Port != 0;
    }

    private void Send(Request request, Action<SipMessage> respond)
    {
        string branch = $"z9hG4bK{NewToken()}";
        byte[] bytes = Transmit(request, branch);
        _pending[branch] = new PendingRequest(bytes, respond);
    }

    private byte[] Transmit(Request request, string branch)
    {
        byte[] bytes = request.Write(branch, _sip.LocalEndpoint.ToString());
        Note(isSent: true, $"{Text(SipMethods.GetToken(request.Method))} {request.Uri}");
        _sip.TrySend(bytes, _server);
        return bytes;
    }

    private void Respond(int status, string? toTag = null)
    {
        Note(isSent: true, $"{status} {Text(SipReasonPhrases.Get(status))} ({Text(_message.MethodToken)})");
        _sip.TrySend(WriteResponse(status, toTag ?? _call?.LocalTag ?? NewToken(), null), _server);
    }

    private byte[] WriteResponse(int status, string toTag, string? body)
    {
        byte[] buffer = new byte[4096];
        SipWriter writer = new(buffer);
        writer.StatusLine(status, default);
        writer.CopyHeaders(_message, SipHeaderName.Via);
        writer.CopyHeaders(_message, SipHeaderName.RecordRoute);
        writer.CopyHeaders(_message, SipHeaderName.From);
        _message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        writer.Header(SipHeaderName.To, Encoding.UTF8.GetBytes(_message.ToTag.IsEmpty && status > 100 ? $"{Text(to)};tag={toTag}" : Text(to)));
        writer.CopyHeaders(_message, SipHeaderName.CallId);
        writer.CopyHeaders(_message, SipHeaderName.CSeq);
        if (_message.Method == SipMethod.Invite && status < 300)
        {
            writer.Header(SipHeaderName.Contact, Encoding.UTF8.GetBytes(Contact));
        }

        if (body is null)
        {
            writer.EndWithoutBody();
        }
        else
        {
            writer.Body("application/sdp"u8, Encoding.UTF8.GetBytes(body));
        }

        return writer.Written.ToArray();
    }

    private void Note(bool isSent, string text) => _ladder.Add(new LadderEntry(MonotonicClock.Now, Name, isSent, text));

    private static string Describe(SipMessage message) => message.IsRequest
        ? $"{Text(message.MethodToken)} {Text(message.RequestUri)}"
        : $"{message.StatusCode} {Text(message.ReasonPhrase)} ({Text(message.MethodToken)})";

    private sealed record Request(SipMethod Method, string Uri, string From, string To, string CallId, uint CSeq)
    {
        public List<(SipHeaderName Name, string Value)> Headers { get; } = [];

        public string? Body { get; init; }

        public byte[] Write(string branch, string sentBy)
        {
            byte[] buffer = new byte[4096];
            SipWriter writer = new(buffer);
            writer.RequestLine(Method, Encoding.UTF8.GetBytes(Uri));
            writer.Header(SipHeaderName.Via, Encoding.UTF8.GetBytes($"SIP/2.0/UDP {sentBy};branch={branch};rport"));
            writer.Header(SipHeaderName.MaxForwards, 70);
            writer.Header(SipHeaderName.From, Encoding.UTF8.GetBytes(From));
            writer.Header(SipHeaderName.To, Encoding.UTF8.GetBytes(To));
            writer.Header(SipHeaderName.CallId, Encoding.UTF8.GetBytes(CallId));
            writer.Header(SipHeaderName.CSeq, Encoding.UTF8.GetBytes($"{CSeq} {Encoding.ASCII.GetString(SipMethods.GetToken(Method))}"));
            foreach ((SipHeaderName name, string value) in Headers)
            {
                writer.Header(name, Encoding.UTF8.GetBytes(value));
            }

            if (Body is null)
            {
                writer.EndWithoutBody();
            }
            else
            {
                writer.Body("application/sdp"u8, Encoding.UTF8.GetBytes(Body));
            }

            return writer.Overflowed ? throw new InvalidOperationException("The phone's request does not fit its buffer.") : writer.Written.ToArray();
        }
    }
}
