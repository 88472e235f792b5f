using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Trunks;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

/// <summary>Keys <c>identity</c>, <c>numbers</c>, <c>headers</c>, <c>pass</c>, <c>responses</c> and <c>redirect</c> of a trunk.</summary>
public sealed class TrunkPolicySettingsTests
{
    [Fact]
    public void Trunk_WithoutAny_IsUntrusted_AndChangesNothing()
    {
        TrunkSettings trunk = Read("");
        Assert.Equal(TrunkIdentity.Untrusted, trunk.Identity);
        Assert.Null(trunk.Numbers);
        Assert.Null(trunk.Headers);
        Assert.Same(TrunkAnswers.Default, trunk.Answers);
    }

    /// <summary>The example of the runbook.</summary>
    [Fact]
    public void Everything_IsRead()
    {
        TrunkSettings trunk = Read(
            """
            , "identity": { "trusted": true, "send": "asserted", "diversion": "history-info" }
            , "numbers": {
                "inbound": { "format": "e164", "country": "49", "nationalPrefix": "0", "bare": "international" },
                "outbound": { "strip": ["9#"], "format": "international", "country": "49", "internationalPrefix": "00", "prefix": "7*", "minDigits": 5 },
                "userIsPhone": true
              }
            , "headers": [
                { "direction": "in", "action": "copy", "header": "X-Customer", "from": "X-Account" },
                { "action": "set", "header": "X-Gateway", "value": "b1", "methods": ["INVITE", "BYE"] },
                { "action": "replace", "header": "Subject", "pattern": "^(\\w+).*$", "value": "$1", "messages": "both" },
                { "action": "remove", "header": "X-Internal-*" }
              ]
            , "pass": ["X-Call-*", "User-to-User"]
            , "responses": { "503": 480, "302": 404 }
            , "statusFromCause": true
            , "redirect": { "policy": "follow", "trunks": ["t"] }
            """);
        Assert.Equal(new TrunkIdentity { IsTrusted = true, Send = IdentityHeader.Asserted, Diversion = DiversionHeader.HistoryInfo }, trunk.Identity);
        Assert.True(trunk.Numbers!.UserIsPhone);
        Assert.Equal((NumberFormat.E164, "49", "0", "00", BareNumber.International, 7), (trunk.Numbers.Inbound!.Format, trunk.Numbers.Inbound.Country, trunk.Numbers.Inbound.NationalPrefix, trunk.Numbers.Inbound.InternationalPrefix, trunk.Numbers.Inbound.Bare, trunk.Numbers.Inbound.MinDigits));
        Assert.Equal((NumberFormat.International, "7*", 5), (trunk.Numbers.Outbound!.Format, trunk.Numbers.Outbound.Prefix, trunk.Numbers.Outbound.MinDigits));
        Assert.Equal("9#", Assert.Single(trunk.Numbers.Outbound.Strip));
        Assert.Equal([HeaderAction.Copy, HeaderAction.Set, HeaderAction.Replace, HeaderAction.Remove], trunk.Headers!.Rules.Select(static r => r.Action));
        Assert.Equal([HeaderDirection.In, HeaderDirection.Out, HeaderDirection.Out, HeaderDirection.Out], trunk.Headers.Rules.Select(static r => r.Direction));
        Assert.Equal(["X-Call-*", "User-to-User"], trunk.Headers.Pass.Select(static p => p.ToString()));
        Assert.Equal((480, 404), (trunk.Answers.Statuses[503], trunk.Answers.Statuses[302]));
        Assert.True(trunk.Answers.StatusFromCause);
        Assert.Equal(RedirectPolicy.Follow, trunk.Answers.Redirect);
        Assert.Equal(["t"], trunk.Answers.RedirectTrunks);
    }

