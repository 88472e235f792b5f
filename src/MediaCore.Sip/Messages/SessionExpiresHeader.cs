using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>Session-Expires, RFC 4028 §4.</summary>
/// <param name="Seconds">The session interval.</param>
/// <param name="Refresher">Who refreshes.</param>
public readonly record struct SessionExpiresHeader(uint Seconds, SessionRefresher Refresher)
{
    /// <summary>Reads a header value; false when it does not begin with a number of seconds. Unknown parameters and refreshers are passed over (RFC 3261 §7.3.1).</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out SessionExpiresHeader header)
    {
        int end = value.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = SipGrammar.Trim(end < 0 ? value : value[..end]);
        header = default;
        if (!SipGrammar.TryParseNumber(digits, uint.MaxValue, out ulong seconds))
        {
            return false;
        }

        SessionRefresher refresher = SessionRefresher.Unspecified;
        var parameters = new ParameterEnumerator(end < 0 ? default : value[end..]);
        while (parameters.MoveNext())
        {
            if (refresher == SessionRefresher.Unspecified && Ascii.EqualsIgnoreCase(parameters.Name, "refresher"u8))
            {
                refresher = Ascii.EqualsIgnoreCase(parameters.Value, "uac"u8) ? SessionRefresher.Uac
                    : Ascii.EqualsIgnoreCase(parameters.Value, "uas"u8) ? SessionRefresher.Uas
                    : SessionRefresher.Unspecified;
            }
        }

        header = new SessionExpiresHeader((uint)seconds, refresher);
        return true;
    }
}
