using System.Buffers.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>Reading one Contact value of a REGISTER.</summary>
internal static class ContactParameters
{
    /// <summary>The instance (RFC 5626 §4.1) with its brackets; empty when there is none or it cannot be kept.</summary>
    public static ReadOnlySpan<byte> GetInstance(scoped in NameAddress contact) =>
        contact.TryGetParameter("+sip.instance"u8, out ReadOnlySpan<byte> value)
        && value is [(byte)'<', .., (byte)'>'] && value.Length <= RegistrarLimits.MaxInstanceBytes && value.IndexOfAnyInRange((byte)0, (byte)31) < 0
        && value.IndexOfAny((byte)'"', (byte)'\\') < 0
            ? value
            : default;

    /// <summary>The reg-id, 1 and up (RFC 5626 §4.2); 0 when there is none or it cannot be read.</summary>
    public static uint GetRegId(scoped in NameAddress contact) =>
        contact.TryGetParameter("reg-id"u8, out ReadOnlySpan<byte> value) && Utf8Parser.TryParse(value, out uint id, out int used) && used == value.Length && id <= int.MaxValue ? id : 0;

    /// <summary>q in thousandths (RFC 3261 §20.10, §25.1): <c>0</c> to <c>1</c> with up to three digits; anything else counts as none, which is 1.</summary>
    public static ushort GetQuality(scoped in NameAddress contact)
    {
        if (!contact.TryGetParameter("q"u8, out ReadOnlySpan<byte> value) || value is not [(byte)'0' or (byte)'1', ..] || value.Length > 5 || (value.Length > 1 && value[1] != (byte)'.'))
        {
            return 1000;
        }

        int quality = (value[0] - '0') * 1000;
        int weight = 100;
        for (int i = 2; i < value.Length; i++, weight /= 10)
        {
            if (!char.IsAsciiDigit((char)value[i]))
            {
                return 1000;
            }

            quality += (value[i] - '0') * weight;
        }

        return (ushort)Math.Min(quality, 1000);
    }
}
