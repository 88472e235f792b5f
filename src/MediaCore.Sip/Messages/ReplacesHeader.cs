namespace MediaCore.Sip.Messages;

/// <summary>A Replaces value (RFC 3891 §6.1): the dialog that an INVITE is to take the place of, as its receiver knows it. Valid while its bytes are.</summary>
public readonly ref struct ReplacesHeader
{
    /// <summary>Call-ID of the dialog.</summary>
    public ReadOnlySpan<byte> CallId { get; private init; }

    /// <summary>The receiver's own tag in it.</summary>
    public ReadOnlySpan<byte> ToTag { get; private init; }

    /// <summary>The other party's tag in it.</summary>
    public ReadOnlySpan<byte> FromTag { get; private init; }

    /// <summary>Only an early dialog is to be replaced.</summary>
    public bool IsEarlyOnly { get; private init; }

    /// <summary>Reads a value; false without a Call-ID, without exactly one of each tag, or with parameters that break the grammar.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out ReplacesHeader replaces)
    {
        replaces = default;
        int end = value.IndexOf((byte)';');
        if (end <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> callId = value[..end].Trim(" \t\r\n"u8);
        ReadOnlySpan<byte> toTag = default;
        ReadOnlySpan<byte> fromTag = default;
        bool earlyOnly = false;
        ParameterEnumerator parameters = new(value[end..]);
        while (parameters.MoveNext())
        {
            if (System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "to-tag"u8))
            {
                if (!toTag.IsEmpty || parameters.IsQuoted)
                {
                    return false;
                }

                toTag = parameters.Value;
            }
            else if (System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "from-tag"u8))
            {
                if (!fromTag.IsEmpty || parameters.IsQuoted)
                {
                    return false;
                }

                fromTag = parameters.Value;
            }
            else
            {
                earlyOnly |= System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "early-only"u8);
            }
        }

        replaces = new ReplacesHeader { CallId = callId, ToTag = toTag, FromTag = fromTag, IsEarlyOnly = earlyOnly };
        return !parameters.IsMalformed && !callId.IsEmpty && !toTag.IsEmpty && !fromTag.IsEmpty;
    }
}
