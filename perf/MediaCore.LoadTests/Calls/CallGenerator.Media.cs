using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Audio.Codecs;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;
using MediaCore.Rtp.Srtp;
using MediaCore.Sdp;

namespace MediaCore.LoadTests.Calls;

/// <summary>What the sides of a call say and hear, and what of it is counted.</summary>
internal sealed partial class CallGenerator
{
    public const double CallerHz = 440;
    public const double CalleeHz = 660;

    /// <summary>Payload type of Opus in our own offers.</summary>
    private const byte OpusPayloadType = 111;

    /// <summary>Fetches of all that waits after which a packet that had come before them is counted.</summary>
    private const int PassesToBeSure = 2;

    /// <summary>How long a call is silent before it goes on, so that all that was sent can come.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan s_passTime = TimeSpan.FromMilliseconds(5);

    private readonly MediaPump _pump;
    private readonly SeriesSet _series;
    private readonly Queue<(Timestamp At, RtpStream Stream)> _gone = new();

    private static bool IsSending(LoadCall call) => call.CallerStream is { IsSending: true } || call.CalleeStream is { IsSending: true };

    private static void SetSending(LoadCall call, bool isSending)
    {
        if (call is { CallerStream: { } caller, CalleeStream: { } callee })
        {
            caller.IsSending = callee.IsSending = isSending;
        }
    }

    private void BeQuiet(LoadCall call, Timestamp now)
    {
        SetSending(call, false);
        SetStage(call, CallStage.Quiet);
        call.LastPass = _pump.Passes + PassesToBeSure;
        _wheel.Schedule(call.Timer, now + s_quiet);
    }

    /// <summary>The caller's description; makes both streams with the first.</summary>
    private ReadOnlySpan<byte> DescribeCaller(LoadCall call)
    {
        Scenario scenario = call.Scenario;
        if (scenario.Media != MediaKind.None && call.CallerStream is null)
        {
            MakeStreams(call);
        }

        return SipText.Describe(
            _description, _pump.EndpointOf(2 * call.Slot).Local, call.Version, scenario.Media == MediaKind.Opus ? OpusPayloadType : (byte)0, scenario.HasDigits,
            scenario.IsSecure ? _series.KeyText : "", call.IsOnHold ? "sendonly" : "sendrecv");
    }

    private ReadOnlySpan<byte> DescribeCallee(LoadCall call, CalleeLeg leg, byte opus, string direction) =>
        SipText.Describe(_description, _pump.EndpointOf((2 * call.Slot) + 1).Local, leg.Version, opus, call.Scenario.HasDigits, "", direction);

    private void MakeStreams(LoadCall call)
    {
        int place = 2 * call.Slot;
        bool isTranscoded = call.Scenario.IsTranscoded;
        RtpStream caller = new(
            _pump.EndpointOf(place), isTranscoded ? SoundKind.TonePcmu : SoundKind.Relayed, _series.OfCaller(call.Scenario.Media), isTranscoded ? new Listener(CodecDescriptor.Pcmu, CalleeHz) : null)
        {
            PayloadType = call.Scenario.Media == MediaKind.Opus ? OpusPayloadType : (byte)0,
            Ssrc = _pump.SsrcOf(place),
        };
        RtpStream callee = new(
            _pump.EndpointOf(place + 1), isTranscoded ? SoundKind.ToneOpus : SoundKind.Relayed, _series.OfCallee(call.Scenario.Media), isTranscoded ? new Listener(CodecDescriptor.Opus, CallerHz) : null)
        {
            Ssrc = _pump.SsrcOf(place + 1),
        };
        (caller.Mate, callee.Mate) = (callee, caller);
        (call.CallerStream, call.CalleeStream) = (caller, callee);
        _pump.Add(place, caller);
        _pump.Add(place + 1, callee);
    }

    /// <summary>What a callee is offered: where it sends, and what Opus is called; false where that is not what the scenario has.</summary>
    private bool TryTakeOffer(LoadCall call, CalleeLeg leg, out byte opus) => TryTakeOffer(call, leg, out opus, out _);

