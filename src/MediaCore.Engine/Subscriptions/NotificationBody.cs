using System.Text.Unicode;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>Bodies of notifications.</summary>
internal static class NotificationBody
{
    /// <summary>application/simple-message-summary (RFC 3842 §5).</summary>
    public static void WriteSummary(ref SipWriter writer, scoped ReadOnlySpan<byte> entity, in MessageSummary summary)
    {
        writer.Raw(summary.New > 0 ? "Messages-Waiting: yes\r\nMessage-Account: "u8 : "Messages-Waiting: no\r\nMessage-Account: "u8);
        writer.Text(entity);
        writer.Raw("\r\nVoice-Message: "u8);
        writer.Raw(summary.New);
        writer.Raw("/"u8);
        writer.Raw(summary.Old);
        writer.Raw(" ("u8);
        writer.Raw(summary.UrgentNew);
        writer.Raw("/"u8);
        writer.Raw(summary.UrgentOld);
        writer.Raw(")\r\n"u8);
    }

    /// <summary>application/dialog-info+xml (RFC 4235 §4), always the full state: it is small, and a lost one needs no repair.</summary>
    public static void WriteDialogs(ref SipWriter writer, ReadOnlySpan<byte> entity, long version, IEnumerable<DialogView> dialogs)
    {
        writer.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\""u8);
        writer.Raw(version);
        writer.Raw("\" state=\"full\" entity=\""u8);
        Escape(ref writer, entity);
        writer.Raw("\">\r\n"u8);
        foreach (DialogView dialog in dialogs)
        {
            Write(ref writer, entity, dialog);
        }

        writer.Raw("</dialog-info>\r\n"u8);
    }

    private static void Write(ref SipWriter writer, ReadOnlySpan<byte> entity, DialogView dialog)
    {
        Span<byte> id = stackalloc byte[64];
        System.Text.Encoding.ASCII.TryGetBytes(dialog.Id, id, out int length);
        writer.Raw("<dialog id=\""u8);
        writer.Raw(id[..length]);
        WritePickUp(ref writer, dialog);
        writer.Raw(dialog.IsInitiator ? "\" direction=\"initiator\"><state>"u8 : "\" direction=\"recipient\"><state>"u8);
        writer.Raw(dialog.Phase switch
        {
            DialogPhase.Trying => "trying"u8,
            DialogPhase.Early => "early"u8,
            DialogPhase.Confirmed => "confirmed"u8,
            _ => "terminated"u8,
        });
        writer.Raw("</state>"u8);
        WriteParty(ref writer, "local"u8, entity, default);
        WriteParty(ref writer, "remote"u8, dialog.RemoteUri, dialog.RemoteName);
        writer.Raw("</dialog>\r\n"u8);
    }

    /// <summary>Call-ID and tags for a Replaces header. Both tags are the same, since phones differ in which one they put where.</summary>
    private static void WritePickUp(ref SipWriter writer, DialogView dialog)
    {
        Span<byte> name = stackalloc byte[64];
        if (!System.Text.Encoding.ASCII.TryGetBytes(dialog.PickUp, name, out int length) || length <= Calls.PickUpName.CallIdBytes)
        {
            return;
        }

        writer.Raw("\" call-id=\""u8);
        writer.Raw(name[..Calls.PickUpName.CallIdBytes]);
        writer.Raw("\" local-tag=\""u8);
        writer.Raw(name[Calls.PickUpName.CallIdBytes..length]);
        writer.Raw("\" remote-tag=\""u8);
        writer.Raw(name[Calls.PickUpName.CallIdBytes..length]);
    }

    private static void WriteParty(ref SipWriter writer, ReadOnlySpan<byte> element, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> name)
    {
        if (uri.IsEmpty)
        {
            return;
        }

        writer.Raw("<"u8);
        writer.Raw(element);
        writer.Raw("><identity"u8);
        if (!name.IsEmpty)
        {
            writer.Raw(" display=\""u8);
            Escape(ref writer, name);
            writer.Raw("\""u8);
        }

        writer.Raw(">"u8);
        Escape(ref writer, uri);
        writer.Raw("</identity><target uri=\""u8);
        Escape(ref writer, uri);
        writer.Raw("\"/></"u8);
        writer.Raw(element);
        writer.Raw(">"u8);
    }

    /// <summary>
    /// Text of a peer as XML 1.0 takes it, in an element or an attribute: the five characters as entities, and a question mark for each byte that no
    /// document may have (control characters, U+FFFE and U+FFFF, anything that is not UTF-8).
    /// </summary>
    public static void Escape(ref SipWriter writer, ReadOnlySpan<byte> text)
    {
        bool isUtf8 = Utf8.IsValid(text);
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            switch (value)
            {
                case (byte)'&':
                    writer.Raw("&amp;"u8);
                    break;
                case (byte)'<':
                    writer.Raw("&lt;"u8);
                    break;
                case (byte)'>':
                    writer.Raw("&gt;"u8);
                    break;
                case (byte)'"':
                    writer.Raw("&quot;"u8);
                    break;
                case (byte)'\'':
                    writer.Raw("&apos;"u8);
                    break;
                case < 0x20 or 0x7f:
                    writer.Raw("?"u8);
                    break;
                case >= 0x80 when !isUtf8:
                    writer.Raw("?"u8);
                    break;
                case 0xEF when text[i + 1] == 0xBF && text[i + 2] >= 0xBE:
                    writer.Raw("?"u8);
                    i += 2;
                    break;
                default:
                    writer.Raw(text.Slice(i, 1));
                    break;
            }
        }
    }
}
