using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Smpp.Pdus;

/// <summary>
/// Reads PDUs, SMPP 3.4 §4. It is generous where peers are careless and nothing is lost by it: fields longer than the specification has them, an answer without its body, octets of text beyond ASCII.
/// It throws nothing, whatever comes.
/// </summary>
public static class PduReader
{
    /// <summary>Reads a PDU.</summary>
    /// <param name="octets">The PDU, whole (<see cref="PduFrame"/>).</param>
    /// <param name="pdu">The PDU, when it can be read.</param>
    /// <param name="problem">What is wrong with it otherwise: its command, sequence number, and the status to answer with.</param>
    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out SmppPdu? pdu, out PduProblem problem)
    {
        pdu = null;
        problem = default;
        if (octets.Length < SmppLimits.HeaderOctets)
        {
            problem = new PduProblem(default, 0, CommandStatus.InvalidCommandLength);
            return false;
        }

        var command = (CommandId)BinaryPrimitives.ReadUInt32BigEndian(octets[4..]);
        var status = (CommandStatus)BinaryPrimitives.ReadUInt32BigEndian(octets[8..]);
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(octets[12..]);
        var reader = new OctetReader(octets[SmppLimits.HeaderOctets..]);
        SmppPdu? body = ReadBody(command, ref reader);
        if (body is null)
        {
            problem = new PduProblem(command, sequence, CommandStatus.InvalidCommandId);
            return false;
        }

        if (reader.HasFailed)
        {
            problem = new PduProblem(command, sequence, reader.Failure);
            return false;
        }

        ImmutableArray<Tlv> tlvs = [];
        if (command != CommandId.SubmitMulti && !reader.TryReadTlvs(out tlvs))
        {
            problem = new PduProblem(command, sequence, CommandStatus.InvalidOptionalParameters);
            return false;
        }

        pdu = body with { Status = status, Sequence = sequence, Tlvs = tlvs };
        return true;
    }

    private static SmppPdu? ReadBody(CommandId command, ref OctetReader reader)
    {
        switch (command)
        {
            case CommandId.BindReceiver or CommandId.BindTransmitter or CommandId.BindTransceiver:
                string systemId = reader.ReadText();
                string password = reader.ReadText();
                string systemType = reader.ReadText();
                return new BindPdu(command, systemId, password) { SystemType = systemType, InterfaceVersion = reader.ReadByte(), AddressRange = reader.ReadAddress() };
            case CommandId.Outbind:
                return new OutbindPdu(reader.ReadText(), reader.ReadText());
            case CommandId.SubmitSm or CommandId.DeliverSm:
                return ReadMessage(command, ref reader);
            case CommandId.DataSm:
                string service = reader.ReadText();
                SmppAddress source = reader.ReadAddress();
                return new DataSmPdu(source, reader.ReadAddress())
                {
                    ServiceType = service, EsmClass = new EsmClass(reader.ReadByte()), RegisteredDelivery = reader.ReadByte(), DataCoding = reader.ReadByte(),
                };
            case CommandId.QuerySm:
                return new QuerySmPdu(reader.ReadText(), reader.ReadAddress());
            case CommandId.CancelSm:
                string cancelled = reader.ReadText();
                string id = reader.ReadText();
                SmppAddress from = reader.ReadAddress();
                return new CancelSmPdu(id, from, reader.ReadAddress()) { ServiceType = cancelled };
            case CommandId.ReplaceSm:
                string replaced = reader.ReadText();
                return new ReplaceSmPdu(replaced, reader.ReadAddress())
                {
                    ScheduleDeliveryTime = reader.ReadText(), ValidityPeriod = reader.ReadText(), RegisteredDelivery = reader.ReadByte(), DefaultMessageId = reader.ReadByte(), ShortMessage = reader.ReadShortMessage(),
                };
            case CommandId.AlertNotification:
                SmppAddress phone = reader.ReadAddress();
                return new AlertNotificationPdu(phone, reader.ReadAddress());
            case CommandId.SubmitMulti:
                return new SubmitMultiPdu();
            case CommandId.BindReceiverResponse or CommandId.BindTransmitterResponse or CommandId.BindTransceiverResponse:
                return new BindResponsePdu(command, reader.IsAtEnd ? "" : reader.ReadText());
            case CommandId.SubmitSmResponse or CommandId.DeliverSmResponse or CommandId.DataSmResponse:
                return new MessageResponsePdu(command, reader.IsAtEnd ? "" : reader.ReadText());
            case CommandId.QuerySmResponse:
                return reader.IsAtEnd
                    ? new QuerySmResponsePdu("", "", ShortMessageState.None, 0)
                    : new QuerySmResponsePdu(reader.ReadText(), reader.ReadText(), (ShortMessageState)reader.ReadByte(), reader.ReadByte());
            case CommandId.SubmitMultiResponse:
                reader.SkipToEnd();
                return new PlainPdu(command);
            case CommandId.Unbind or CommandId.UnbindResponse or CommandId.EnquireLink or CommandId.EnquireLinkResponse or CommandId.GenericNack or CommandId.CancelSmResponse or CommandId.ReplaceSmResponse:
                return new PlainPdu(command);
            default:
                return null;
        }
    }

    private static ShortMessagePdu ReadMessage(CommandId command, ref OctetReader reader)
    {
        string service = reader.ReadText();
        SmppAddress source = reader.ReadAddress();

        // Members are read in the order of the fields.
        return new ShortMessagePdu(command, source, reader.ReadAddress())
        {
            ServiceType = service,
            EsmClass = new EsmClass(reader.ReadByte()),
            ProtocolId = reader.ReadByte(),
            Priority = reader.ReadByte(),
            ScheduleDeliveryTime = reader.ReadText(),
            ValidityPeriod = reader.ReadText(),
            RegisteredDelivery = reader.ReadByte(),
            ReplaceIfPresent = reader.ReadByte(),
            DataCoding = reader.ReadByte(),
            DefaultMessageId = reader.ReadByte(),
            ShortMessage = reader.ReadShortMessage(),
        };
    }
}
