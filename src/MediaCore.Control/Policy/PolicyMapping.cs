using System.Globalization;
using Google.Protobuf;
using MediaCore.Control.Mapping;
using MediaCore.Engine.Control;
using MediaCore.Engine.Questions;
using MediaCore.Sip.Authentication;

namespace MediaCore.Control.Policy;

/// <summary>Questions as messages, and answers as the engine takes them. An answer never throws: what means nothing is a problem, and the default is taken.</summary>
internal static class PolicyMapping
{
    public static V1.RouteQuestion Write(RouteQuestion question)
    {
        V1.RouteQuestion message = new()
        {
            CallId = question.CallId,
            Caller = question.Caller,
            Called = question.Called,
            Account = question.Account ?? "",
            InboundTrunk = question.InboundTrunk ?? "",
            Source = question.Source,
            AssertedCaller = question.AssertedCaller ?? "",
            Route = question.Route ?? "",
            Number = question.Number ?? "",
        };
        message.Headers.AddRange(question.Headers.Select(static header => new V1.Header { Name = header.Key, Value = header.Value }));
        return message;
    }

    public static V1.AuthenticateQuestion Write(AccountQuestion question) => new() { Account = question.Account, Realm = question.Realm, Source = question.Source, Method = question.Method };

    public static V1.TransferQuestion Write(TransferQuestion question) => new() { CallId = question.CallId, LegId = question.LegId, Target = question.Target, Attended = question.IsAttended };

    public static V1.MessageQuestion Write(MessageQuestion question) => new()
    {
        From = question.From,
        To = question.To,
        Account = question.Account ?? "",
        InboundTrunk = question.InboundTrunk ?? "",
        ContentType = question.ContentType,
        Body = ByteString.CopyFrom(question.Body.Span),
    };

    public static RouteDecision? Read(V1.RouteAnswer answer, Problems problems)
    {
        RouteDecision? decision = ReadAction(answer, problems);
        if (answer.Variables.Count > ControlLimits.MaxVariables || answer.Variables.Sum(static v => v.Key.Length + v.Value.Length) > ControlLimits.MaxVariableChars
            || answer.Variables.Keys.Any(static name => name.Length is 0 or > ControlLimits.MaxVariableNameChars || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')))
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"variables: a call keeps {ControlLimits.MaxVariables} of {ControlLimits.MaxVariableChars} characters in all; a name has 1 to {ControlLimits.MaxVariableNameChars} letters, digits, '.', '_' or '-'."));
        }

        return decision is null ? null : decision with { Variables = new Dictionary<string, string>(answer.Variables, StringComparer.Ordinal) };
    }

    public static AccountDecision? Read(V1.AuthenticateAnswer answer, Problems problems)
    {
        if (answer.Refused)
        {
            return new AccountDecision(null);
        }

        byte[] md5 = ReadDigest(answer, "MD5", 32, problems);
        byte[] sha256 = ReadDigest(answer, "SHA-256", 64, problems);
        byte[] sha512 = ReadDigest(answer, "SHA-512-256", 64, problems);
        if (md5.Length + sha256.Length + sha512.Length == 0)
        {
            problems.Add("digests: none for MD5, SHA-256 or SHA-512-256; say refused for an account that there is not.");
            return null;
        }

        return new AccountDecision(new DigestSecret(md5, sha256, sha512));
    }

    public static MessageDecision? Read(V1.MessageAnswer answer, Problems problems)
    {
        switch (answer.ActionCase)
        {
            case V1.MessageAnswer.ActionOneofCase.Deliver when answer.Deliver:
                return MessageDecision.Deliver;
            case V1.MessageAnswer.ActionOneofCase.Accept when answer.Accept:
                return new MessageDecision(200);
            case V1.MessageAnswer.ActionOneofCase.Reject when IsRefusal(answer.Reject):
                return new MessageDecision(answer.Reject);
            default:
                problems.Add("deliver or accept is true, or reject is a status of 400 to 699 but 401, 407 and 487.");
                return null;
        }
    }

    private static RouteDecision? ReadAction(V1.RouteAnswer answer, Problems problems)
    {
        switch (answer.ActionCase)
        {
            case V1.RouteAnswer.ActionOneofCase.Dial:
                TimeSpan ringTime = DurationMapping.Read(answer.Dial.RingTime, ControlLimits.DefaultRingTime, "dial.ring_time", problems);
                if (answer.Dial.Destinations.Count is 0 or > ControlLimits.MaxDialTargets || ringTime < TimeSpan.FromSeconds(1) || ringTime > ControlLimits.MaxRingTime)
                {
                    problems.Add($"dial has 1 to {ControlLimits.MaxDialTargets} destinations and a ring_time of 1 s to 1 h.");
                }

                return new DialDecision(DestinationMapping.Read(answer.Dial.Destinations, problems), answer.Dial.Sequential, ringTime);
            case V1.RouteAnswer.ActionOneofCase.Reject when IsRefusal(answer.Reject.SipStatus) && answer.Reject.Q850Cause is >= 0 and <= 127:
                return new RejectDecision(answer.Reject.SipStatus, answer.Reject.Q850Cause);
            case V1.RouteAnswer.ActionOneofCase.Reject:
                problems.Add("reject has a sip_status of 400 to 699 but 401, 407 and 487, and a q850_cause of 1 to 127, or 0 for the one that goes with the status.");
                return null;
            case V1.RouteAnswer.ActionOneofCase.Number:
                return new NumberDecision(answer.Number);
            case V1.RouteAnswer.ActionOneofCase.Route:
                return new NamedRouteDecision(answer.Route);
            case V1.RouteAnswer.ActionOneofCase.Application when ControlApplication.IsName(answer.Application) && answer.Application != ControlApplication.Policy:
                return new ApplicationDecision(answer.Application);
            case V1.RouteAnswer.ActionOneofCase.Application:
                problems.Add($"application: {ControlApplication.Rule}, and is not \"{ControlApplication.Policy}\".");
                return null;
            case V1.RouteAnswer.ActionOneofCase.Next when answer.Next:
                return new NextStepDecision();
            default:
                problems.Add("an answer says dial, reject, number, route, application or next.");
                return null;
        }
    }

    private static bool IsRefusal(int status) => status is >= 400 and <= 699 and not (401 or 407 or 487);

    private static byte[] ReadDigest(V1.AuthenticateAnswer answer, string algorithm, int length, Problems problems)
    {
        if (!answer.Digests.TryGetValue(algorithm, out string? digest))
        {
            return [];
        }

        if (digest.Length != length || !digest.All(char.IsAsciiHexDigit))
        {
            problems.Add($"digests: that of {algorithm} is not {length} hexadecimal digits.");
            return [];
        }

        // Peers compute over the lower-case digits (RFC 7616 §3.4.1).
        return System.Text.Encoding.ASCII.GetBytes(digest.ToLowerInvariant());
    }
}
