using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>Registers a <see cref="SipPeer"/> as a phone of an account, with MD5 digest by hand.</summary>
internal static partial class SipPhone
{
    /// <summary>The final answer to a REGISTER with credentials; its challenge is asserted on the way.</summary>
    public static async Task<SipText> RegisterAsync(SipPeer peer, string account, string password, int expires = 600)
    {
        string callId = $"register-{peer.Local.Port}-{account}-{expires}";
        SipText challenge = await SendAsync(peer, account, callId, 1, expires, authorization: null);
        Assert.Equal(401, challenge.Status);
        return await SendAsync(peer, account, callId, 2, expires, Authorize(challenge, account, password, "REGISTER", $"sip:{peer.Server}"));
    }

    /// <summary>What answers a challenge.</summary>
    public static string Authorize(SipText challenge, string account, string password, string method, string uri)
    {
        string header = challenge.All("WWW-Authenticate").Single(static h => h.Contains("algorithm=MD5", StringComparison.Ordinal));
        string nonce = Nonce().Match(header).Groups["v"].Value;
        string realm = Realm().Match(header).Groups["v"].Value;
        string ha1 = Md5($"{account}:{realm}:{password}");
        string response = Md5($"{ha1}:{nonce}:00000001:wirecnonce:auth:{Md5($"{method}:{uri}")}");
        return $"Digest username=\"{account}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", cnonce=\"wirecnonce\", qop=auth, nc=00000001, algorithm=MD5";
    }

    private static Task<SipText> SendAsync(SipPeer peer, string account, string callId, int cseq, int expires, string? authorization)
    {
        peer.Send(string.Join("\r\n",
            (string[])[
                $"REGISTER sip:{peer.Server} SIP/2.0",
                $"Via: SIP/2.0/UDP {peer.Local};branch=z9hG4bK{callId}{cseq};rport",
                "Max-Forwards: 70",
                $"From: <sip:{account}@{peer.Server}>;tag={callId}",
                $"To: <sip:{account}@{peer.Server}>",
                $"Call-ID: {callId}",
                $"CSeq: {cseq} REGISTER",
                $"Contact: <sip:phone@{peer.Local}>;expires={expires}",
                .. authorization is null ? (string[])[] : [$"Authorization: {authorization}"],
                "Content-Length: 0",
                "",
                "",
            ]));
        return peer.ExpectAsync(m => !m.IsRequest && m.CallId == callId && m.CSeq == cseq, $"the answer to REGISTER {cseq} of {account}");
    }

#pragma warning disable CA5351 // RFC 3261 §22.4 asks for MD5.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    [GeneratedRegex("nonce=\"(?<v>[^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Nonce();

    [GeneratedRegex("realm=\"(?<v>[^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Realm();
}
