namespace MediaCore.Sip.Messages;

/// <summary>Method tokens as they stand on the wire. Methods are case-sensitive (RFC 3261 §7.1).</summary>
public static class SipMethods
{
    /// <summary>The method of a token, or <see cref="SipMethod.Unknown"/>.</summary>
    public static SipMethod Parse(ReadOnlySpan<byte> token)
    {
        switch (token.Length)
        {
            case 3:
                return token.SequenceEqual("ACK"u8) ? SipMethod.Ack : token.SequenceEqual("BYE"u8) ? SipMethod.Bye : SipMethod.Unknown;
            case 4:
                return token.SequenceEqual("INFO"u8) ? SipMethod.Info : SipMethod.Unknown;
            case 5:
                return token.SequenceEqual("PRACK"u8) ? SipMethod.Prack : token.SequenceEqual("REFER"u8) ? SipMethod.Refer : SipMethod.Unknown;
            case 6:
                return token.SequenceEqual("INVITE"u8) ? SipMethod.Invite
                    : token.SequenceEqual("CANCEL"u8) ? SipMethod.Cancel
                    : token.SequenceEqual("UPDATE"u8) ? SipMethod.Update
                    : token.SequenceEqual("NOTIFY"u8) ? SipMethod.Notify
                    : SipMethod.Unknown;
            case 7:
                return token.SequenceEqual("OPTIONS"u8) ? SipMethod.Options
                    : token.SequenceEqual("MESSAGE"u8) ? SipMethod.Message
                    : token.SequenceEqual("PUBLISH"u8) ? SipMethod.Publish
                    : SipMethod.Unknown;
            case 8:
                return token.SequenceEqual("REGISTER"u8) ? SipMethod.Register : SipMethod.Unknown;
            case 9:
                return token.SequenceEqual("SUBSCRIBE"u8) ? SipMethod.Subscribe : SipMethod.Unknown;
            default:
                return SipMethod.Unknown;
        }
    }

    /// <summary>The token of a method; empty for <see cref="SipMethod.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> GetToken(SipMethod method) => method switch
    {
        SipMethod.Invite => "INVITE"u8,
        SipMethod.Ack => "ACK"u8,
        SipMethod.Bye => "BYE"u8,
        SipMethod.Cancel => "CANCEL"u8,
        SipMethod.Options => "OPTIONS"u8,
        SipMethod.Register => "REGISTER"u8,
        SipMethod.Prack => "PRACK"u8,
        SipMethod.Subscribe => "SUBSCRIBE"u8,
        SipMethod.Notify => "NOTIFY"u8,
        SipMethod.Publish => "PUBLISH"u8,
        SipMethod.Info => "INFO"u8,
        SipMethod.Refer => "REFER"u8,
        SipMethod.Message => "MESSAGE"u8,
        SipMethod.Update => "UPDATE"u8,
        _ => [],
    };
}
