namespace MediaCore.Sip.Tests.Messages;

/// <summary>Where our verdict on a corpus message differs from the one recorded with it, and why.</summary>
internal static class CorpusDifferences
{
    public static readonly Dictionary<string, string> JainSip = new(StringComparer.Ordinal)
    {
        ["case017.sip"] = "a line fold before the colon of a name, which RFC 2543 allowed and the HCOLON of RFC 3261 doesn't",
        ["case020.sip"] = "parses, as recorded; refused with 416 for its scheme",
        ["case332.sip"] = "a second start line stands among the headers: the blank lines of RFC 4475 dblreq were lost",
        ["case337.sip"] = "the file has the text <hex>20</hex> in place of the space after the code",
        ["case357.sip"] = "parses, as recorded; refused with 400 for its bare magic cookie (RFC 4475 §3.2.1)",
        ["case360.sip"] = "parses, as recorded; refused with 416 for its scheme",
        ["case365.sip"] = "parses, as recorded; refused with 400 for its repeated headers (RFC 4475 §3.3.8)",
    };

    public static readonly Dictionary<string, string> Osip = new(StringComparer.Ordinal)
    {
        ["sip0"] = "a header that may stand once stands twice (RFC 3261 §7.3.1)",
        ["sip2"] = "From's tag is empty",
        ["sip8x2"] = "the comma in From's display name isn't quoted",
        ["sip13"] = "a line with + stands before the start line",
        ["sip36x2"] = "the last row is cut off in its name",
        ["sip44"] = "Via is missing",
        ["sip71"] = "the Request-URI's scheme is name: 416",
        ["sip79"] = "Call-ID is empty",
        ["sip81"] = "a tel URI with ? and @, which RFC 3966 doesn't know",
        ["sip91"] = "fuzzed bytes; there is no Via",
        ["sip94"] = "fuzzed bytes; a bare CR inside a row",
        ["sip-malformed5"] = "Content-Length isn't a number",
        ["sip-malformed7"] = "the empty line after the headers is missing",
    };

    public static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["pingtel.sip"] = "From's tag ends in ^, no token",
        ["invite1.sip"] = "To is missing",
        ["sg.sip"] = "CR CR LF ends a row",
        ["message02.sip"] = "the row text/plain has no name",
        ["bad_uri.sip"] = "bad by its name; Via is missing",
        ["req-tm1.sip"] = "two spaces before the version",
        ["invite4-cseq.sip"] = "CSeq has no method",
        ["bad_via2.sip"] = "bad by its name; more than a version after the Request-URI",
    };
}