    private bool TryTakeOffer(LoadCall call, CalleeLeg leg, out byte opus, out string direction)
    {
        opus = 0;
        direction = "sendrecv";
        ReadOnlySpan<byte> body = _message.Body;
        if (!_sdp.TryParse(_message.Buffer, _message.BodyOffset, body.Length) || !OfferAnswer.TryReadAudio(_sdp, out AudioDescription audio, out _))
        {
            return false;
        }

        if (call.Scenario.Media is MediaKind.Opus or MediaKind.Transcoded or MediaKind.SrtpTranscoded)
        {
            Match line = OpusLine().Match(Encoding.UTF8.GetString(body));
            if (!line.Success || !byte.TryParse(line.Groups["type"].ValueSpan, out opus))
            {
                return false;
            }
        }

        direction = audio.EffectiveDirection switch { MediaDirection.SendOnly => "recvonly", MediaDirection.RecvOnly => "sendonly", MediaDirection.Inactive => "inactive", _ => "sendrecv" };
        if (!leg.IsTarget && call.CalleeStream is { } stream)
        {
            Redirect(stream, audio.Rtp);
            stream.PayloadType = opus;
        }

        return true;
    }

    /// <summary>The description in a 183: what comes from there is heard from now on.</summary>
    private void HearEarly(LoadCall call)
    {
        if (call.CalleeStream is { } callee && TryTakeDescription(call, isFirst: false, out _, mayStart: false))
        {
            callee.IsSending = true;
        }
    }

    /// <summary>What a caller is answered: where it sends, with which key. Both sides send from then on, unless the call is held.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isFirst">Whether it is the answer to the first INVITE.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="mayStart">Whether both sides are to send.</param>
    private bool TryTakeDescription(LoadCall call, bool isFirst, out string problem, bool mayStart = true)
    {
        problem = "";
        if (call is not { CallerStream: { } caller, CalleeStream: not null })
        {
            return true;
        }

        if (!_sdp.TryParse(_message.Buffer, _message.BodyOffset, _message.Body.Length) || !OfferAnswer.TryReadAudio(_sdp, call.Scenario.IsSecure, out AudioDescription audio, out _))
        {
            problem = "the answer's description was not usable";
            return false;
        }

        if (isFirst && call.Scenario.HasEarlyMedia && caller.Received == 0)
        {
            problem = "nothing was heard before the answer";
            return false;
        }

        if (call.Scenario.IsSecure && !caller.IsSecured)
        {
            if (audio.Crypto.Count != 1)
            {
                problem = "the answer has no key";
                return false;
            }

            caller.Secure(new SrtpReceiver(SrtpProfile.AesCm128HmacSha1Tag80, audio.Crypto[0].Key, audio.Crypto[0].Salt));
        }

        Redirect(caller, audio.Rtp);
        if (mayStart && !call.IsOnHold)
        {
            SetSending(call, true);
        }

        return true;
    }

    private void Redirect(RtpStream stream, in NetworkEndpoint remote)
    {
        if (stream.Remote != remote)
        {
            _pump.Forget(stream);
            stream.Remote = remote;
            _pump.Listen(stream);
        }
    }

    private void CountSilence(LoadCall call)
    {
        if (call is { CallerStream: { } caller, CalleeStream: { } callee, IsAnswered: true })
        {
            Totals.MuteSides += call.Scenario.Speaks ? (caller.Sent == 0 ? 1 : 0) + (callee.Sent == 0 ? 1 : 0) : 0;
            Totals.SilentSides += (caller.Sent > 0 && callee.Received == 0 ? 1 : 0) + (callee.Sent > 0 && caller.Received == 0 ? 1 : 0);
            Totals.Sides += 2;
        }
    }

    private void ReleaseStreams(LoadCall call)
    {
        if (call is not { CallerStream: { } caller, CalleeStream: { } callee })
        {
            return;
        }

        SetSending(call, false);
        _pump.Remove(2 * call.Slot);
        _pump.Remove((2 * call.Slot) + 1);
        foreach ((RtpStream stream, RtpStream other) in ((RtpStream, RtpStream)[])[(caller, callee), (callee, caller)])
        {
            Totals.Add(stream, other, call.Scenario.IsTranscoded);

            // The pump's threads may be at it still.
            _gone.Enqueue((_wheelNow + s_quiet, stream));
        }

        call.CallerStream = call.CalleeStream = null;
    }

    private void DisposeGone(Timestamp now)
    {
        _wheelNow = now;
        while (_gone.TryPeek(out (Timestamp At, RtpStream Stream) gone) && gone.At <= now)
        {
            _gone.Dequeue();
            gone.Stream.Dispose();
        }
    }

    [GeneratedRegex(@"^a=rtpmap:(?<type>\d{1,3}) opus/48000/2", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex OpusLine();
}
