using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Smpp.Pdus;

namespace MediaCore.Smpp.Tests.Pdus;

public sealed class PduTests
{
    private static readonly SmppAddress Source = new("15557654321", 1, 1);
    private static readonly SmppAddress Destination = new("12125550100", 1, 1);

    private static SmppPdu[] Samples =>
    [
        new BindPdu(CommandId.BindTransceiver, "esme", "secret") { SystemType = "VMA", AddressRange = new SmppAddress("^1555", 1, 1), Sequence = 1 },
        new BindPdu(CommandId.BindReceiver, "esme", "secret") { Sequence = 1 },
        new BindPdu(CommandId.BindTransmitter, "", "") { Sequence = 0x7FFF_FFFF },
        new BindResponsePdu(CommandId.BindTransceiverResponse, "centre") { Sequence = 1, Tlvs = [Tlv.Of(SmppTag.ScInterfaceVersion, 0x34)] },
        new BindResponsePdu(CommandId.BindReceiverResponse, "") { Sequence = 1, Status = CommandStatus.InvalidPassword },
        new OutbindPdu("centre", "secret") { Sequence = 4 },
        new PlainPdu(CommandId.Unbind) { Sequence = 5 },
        new PlainPdu(CommandId.UnbindResponse) { Sequence = 5 },
        new PlainPdu(CommandId.EnquireLink) { Sequence = 6 },
        new PlainPdu(CommandId.EnquireLinkResponse) { Sequence = 6 },
        new PlainPdu(CommandId.GenericNack) { Sequence = 7, Status = CommandStatus.InvalidCommandId },
        new ShortMessagePdu(CommandId.SubmitSm, Source, Destination) { Sequence = 8, ShortMessage = [.. "Hello"u8], RegisteredDelivery = 1, ValidityPeriod = "000001000000000R" },
        new ShortMessagePdu(CommandId.DeliverSm, Source, Destination) { Sequence = 9, EsmClass = EsmClass.Receipt, DataCoding = 8, Tlvs = [Tlv.Of(SmppTag.ReceiptedMessageId, "7"), Tlv.Of(SmppTag.MessageState, 2)] },
        new MessageResponsePdu(CommandId.SubmitSmResponse, "1A2B") { Sequence = 8 },
        new MessageResponsePdu(CommandId.DeliverSmResponse, "") { Sequence = 9 },
        new MessageResponsePdu(CommandId.SubmitSmResponse, "") { Sequence = 8, Status = CommandStatus.Throttled },
        new DataSmPdu(Source, Destination) { Sequence = 10, DataCoding = 3, Tlvs = [new Tlv(SmppTag.MessagePayload, [.. "Hello"u8])] },
        new MessageResponsePdu(CommandId.DataSmResponse, "x") { Sequence = 10 },
        new QuerySmPdu("1A2B", Source) { Sequence = 11 },
        new QuerySmResponsePdu("1A2B", "260302083000000+", ShortMessageState.Delivered, 0) { Sequence = 11 },
        new CancelSmPdu("1A2B", Source, Destination) { Sequence = 12, ServiceType = "CMT" },
        new PlainPdu(CommandId.CancelSmResponse) { Sequence = 12 },
        new ReplaceSmPdu("1A2B", Source) { Sequence = 13, ShortMessage = [.. "Bye"u8], ScheduleDeliveryTime = "260302083000000+", RegisteredDelivery = 1 },
        new PlainPdu(CommandId.ReplaceSmResponse) { Sequence = 13, Status = CommandStatus.ReplaceFailed },
        new AlertNotificationPdu(Source, new SmppAddress("esme", 5, 0)) { Sequence = 14, Tlvs = [Tlv.Of(SmppTag.MsAvailabilityStatus, 0)] },
    ];

    public static TheoryData<SmppPdu> Each => [.. Samples];

    [Theory]
    [MemberData(nameof(Each))]
    public void EachPdu_IsReadAsItWasWritten_AndNoPartOfItIsRead(SmppPdu pdu)
    {
        byte[] octets = PduWriter.Write(pdu);
        Assert.Equal(FrameStatus.Complete, PduFrame.Find(octets, out int length));
        Assert.Equal(octets.Length, length);
        Assert.True(PduReader.TryRead(octets, out SmppPdu? read, out _));
        Assert.Equal(pdu, read);
        for (int cut = 0; cut < octets.Length; cut++)
        {
            Assert.Equal(FrameStatus.NeedMoreData, PduFrame.Find(octets.AsSpan(0, cut), out _));
        }
    }

    // The header and the bind of the specification's own example (§3.2.3): bind_transmitter of SMPP3TEST with password secret08 and system_type SUBMIT1.
    [Fact]
    public void BindTransmitter_OfTheSpecification_IsWrittenAndRead()
    {
        byte[] octets = Convert.FromHexString(
            "0000002F" + "00000002" + "00000000" + "00000001" + "534D5050335445535400" + "7365637265743038" + "00" + "5355424D49543100" + "00" + "01" + "01" + "00");
        Assert.True(PduReader.TryRead(octets, out SmppPdu? pdu, out _));
        BindPdu bind = Assert.IsType<BindPdu>(pdu);
        Assert.Equal(("SMPP3TEST", "secret08", "SUBMIT1"), (bind.SystemId, bind.Password, bind.SystemType));
        Assert.Equal(0, bind.InterfaceVersion);
        Assert.Equal(new SmppAddress("", 1, 1), bind.AddressRange);
        Assert.Equal(1u, bind.Sequence);
        Assert.Equal(octets, PduWriter.Write(bind));
    }

