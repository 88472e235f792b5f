using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Who calls, as each side is told (RFC 3323, RFC 3325, RFC 5806, RFC 7044).</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Longest list of headers that passes in one direction; further ones are left out.</summary>
    private const int MaxCarriedBytes = 4_096;

    private readonly HeaderFilter _headerFilter = new();
    private byte[] _answerHeaders = [];
    private int _answerHeadersLength;

    /// <summary>A message of a trunk as its header rules leave it; false when they have made it too large to be read.</summary>
    public bool TryFilterInbound(Trunk? trunk, ref SipMessage message) => _headerFilter.TryFilterInbound(trunk, ref message);

    /// <summary>From of every leg whose called side may not know the caller (RFC 3323 §4.1.1.3).</summary>
    internal static ReadOnlySpan<byte> AnonymousAddress => "\"Anonymous\" <sip:anonymous@anonymous.invalid>"u8;

    /// <summary>Whether the caller's identity is to be kept from this side.</summary>
    private static bool IsHiddenFrom(Call call, Trunk? trunk) => call.Identities is { IsPrivate: true } && trunk is not { Identity.IsTrusted: true };

    /// <summary>From of a new leg, without tag: the caller's name and number as this side wants numbers, at our host as this side knows it; a slice of the call's or of the scratch.</summary>
    private static ReadOnlySpan<byte> GetCallerAddress(Call call, Leg leg, Span<byte> scratch)
    {
        Trunk? trunk = leg.Trunk;
        if (IsHiddenFrom(call, trunk))
        {
            return AnonymousAddress;
        }

        ReadOnlySpan<byte> address = call.CallerAddress.Span;
        ReadOnlySpan<byte> callersHost = call.Caller.Flow.Local is { } local ? local.Host : default;
        bool isSameHost = callersHost.SequenceEqual(leg.Flow.Local.Host);
        if ((trunk?.Numbers is null && isSameHost) || !NameAddress.TryParse(address, out NameAddress parsed) || !SipUri.TryParse(parsed.Uri, out SipUri uri))
        {
            return address;
        }

        var writer = new SipWriter(scratch);
        WriteParty(ref writer, parsed.DisplayName, uri.User, uri.Host.SequenceEqual(callersHost) ? leg.Flow.Local.Host : uri.Host, trunk?.Numbers);
        return writer.Overflowed ? address : writer.Written;
    }

    /// <summary>A name and a number at a host of ours, the number as the trunk wants it.</summary>
    internal static void WriteParty(ref SipWriter writer, scoped ReadOnlySpan<byte> displayName, scoped ReadOnlySpan<byte> user, scoped ReadOnlySpan<byte> host, TrunkNumbers? numbers)
    {
        Span<byte> scratch = stackalloc byte[NumberText.ScratchBytes];
        if (!displayName.IsEmpty)
        {
            writer.Text(displayName);
            writer.Raw(" "u8);
        }

        WriteUri(ref writer, TrunkNumbers.Rewrite(numbers?.Outbound, user, scratch), host, numbers, default);
    }

    private static void WriteUri(ref SipWriter writer, scoped ReadOnlySpan<byte> user, scoped ReadOnlySpan<byte> host, TrunkNumbers? numbers, scoped ReadOnlySpan<byte> parameters)
    {
        writer.Raw("<sip:"u8);
        writer.Raw(user);
        writer.Raw("@"u8);
        writer.Raw(host);
        writer.Raw(numbers is { UserIsPhone: true } ? ";user=phone"u8 : default);
        writer.Raw(parameters);
        writer.Raw(">"u8);
    }

    /// <summary>What a trunk is told about the caller and about who diverted the call.</summary>
    private static void WriteIdentities(ref SipWriter writer, Leg leg)
    {
        if (leg.Call.Identities is not { } identities || leg.Trunk is not { } trunk)
        {
            return;
        }

        bool isHidden = identities.IsPrivate && !trunk.Identity.IsTrusted;
        ReadOnlySpan<byte> host = leg.Flow.Local.Host;
        if (identities.Asserted.Length > 0 && !isHidden)
        {
            WriteAsserted(ref writer, identities, trunk, host);
        }

        if (identities.IsPrivate && trunk.Identity.IsTrusted)
        {
            writer.Header(SipHeaderName.Privacy, identities.Privacy);
        }

        if (identities.Diversions.Count > 0 && !isHidden)
        {
            WriteDiversions(ref writer, leg, identities, trunk, host);
        }
    }

    internal static void WriteAsserted(ref SipWriter writer, CallIdentities identities, Trunk trunk, ReadOnlySpan<byte> host)
    {
        SipHeaderName name = trunk.Identity.Send switch
        {
            IdentityHeader.Asserted => SipHeaderName.PAssertedIdentity,
            IdentityHeader.Preferred => SipHeaderName.PPreferredIdentity,
            IdentityHeader.RemoteParty => SipHeaderName.RemotePartyId,
            _ => SipHeaderName.Unknown,
        };
        if (name == SipHeaderName.Unknown)
        {
            return;
        }

        writer.HeaderStart(name);
        WriteParty(ref writer, identities.AssertedName, identities.Asserted, host, trunk.Numbers);
        if (name == SipHeaderName.RemotePartyId)
        {
            writer.Raw(";party=calling;screen=yes;privacy="u8);
            writer.Raw(identities.IsPrivate ? "full"u8 : "off"u8);
        }

        writer.EndLine();
    }

    private static void WriteDiversions(ref SipWriter writer, Leg leg, CallIdentities identities, Trunk trunk, ReadOnlySpan<byte> host)
    {
        if (trunk.Identity.Diversion is DiversionHeader.Diversion or DiversionHeader.Both)
        {
            foreach (CallIdentities.Diversion diversion in identities.Diversions)
            {
                if (diversion.IsPrivate && !trunk.Identity.IsTrusted)
                {
                    continue;
                }

                writer.HeaderStart(SipHeaderName.Diversion);
                WriteParty(ref writer, default, diversion.User, host, trunk.Numbers);
                writer.Raw(";reason="u8);
                writer.Raw(DiversionReasons.GetToken(diversion.Reason));
                writer.Raw(diversion.IsPrivate ? ";privacy=full"u8 : default);
                writer.EndLine();
            }
        }

        if (trunk.Identity.Diversion is DiversionHeader.HistoryInfo or DiversionHeader.Both)
        {
            WriteHistory(ref writer, leg, identities, trunk, host);
        }
    }

    /// <summary>The diversions as targets in the order of time, each the child of the one before (RFC 7044 §10.3), the last one where the call goes now.</summary>
    private static void WriteHistory(ref SipWriter writer, Leg leg, CallIdentities identities, Trunk trunk, ReadOnlySpan<byte> host)
    {
        Span<byte> scratch = stackalloc byte[NumberText.ScratchBytes];
        Span<byte> cause = stackalloc byte[16];
        int count = identities.Diversions.Count;
        for (int i = 0; i <= count; i++)
        {
            var parameter = new SipWriter(cause);
            if (i > 0)
            {
                parameter.Raw(";cause="u8);
                parameter.Raw(DiversionReasons.GetCause(identities.Diversions[count - i].Reason));
            }

            writer.HeaderStart(SipHeaderName.HistoryInfo);
            if (i == count)
            {
                ReadOnlySpan<byte> user = SipUri.TryParse(leg.Dialog.RequestUri, out SipUri uri) ? uri.User : default;
                WriteUri(ref writer, user, host, trunk.Numbers, parameter.Written);
            }
            else if (identities.Diversions[count - 1 - i] is { IsPrivate: true } && !trunk.Identity.IsTrusted)
            {
                // RFC 7044 §10.1.2: a target that wants to stay unknown keeps its place.
                writer.Raw("<sip:anonymous@anonymous.invalid"u8);
                writer.Raw(parameter.Written);
                writer.Raw(">"u8);
            }
            else
            {
                WriteUri(ref writer, TrunkNumbers.Rewrite(trunk.Numbers?.Outbound, identities.Diversions[count - 1 - i].User, scratch), host, trunk.Numbers, parameter.Written);
            }

            writer.Raw(";index=1"u8);
            for (int level = 0; level < i; level++)
            {
                writer.Raw(".1"u8);
            }

            writer.EndLine();
        }
    }

    /// <summary>Headers of an INVITE or response that its trunk lets pass, as lines of ours.</summary>
    internal static void WriteCarried(ref SipWriter writer, SipMessage message, TrunkHeaders headers)
    {
        for (int i = 0; i < message.HeaderCount; i++)
        {
            SipHeaderName name = message.GetHeaderName(i);
            ReadOnlySpan<byte> token = message.GetHeaderNameToken(i);
            if (headers.Passes(name, token) && writer.Length + token.Length + message.GetHeaderValue(i).Length + 32 < MaxCarriedBytes)
            {
                HeaderEditor.WriteRow(ref writer, name, token, message.GetHeaderValue(i));
            }
        }
    }

    /// <summary>Writes those of the carried lines that the trunk on this side lets pass, and a hidden caller allows.</summary>
    internal static void CopyCarried(ref SipWriter writer, ReadOnlySpan<byte> lines, Trunk? trunk, bool isHidden)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf("\r\n"u8) + 2;
            ReadOnlySpan<byte> line = lines[..end];
            lines = lines[end..];
            ReadOnlySpan<byte> token = line[..line.IndexOf((byte)':')];
            SipHeaderName name = SipHeaderNames.Parse(token);
            if ((trunk is null || trunk.Headers is { } headers && headers.Passes(name, token)) && !(isHidden && HeaderProtection.RevealsCaller(name)))
            {
                writer.Raw(line);
            }
        }
    }

    private void RememberCarriedHeaders(Call call, SipMessage request, Trunk? trunk)
    {
        if (trunk?.Headers is { Pass.IsEmpty: false } headers)
        {
            var writer = new SipWriter(_context.PartScratch);
            WriteCarried(ref writer, request, headers);
            call.CarriedHeaders = writer.Overflowed || writer.Length == 0 ? [] : writer.Written.ToArray();
        }
    }

    /// <summary>What passes from a target's response to the caller's, until the response has been handled.</summary>
    private void RememberAnswerHeaders(Leg leg, SipMessage response)
    {
        _answerHeadersLength = 0;
        Trunk? callers = leg.Call.Caller.Trunk;
        bool passes = leg.Trunk?.Headers is { Pass.IsEmpty: false };
        bool tells = leg.Trunk is { Identity.IsTrusted: true } && callers is { Identity: { IsTrusted: true, Send: IdentityHeader.Asserted } }
            && !response.Has(SipHeaderName.Privacy);
        if (!passes && !tells)
        {
            return;
        }

        if (_answerHeaders.Length == 0)
        {
            _answerHeaders = new byte[MaxCarriedBytes * 2];
        }

        var writer = new SipWriter(_answerHeaders);
        if (passes)
        {
            var carried = new SipWriter(_context.PartScratch);
            WriteCarried(ref carried, response, leg.Trunk!.Headers!);
            CopyCarried(ref writer, carried.Written, callers, isHidden: false);
        }

        if (tells && response.TryGetHeader(SipHeaderName.PAssertedIdentity, out ReadOnlySpan<byte> value) && NameAddress.TryParse(value, out NameAddress address)
            && SipUri.TryParse(address.Uri, out SipUri uri) && !uri.User.IsEmpty && uri.User.Length <= CallIdentities.MaxUserBytes)
        {
            // Who answered (RFC 3325 §5 lets a response assert, too), with the numbers as the caller's side wants them.
            Span<byte> scratch = stackalloc byte[NumberText.ScratchBytes];
            writer.HeaderStart(SipHeaderName.PAssertedIdentity);
            WriteParty(ref writer, default, NumberText.GetUser(uri, leg.Trunk!.Numbers?.Inbound, scratch), leg.Call.Caller.Flow.Local.Host, callers!.Numbers);
            writer.EndLine();
        }

        _answerHeadersLength = writer.Overflowed ? 0 : writer.Length;
    }
}
