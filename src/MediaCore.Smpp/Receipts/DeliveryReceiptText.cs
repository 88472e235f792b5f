using System.Globalization;
using System.Text;
using MediaCore.Smpp.Pdus;

namespace MediaCore.Smpp.Receipts;

/// <summary>
/// A delivery receipt, as SMPP 3.4 Appendix B suggests and centres write it in as many ways as there are centres: fields in any order and case, with or without some of them. What optional parameters say
/// (<c>receipted_message_id</c>, <c>message_state</c>, <c>network_error_code</c>) goes before the text.
/// </summary>
/// <param name="MessageId">The centre's identifier, as it writes it.</param>
/// <param name="State">What became of the message; <see cref="ShortMessageState.None"/> where the receipt does not say or says what nobody knows.</param>
/// <param name="Error">The centre's or network's error, as it writes it; null for none.</param>
public sealed record DeliveryReceiptText(string MessageId, ShortMessageState State, string? Error)
{
    // Longest first: "submit date" before what it ends with.
    private static readonly string[] Keys = ["submit date", "submit_date", "done date", "done_date", "dlvrd", "stat", "text", "sub", "err", "id"];

    /// <summary>Whether a message is a receipt: its esm_class says so, or it has the parameters of one.</summary>
    public static bool IsReceipt(ShortMessagePdu message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.EsmClass.IsReceipt || (message.Find(SmppTag.ReceiptedMessageId) is not null && message.Find(SmppTag.MessageState) is not null);
    }

    /// <summary>Reads a receipt.</summary>
    /// <param name="message">The deliver_sm, or the data_sm as one.</param>
    /// <param name="text">Its words, decoded.</param>
    /// <returns>The receipt; null where it does not name a message.</returns>
    public static DeliveryReceiptText? Read(ShortMessagePdu message, string text)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, string> fields = ReadFields(text);
        string? id = message.Find(SmppTag.ReceiptedMessageId)?.Text.Trim() is { Length: > 0 } named ? named : fields.GetValueOrDefault("id");
        if (string.IsNullOrEmpty(id))
        {
            return null;
        }

        ShortMessageState state = message.Find(SmppTag.MessageState)?.Number is { } number && number is >= 1 and <= 8 ? (ShortMessageState)number : StateOf(fields.GetValueOrDefault("stat"));
        return new DeliveryReceiptText(id, state, ReadError(message, fields));
    }

    /// <summary>Writes the text of a receipt, Appendix B. It has the words' first 20 characters where they are ASCII.</summary>
    public static string Write(string messageId, ShortMessageState state, string? error, DateTimeOffset submitted, DateTimeOffset done, string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var beginning = new StringBuilder(20);
        foreach (char character in words.AsSpan(0, Math.Min(20, words.Length)))
        {
            beginning.Append(char.IsAscii(character) && !char.IsControl(character) ? character : '?');
        }

        int delivered = state == ShortMessageState.Delivered ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture,
            $"id:{messageId} sub:001 dlvrd:{delivered:D3} submit date:{submitted:yyMMddHHmm} done date:{done:yyMMddHHmm} stat:{WordOf(state)} err:{error ?? "000"} text:{beginning}");
    }

    /// <summary>The word of a state, as <c>DELIVRD</c>.</summary>
    public static string WordOf(ShortMessageState state) => state switch
    {
        ShortMessageState.Enroute => "ENROUTE",
        ShortMessageState.Delivered => "DELIVRD",
        ShortMessageState.Expired => "EXPIRED",
        ShortMessageState.Deleted => "DELETED",
        ShortMessageState.Undeliverable => "UNDELIV",
        ShortMessageState.Accepted => "ACCEPTD",
        ShortMessageState.Rejected => "REJECTD",
        _ => "UNKNOWN",
    };

    private static ShortMessageState StateOf(string? word) => word is null ? ShortMessageState.None : word.ToUpperInvariant() switch
    {
        ['D', 'E', 'L', 'I', ..] or "DLVRD" => ShortMessageState.Delivered,
        ['E', 'X', 'P', ..] => ShortMessageState.Expired,
        ['D', 'E', 'L', 'E', ..] => ShortMessageState.Deleted,
        ['U', 'N', 'D', ..] or "FAILED" => ShortMessageState.Undeliverable,
        ['A', 'C', 'C', ..] => ShortMessageState.Accepted,
        ['R', 'E', 'J', ..] => ShortMessageState.Rejected,
        ['E', 'N', 'R', ..] or "BUFFERED" or "BUFFRED" => ShortMessageState.Enroute,
        ['U', 'N', 'K', ..] => ShortMessageState.Unknown,
        _ => ShortMessageState.None,
    };

    private static string? ReadError(ShortMessagePdu message, Dictionary<string, string> fields)
    {
        if (message.Find(SmppTag.NetworkErrorCode) is { Value.Length: 3 } code)
        {
            int number = (code.Value[1] << 8) | code.Value[2];
            return number == 0 ? null : number.ToString(CultureInfo.InvariantCulture);
        }

        string? error = fields.GetValueOrDefault("err");
        return string.IsNullOrEmpty(error) || error.All(static c => c == '0') ? null : error;
    }

    private static Dictionary<string, string> ReadFields(string text)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        int at = 0;
        while (at < text.Length)
        {
            if (!IsKeyAt(text, at, out string? key, out int value))
            {
                at++;
                continue;
            }

            // The words of the message are the end: whatever stands in them is nobody's field.
            if (key == "text")
            {
                break;
            }

            // A field without a value is followed by the next one's name.
            int begin = value < text.Length && text[value] == ' ' ? value + 1 : value;
            int end = begin;
            while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (',' or ';') && (end > begin || !IsKeyAt(text, end, out _, out _)))
            {
                end++;
            }

            fields.TryAdd(key, text[begin..end]);
            at = end;
        }

        return fields;
    }

    private static bool IsKeyAt(string text, int at, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? key, out int value)
    {
        key = null;
        value = 0;
        if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_'))
        {
            return false;
        }

        foreach (string candidate in Keys)
        {
            if (string.Compare(text, at, candidate, 0, candidate.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                int colon = at + candidate.Length;
                while (colon < text.Length && text[colon] == ' ')
                {
                    colon++;
                }

                if (colon < text.Length && text[colon] is (':' or '='))
                {
                    key = candidate;
                    value = colon + 1;
                    return true;
                }
            }
        }

        return false;
    }
}
