using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>
/// Option tags on the wire: the lists of Supported, Require, Proxy-Require and Unsupported (RFC 3261 §20.37, §20.32, §20.29, §20.40) to and from
/// <see cref="SipExtensions"/>. Tags are tokens and so compared without regard to case (RFC 3261 §7.3.1).
/// </summary>
public static class SipOptionTags
{
    /// <summary>Values read of one list; a longer one is no peer's honest list and its rest is not looked at.</summary>
    public const int MaxTags = 64;

    /// <summary>The extension of one tag; <see cref="SipExtensions.None"/> for a tag that is not known by value.</summary>
    public static SipExtensions Parse(ReadOnlySpan<byte> tag)
    {
        for (int i = 0; i < Count; i++)
        {
            var extension = (SipExtensions)(1 << i);
            if (Ascii.EqualsIgnoreCase(tag, GetToken(extension)))
            {
                return extension;
            }
        }

        return SipExtensions.None;
    }

    /// <summary>The known tags of a message's list header. Unknown ones are left out; see <see cref="HasUnknown"/>.</summary>
    public static SipExtensions Read(SipMessage message, SipHeaderName header)
    {
        ArgumentNullException.ThrowIfNull(message);
        SipExtensions result = SipExtensions.None;
        int tags = 0;
        foreach (ReadOnlySpan<byte> tag in message.EnumerateValues(header))
        {
            if (++tags > MaxTags)
            {
                break;
            }

            result |= Parse(tag);
        }

        return result;
    }

    /// <summary>Whether a list header names anything outside <paramref name="known"/>; also true for a list that is too long to be read whole.</summary>
    public static bool HasUnknown(SipMessage message, SipHeaderName header, SipExtensions known)
    {
        ArgumentNullException.ThrowIfNull(message);
        int tags = 0;
        foreach (ReadOnlySpan<byte> tag in message.EnumerateValues(header))
        {
            if (++tags > MaxTags || (Parse(tag) & known) == SipExtensions.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The tag of one extension; empty for none and for a set of several.</summary>
    public static ReadOnlySpan<byte> GetToken(SipExtensions extension) => extension switch
    {
        SipExtensions.ReliableProvisionals => "100rel"u8,
        SipExtensions.SessionTimer => "timer"u8,
        SipExtensions.Replaces => "replaces"u8,
        SipExtensions.NoReferSubscription => "norefersub"u8,
        SipExtensions.Path => "path"u8,
        SipExtensions.Outbound => "outbound"u8,
        SipExtensions.Gruu => "gruu"u8,
        SipExtensions.HistoryInfo => "histinfo"u8,
        SipExtensions.TargetDialog => "tdialog"u8,
        SipExtensions.Privacy => "privacy"u8,
        SipExtensions.EarlyDialogTerminated => "199"u8,
        SipExtensions.FromChange => "from-change"u8,
        _ => [],
    };

    /// <summary>Writes a set as one list header; nothing for an empty set.</summary>
    public static void Write(ref SipWriter writer, SipHeaderName header, SipExtensions extensions)
    {
        if (extensions == SipExtensions.None)
        {
            return;
        }

        writer.HeaderStart(header);
        bool first = true;
        for (int i = 0; i < Count; i++)
        {
            var extension = (SipExtensions)(1 << i);
            if ((extensions & extension) != SipExtensions.None)
            {
                writer.Raw(first ? default : ", "u8);
                writer.Raw(GetToken(extension));
                first = false;
            }
        }

        writer.EndLine();
    }

    private const int Count = 12;
}
