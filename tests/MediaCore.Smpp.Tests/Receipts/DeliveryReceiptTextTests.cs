using FsCheck.Xunit;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Receipts;

namespace MediaCore.Smpp.Tests.Receipts;

public sealed class DeliveryReceiptTextTests
{
    [Theory]
    [InlineData("id:1A2B sub:001 dlvrd:001 submit date:2603020830 done date:2603020831 stat:DELIVRD err:000 text:Hello", "1A2B", ShortMessageState.Delivered, null)]
    [InlineData("ID:0123456789 SUB:1 DLVRD:0 SUBMIT DATE:260302083000 DONE DATE:260302083100 STAT:UNDELIV ERR:0A1 TEXT:", "0123456789", ShortMessageState.Undeliverable, "0A1")]
    [InlineData("stat:EXPIRED id:77", "77", ShortMessageState.Expired, null)]
    [InlineData("id: 77 stat: DELETED err: 12", "77", ShortMessageState.Deleted, "12")]
    [InlineData("id:77 err: stat:ACCEPTD", "77", ShortMessageState.Accepted, null)]
    [InlineData("id:77,stat:REJECTD,err:5", "77", ShortMessageState.Rejected, "5")]
    [InlineData("id=77; stat=UNKNOWN;", "77", ShortMessageState.Unknown, null)]
    [InlineData("id:77 submit_date:2603020830 done_date:2603020831 stat:enroute", "77", ShortMessageState.Enroute, null)]
    [InlineData("id:77 sub:001", "77", ShortMessageState.None, null)]
    [InlineData("id:77 stat:WHATEVER", "77", ShortMessageState.None, null)]
    [InlineData("message id:77\r\nstat:DELIVERED", "77", ShortMessageState.Delivered, null)]
    [InlineData("id:77 text:my id:88 stat:DELIVRD", "77", ShortMessageState.None, null)]
    [InlineData("id:550e8400-e29b-41d4-a716-446655440000 stat:DELIVRD", "550e8400-e29b-41d4-a716-446655440000", ShortMessageState.Delivered, null)]
    public void Text_IsReadInWhateverFormItComes(string text, string id, ShortMessageState state, string? error) =>
        Assert.Equal(new DeliveryReceiptText(id, state, error), DeliveryReceiptText.Read(Receipt(), text));

    [Fact]
    public void OptionalParameters_GoBeforeTheText()
    {
        ShortMessagePdu message = Receipt(Tlv.Of(SmppTag.ReceiptedMessageId, "5F"), Tlv.Of(SmppTag.MessageState, 5), new Tlv(SmppTag.NetworkErrorCode, [3, 0, 27]));
        Assert.Equal(new DeliveryReceiptText("5F", ShortMessageState.Undeliverable, "27"), DeliveryReceiptText.Read(message, "id:95 stat:DELIVRD err:001"));
        Assert.Equal(new DeliveryReceiptText("5F", ShortMessageState.Undeliverable, "27"), DeliveryReceiptText.Read(message, ""));
    }

    [Fact]
    public void OptionalParametersThatSayNothing_LeaveItToTheText()
    {
        ShortMessagePdu message = Receipt(Tlv.Of(SmppTag.ReceiptedMessageId, ""), Tlv.Of(SmppTag.MessageState, 99), new Tlv(SmppTag.NetworkErrorCode, [3, 0, 0]));
        Assert.Equal(new DeliveryReceiptText("95", ShortMessageState.Delivered, null), DeliveryReceiptText.Read(message, "id:95 stat:DELIVRD err:001"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stat:DELIVRD")]
    [InlineData("paid:77 stat:DELIVRD")]
    [InlineData("id:")]
    public void ReceiptThatNamesNoMessage_IsNone(string text) => Assert.Null(DeliveryReceiptText.Read(Receipt(), text));

    [Theory]
    [InlineData(0x04, true)]
    [InlineData(0x20, true)]
    [InlineData(0x44, true)]
    [InlineData(0x00, false)]
    [InlineData(0x40, false)]
    [InlineData(0x08, false)]
    public void EsmClass_TellsAReceipt(byte esmClass, bool isReceipt) => Assert.Equal(isReceipt, DeliveryReceiptText.IsReceipt(Receipt() with { EsmClass = new EsmClass(esmClass) }));

    [Fact]
    public void ParametersOfAReceipt_TellAReceipt_WhateverTheEsmClass() =>
        Assert.True(DeliveryReceiptText.IsReceipt(Receipt(Tlv.Of(SmppTag.ReceiptedMessageId, "5F"), Tlv.Of(SmppTag.MessageState, 2)) with { EsmClass = default }));

    [Fact]
    public void WrittenReceipt_HasTheFormOfTheSpecification()
    {
        DateTimeOffset at = new(2026, 3, 2, 8, 30, 59, TimeSpan.Zero);
        string text = DeliveryReceiptText.Write("1A2B", ShortMessageState.Delivered, null, at, at.AddMinutes(2), "Grüße aus Köln, und noch mehr");
        Assert.Equal("id:1A2B sub:001 dlvrd:001 submit date:2603020830 done date:2603020832 stat:DELIVRD err:000 text:Gr??e aus K?ln, und ", text);
        foreach (ShortMessageState state in Enum.GetValues<ShortMessageState>().Where(state => state != ShortMessageState.None))
        {
            Assert.Equal(new DeliveryReceiptText("x", state, null), DeliveryReceiptText.Read(Receipt(), DeliveryReceiptText.Write("x", state, null, at, at, "id:y")));
        }
    }

    [Property(MaxTest = 1000)]
    public void AnyText_IsRead(string? text) => DeliveryReceiptText.Read(Receipt(), "id:1 " + text);

    private static ShortMessagePdu Receipt(params Tlv[] tlvs) =>
        new(CommandId.DeliverSm, new SmppAddress("1"), new SmppAddress("2")) { EsmClass = EsmClass.Receipt, Tlvs = [.. tlvs] };
}