    [Theory]
    [InlineData("0000000F", FrameStatus.Malformed)]
    [InlineData("00000010", FrameStatus.NeedMoreData)]
    [InlineData("00010000", FrameStatus.NeedMoreData)]
    [InlineData("00010001", FrameStatus.Malformed)]
    [InlineData("FFFFFFFF", FrameStatus.Malformed)]
    [InlineData("485454", FrameStatus.NeedMoreData)]
    public void Length_IsBounded(string octets, FrameStatus status) => Assert.Equal(status, PduFrame.Find(Convert.FromHexString(octets), out _));

    [Theory]
    [InlineData("000000FF", "", CommandStatus.InvalidCommandId)]
    [InlineData("00000004", "", CommandStatus.InvalidCommandLength)]
    [InlineData("00000004", "00" + "0101" + "3100" + "0101" + "3200" + "000000" + "00" + "00" + "00000000" + "05" + "4142", CommandStatus.InvalidMessageLength)]
    [InlineData("00000015", "0424", CommandStatus.InvalidOptionalParameters)]
    [InlineData("00000015", "04240005AA", CommandStatus.InvalidOptionalParameters)]
    public void WhatCannotBeRead_SaysWhatToAnswer(string command, string body, CommandStatus status)
    {
        byte[] octets = Convert.FromHexString($"{16 + (body.Length / 2):X8}{command}0000000000000007{body}");
        Assert.False(PduReader.TryRead(octets, out _, out PduProblem problem));
        Assert.Equal((status, 7u), (problem.Status, problem.Sequence));
    }

    [Fact]
    public void MoreOptionalParametersThanTheBound_AreMalformed()
    {
        SmppPdu pdu = new PlainPdu(CommandId.EnquireLink) { Tlvs = [.. Enumerable.Repeat(Tlv.Of(SmppTag.SourcePort, 1), SmppLimits.MaxTlvs)] };
        Assert.True(PduReader.TryRead(PduWriter.Write(pdu), out _, out _));
        pdu = pdu with { Tlvs = pdu.Tlvs.Add(Tlv.Of(SmppTag.SourcePort, 1)) };
        Assert.False(PduReader.TryRead(PduWriter.Write(pdu), out _, out PduProblem problem));
        Assert.Equal(CommandStatus.InvalidOptionalParameters, problem.Status);
    }

    [Fact]
    public void UserData_IsMessagePayload_WhereShortMessageIsEmpty()
    {
        ImmutableArray<byte> payload = [.. new byte[1000]];
        var pdu = new ShortMessagePdu(CommandId.SubmitSm, Source, Destination) { Tlvs = [new Tlv(SmppTag.MessagePayload, payload)] };
        Assert.Equal(1000, pdu.UserData.Length);
        Assert.Equal(2, (pdu with { ShortMessage = [1, 2] }).UserData.Length);
    }

    [Fact]
    public void WhatNoFieldCanHold_IsNotWritten()
    {
        Assert.Throws<ArgumentException>(() => PduWriter.Write(new OutbindPdu("a\0b", "")));
        Assert.Throws<ArgumentException>(() => PduWriter.Write(new OutbindPdu(new string('a', 256), "")));
        Assert.Throws<ArgumentException>(() => PduWriter.Write(new ShortMessagePdu(CommandId.SubmitSm, Source, Destination) { ShortMessage = [.. new byte[255]] }));
    }

    [Fact]
    public void PrintedPdu_HasNoPasswordNumberOrWords()
    {
        string text = string.Concat(Samples.Select(pdu => pdu.ToString()));
        Assert.All((string[])["secret", "12125550100", "Hello"], word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
    }

    [Property(MaxTest = 2000)]
    public void AnyOctets_AreReadWithoutAFault(byte[] octets) => ReadWithoutFault(octets);

    [Property(MaxTest = 2000)]
    public Property PduWithOctetsChanged_IsReadWithoutAFault()
    {
        byte[][] seeds = [.. Samples.Select(PduWriter.Write)];
        var changes = from seed in Gen.Elements(seeds)
                      from count in Gen.Choose(1, 6)
                      from places in Gen.Choose(0, 200).ListOf(count)
                      from values in Gen.Choose(0, 255).ListOf(count)
                      from cut in Gen.Choose(0, 8)
                      select (seed, places, values, cut);
        return Prop.ForAll(changes.ToArbitrary(), change =>
        {
            byte[] octets = change.seed[..Math.Max(0, change.seed.Length - change.cut)];
            for (int i = 0; i < change.places.Count && octets.Length > 0; i++)
            {
                octets[change.places[i] % octets.Length] = (byte)change.values[i];
            }

            ReadWithoutFault(octets);
        });
    }

    private static void ReadWithoutFault(byte[] octets)
    {
        PduFrame.Find(octets, out _);
        if (PduReader.TryRead(octets, out SmppPdu? pdu, out PduProblem problem))
        {
            // What was read can be written, and reads the same; an answer that refuses loses its body.
            Assert.True(PduReader.TryRead(PduWriter.Write(pdu), out SmppPdu? again, out _));
            Assert.True(pdu is { IsResponse: true, Status: not CommandStatus.Ok } || pdu.Equals(again));
        }
        else
        {
            Assert.NotEqual(CommandStatus.Ok, problem.Status);
        }
    }
}
