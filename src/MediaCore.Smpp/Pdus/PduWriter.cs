using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MediaCore.Smpp.Pdus;

/// <summary>Writes PDUs, SMPP 3.4 §4.</summary>
public static class PduWriter
{
    /// <summary>Writes a PDU. An answer with an error and no optional parameters has no body, as §4.4.2 and the sections like it say.</summary>
    /// <exception cref="ArgumentException">A text has a zero in it, or is longer than any field; a short message is longer than 254 octets; the whole is longer than <see cref="SmppLimits.MaxPduOctets"/>.</exception>
    public static byte[] Write(SmppPdu pdu)
    {
        ArgumentNullException.ThrowIfNull(pdu);
        var octets = new ArrayBufferWriter<byte>(128);
        octets.Write(stackalloc byte[SmppLimits.HeaderOctets]);
        // Optional parameters of a refusal can be found only behind its body.
        if (!pdu.IsResponse || pdu.Status == CommandStatus.Ok || !pdu.Tlvs.IsEmpty)
        {
            WriteBody(octets, pdu);
        }

        foreach (Tlv tlv in pdu.Tlvs)
        {
            Span<byte> span = octets.GetSpan(4 + tlv.Value.Length);
            BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)tlv.Tag);
            BinaryPrimitives.WriteUInt16BigEndian(span[2..], checked((ushort)tlv.Value.Length));
            tlv.Value.AsSpan().CopyTo(span[4..]);
            octets.Advance(4 + tlv.Value.Length);
        }

        if (octets.WrittenCount > SmppLimits.MaxPduOctets)
        {
            throw new ArgumentException($"It would take {octets.WrittenCount} octets, and {SmppLimits.MaxPduOctets} is the most.", nameof(pdu));
        }

        byte[] result = octets.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(result, (uint)result.Length);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(4), (uint)pdu.Command);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(8), (uint)pdu.Status);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(12), pdu.Sequence);
        return result;
    }

    private static void WriteBody(ArrayBufferWriter<byte> octets, SmppPdu pdu)
    {
        switch (pdu)
        {
            case BindPdu bind:
                Text(octets, bind.SystemId);
                Text(octets, bind.Password);
                Text(octets, bind.SystemType);
                octets.Write([bind.InterfaceVersion]);
                Address(octets, bind.AddressRange);
                break;
            case BindResponsePdu bound:
                Text(octets, bound.SystemId);
                break;
            case OutbindPdu outbind:
                Text(octets, outbind.SystemId);
                Text(octets, outbind.Password);
                break;
            case ShortMessagePdu message:
                Text(octets, message.ServiceType);
                Address(octets, message.Source);
                Address(octets, message.Destination);
                octets.Write([message.EsmClass.Value, message.ProtocolId, message.Priority]);
                Text(octets, message.ScheduleDeliveryTime);
                Text(octets, message.ValidityPeriod);
                octets.Write([message.RegisteredDelivery, message.ReplaceIfPresent, message.DataCoding, message.DefaultMessageId]);
                ShortMessage(octets, message.ShortMessage.AsSpan());
                break;
            case DataSmPdu data:
                Text(octets, data.ServiceType);
                Address(octets, data.Source);
                Address(octets, data.Destination);
                octets.Write([data.EsmClass.Value, data.RegisteredDelivery, data.DataCoding]);
                break;
            case MessageResponsePdu response:
                Text(octets, response.MessageId);
                break;
            case QuerySmPdu query:
                Text(octets, query.MessageId);
                Address(octets, query.Source);
                break;
            case QuerySmResponsePdu state:
                Text(octets, state.MessageId);
                Text(octets, state.FinalDate);
                octets.Write([(byte)state.State, state.ErrorCode]);
                break;
            case CancelSmPdu cancel:
                Text(octets, cancel.ServiceType);
                Text(octets, cancel.MessageId);
                Address(octets, cancel.Source);
                Address(octets, cancel.Destination);
                break;
            case ReplaceSmPdu replace:
                Text(octets, replace.MessageId);
                Address(octets, replace.Source);
                Text(octets, replace.ScheduleDeliveryTime);
                Text(octets, replace.ValidityPeriod);
                octets.Write([replace.RegisteredDelivery, replace.DefaultMessageId]);
                ShortMessage(octets, replace.ShortMessage.AsSpan());
                break;
            case AlertNotificationPdu alert:
                Address(octets, alert.Source);
                Address(octets, alert.Esme);
                break;
        }
    }

    private static void Text(ArrayBufferWriter<byte> octets, string text)
    {
        if (text.Length >= SmppLimits.MaxTextOctets || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A field is too long, or has a zero in it.", nameof(text));
        }

        octets.Write(Encoding.Latin1.GetBytes(text));
        octets.Write<byte>([0]);
    }

    private static void Address(ArrayBufferWriter<byte> octets, SmppAddress address)
    {
        octets.Write([address.Ton, address.Npi]);
        Text(octets, address.Value);
    }

    private static void ShortMessage(ArrayBufferWriter<byte> octets, ReadOnlySpan<byte> message)
    {
        if (message.Length > SmppLimits.MaxShortMessageOctets)
        {
            throw new ArgumentException($"A short message has at most {SmppLimits.MaxShortMessageOctets} octets; longer ones go as message_payload.", nameof(message));
        }

        octets.Write([(byte)message.Length]);
        octets.Write(message);
    }
}