    [Theory]
    [InlineData("""{ "header": "Via" }""", "how messages find their way")]
    [InlineData("""{ "header": "v" }""", "how messages find their way")]
    [InlineData("""{ "header": "ROUTE" }""", "how messages find their way")]
    [InlineData("""{ "header": "Record-Route" }""", "how messages find their way")]
    [InlineData("""{ "header": "m" }""", "could not be ended")]
    [InlineData("""{ "header": "From" }""", "use numbers or identity")]
    [InlineData("""{ "header": "t" }""", "use numbers or identity")]
    [InlineData("""{ "header": "Call-ID" }""", "identifies the dialog or transaction")]
    [InlineData("""{ "header": "CSeq" }""", "identifies the dialog or transaction")]
    [InlineData("""{ "header": "l" }""", "describes the body")]
    [InlineData("""{ "header": "Content-Type" }""", "describes the body")]
    [InlineData("""{ "header": "Max-Forwards" }""", "round for ever")]
    [InlineData("""{ "header": "Proxy-Authorization" }""", "use credentials")]
    [InlineData("""{ "header": "WWW-Authenticate" }""", "use credentials")]
    [InlineData("""{ "header": "Session-Expires" }""", "keys for it")]
    [InlineData("""{ "header": "X A" }""", "no header name")]
    [InlineData("""{ "header": "X-A:" }""", "no header name")]
    [InlineData("""{ "header": "X-*" }""", "no header name")]
    [InlineData("""{ "header": "X-\u00e4" }""", "no header name")]
    public void Header_ThatMustNotBeChanged_IsRefusedWithTheReason(string rule, string expected) =>
        Refused($$""", "headers": [ {{rule.Replace("{ ", """{ "action": "set", "value": "x", """, StringComparison.Ordinal)}} ]""", "trunks[0].headers[0].header", expected);

    [Theory]
    [InlineData(""", "headers": [ { "header": "X-A" } ]""", "trunks[0].headers[0].action", "is missing")]
    [InlineData(""", "headers": [ { "action": "drop", "header": "X-A" } ]""", "trunks[0].headers[0].action", "must be one of")]
    [InlineData(""", "headers": [ { "action": "set", "header": "X-A" } ]""", "trunks[0].headers[0].value", "is missing")]
    [InlineData(""", "headers": [ { "action": "set", "header": "X-A", "value": "a\r\nVia: x" } ]""", "trunks[0].headers[0].value", "one line")]
    [InlineData(""", "headers": [ { "action": "set", "header": "X-A", "value": "a\u0000" } ]""", "trunks[0].headers[0].value", "one line")]
    [InlineData(""", "headers": [ { "action": "copy", "header": "X-A" } ]""", "trunks[0].headers[0].from", "is missing")]
    [InlineData(""", "headers": [ { "action": "replace", "header": "X-A", "pattern": "(a)\\1" } ]""", "trunks[0].headers[0].pattern", "back references")]
    [InlineData(""", "headers": [ { "action": "replace", "header": "X-A", "pattern": "(" } ]""", "trunks[0].headers[0].pattern", "regular expression")]
    [InlineData(""", "headers": [ { "action": "remove", "header": "X-A", "methods": ["invite"] } ]""", "trunks[0].headers[0].methods[0]", "capitals")]
    [InlineData(""", "headers": [ { "action": "remove", "header": "X-A", "direction": "up" } ]""", "trunks[0].headers[0].direction", "must be one of")]
    [InlineData(""", "pass": ["Via"]""", "trunks[0].pass[0]", "cannot pass")]
    [InlineData(""", "pass": ["P-Asserted-Identity"]""", "trunks[0].pass[0]", "use \"identity\"")]
    [InlineData(""", "pass": ["a b"]""", "trunks[0].pass[0]", "no header name")]
    [InlineData(""", "identity": { "send": "loud" }""", "trunks[0].identity.send", "must be one of")]
    [InlineData(""", "identity": { "assert": "+1-202" }""", "trunks[0].identity.assert", "no number")]
    [InlineData(""", "identity": { "assert": "+1202", "trusted": true }""", "trunks[0].identity.assert", "untrusted")]
    [InlineData(""", "identity": { "trust": true }""", "trunks[0].identity.trust", "did you mean \"trusted\"")]
    [InlineData(""", "numbers": { "inbound": { "format": "e164" } }""", "trunks[0].numbers.inbound.country", "is missing")]
    [InlineData(""", "numbers": { "inbound": { "format": "e164", "country": "0049" } }""", "trunks[0].numbers.inbound.country", "calling code")]
    [InlineData(""", "numbers": { "inbound": { "format": "e164", "country": "de" } }""", "trunks[0].numbers.inbound.country", "digits")]
    [InlineData(""", "numbers": { "outbound": { "strip": ["x"] } }""", "trunks[0].numbers.outbound.strip[0]", "digits, * and #")]
    [InlineData(""", "numbers": { "outbound": { "prefix": "sip:" } }""", "trunks[0].numbers.outbound.prefix", "digits, * and #")]
    [InlineData(""", "numbers": { "outbound": { "minDigits": 99 } }""", "trunks[0].numbers.outbound.minDigits", "whole number")]
    [InlineData(""", "responses": { "200": 480 }""", "trunks[0].responses.200", "300 to 699")]
    [InlineData(""", "responses": { "busy": 480 }""", "trunks[0].responses.busy", "300 to 699")]
    [InlineData(""", "responses": { "503": 200 }""", "trunks[0].responses.503", "400 to 699")]
    [InlineData(""", "redirect": { "policy": "maybe" }""", "trunks[0].redirect.policy", "must be one of")]
    [InlineData(""", "redirect": { "trunks": ["t"] }""", "trunks[0].redirect.trunks", "\"follow\"")]
    [InlineData(""", "redirect": { "policy": "follow", "trunks": ["nobody"] }""", "trunks", "no such trunk")]
    public void Mistake_IsNamedWithItsPlace(string keys, string path, string expected) => Refused(keys, path, expected);

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void MaxForwards_OutOfBounds_IsRefused(int value)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read($$"""{ "sip": { "maxForwards": {{value}} } }""");
        Assert.Equal("sip.maxForwards", Assert.Single(errors).Path);
    }

    private static string Document(string keys) => $$"""{ "trunks": [ { "name": "t", "targets": ["sip:127.0.0.1:5090"] {{keys}} } ] }""";

    private static TrunkSettings Read(string keys)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(Document(keys));
        Assert.Empty(errors);
        return Assert.Single(settings.Trunks);
    }

    private static void Refused(string keys, string path, string expected)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(Document(keys));
        ConfigurationError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
