using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Tests.Trunks.Credentials;

/// <summary>A carrier's side of digest: challenges, and whether what comes back answers them.</summary>
internal static partial class Challenges
{
    public const string User = "line7";
    public const string Password = "open sesame";

    public static string Server(string realm, string nonce, string algorithm = "MD5", string more = "") =>
        $"WWW-Authenticate: {Value(realm, nonce, algorithm, more)}\r\n";

    public static string Proxy(string realm, string nonce, string algorithm = "MD5", string more = "") =>
        $"Proxy-Authenticate: {Value(realm, nonce, algorithm, more)}\r\n";

    /// <summary>The request answers the challenge: the value is what a client with the right password writes for its own cnonce.</summary>
    public static void AssertAnswered(SipText request, string realm, string nonce, uint count, string algorithm = "MD5", string row = "Authorization")
    {
        string value = Assert.Single(request.All(row));
        string cnonce = CNonce().Match(value).Groups["value"].Value;
        Assert.NotEqual("", cnonce);
        byte[] expected = new byte[4096];
        Assert.True(DigestClient.TryWriteAuthorization(
            expected, out int written, Encoding.UTF8.GetBytes(Value(realm, nonce, algorithm, "")), User, Password,
            Encoding.UTF8.GetBytes(request.Method), Encoding.UTF8.GetBytes(request.Uri), count, Encoding.UTF8.GetBytes(cnonce)));
        Assert.Equal(Encoding.UTF8.GetString(expected, 0, written), value);
    }

    private static string Value(string realm, string nonce, string algorithm, string more) =>
        $"Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{more}";

    [GeneratedRegex("cnonce=\"(?<value>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CNonce();
}
