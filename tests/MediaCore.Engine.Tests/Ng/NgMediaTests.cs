using System.Buffers.Binary;
using MediaCore.Audio.Prompts;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Recordings;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>Commands about the sound of sessions: digits, recordings, files, and sources that move.</summary>
public sealed class NgMediaTests : IDisposable
{
    private static readonly NetworkEndpoint s_a = World.Endpoint("198.51.100.1", 6000);
    private static readonly NetworkEndpoint s_b = World.Endpoint("203.0.113.2", 7000);

    private readonly World _world = new();
    private readonly NgController _controller;
    private ushort _offerPort;
    private ushort _answerPort;

    public NgMediaTests() => _controller = new NgController(_world);

    public void Dispose()
    {
        if (_offerPort != 0)
        {
            _controller.Ask("delete");
            Assert.Equal(0, _world.Shard.Ports.InUse);
            Assert.Equal(0, _world.Shard.Core.Audio.Count);
        }

        _world.Dispose();
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("#", 11)]
    [InlineData("10", 10)]
    public void PlayDtmf_GoesToTheOtherSide_AsEvents(string code, int number)
    {
        Connect();
        Assert.Equal("ok", _controller.Ask("play DTMF", ("from-tag", "A"), ("code", code))["result"]!.Text);
        _world.Advance(1);
        Assert.NotEmpty(EventsTo(s_b));
        Assert.All(EventsTo(s_b), packet => Assert.Equal(number, packet[12]));
        Assert.Empty(EventsTo(s_a));
    }

    [Theory]
    [InlineData("16")]
    [InlineData("x")]
    public void PlayDtmf_OfNoDigit_IsAnError(string code)
    {
        Connect();
        Assert.Equal("error", _controller.Ask("play DTMF", ("from-tag", "A"), ("code", code))["result"]!.Text);
        Assert.Equal("error", _controller.Ask("play DTMF", ("from-tag", "A"))["result"]!.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BlockedDigits_GoNowhere_UntilUnblocked(bool byFlag)
    {
        Connect(byFlag ? "block-dtmf" : "symmetric");
        if (!byFlag)
        {
            Assert.Equal("ok", _controller.Ask("block DTMF", ("from-tag", "A"))["result"]!.Text);
        }

        Press(s_a, _answerPort, 1);
        Assert.Empty(EventsTo(s_b));
        Press(s_b, _offerPort, 2);
        Assert.NotEmpty(EventsTo(s_a));
        Assert.Equal("ok", _controller.Ask("unblock DTMF", ("from-tag", "A"))["result"]!.Text);
        Press(s_a, _answerPort, 3);
        Assert.NotEmpty(EventsTo(s_b));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recording_IsPausedAndResumed_AndSavedWhenItStopsOrTheSessionEnds(bool byFlag)
    {
        using TemporaryDirectory folder = new();
        using RecordingListener listener = new();
        using RecordingStore store = new(new RecordingOptions { Directory = folder.Path }, listener);
        _world.Recordings = store;
        Connect(byFlag ? "record-call" : "symmetric");
        if (!byFlag)
        {
            Assert.Equal("ok", _controller.Ask("start recording")["result"]!.Text);
        }

        Speak(50);
        Assert.Equal("ok", _controller.Ask("pause recording")["result"]!.Text);
        Assert.Equal("ok", _controller.Ask("start recording")["result"]!.Text);
        Speak(50);
        if (byFlag)
        {
            _controller.Ask("delete");
            _offerPort = 0;
        }
        else
        {
            Assert.Equal("ok", _controller.Ask("stop recording")["result"]!.Text);
        }

        RecordingInfo saved = listener.Next();
        Assert.Equal((RecordingStatus.Saved, "call-1"), (saved.Status, saved.CallId));
        RecordedSound sound = new(Path.Combine(folder.Path, saved.File));
        Assert.InRange(sound.Duration.TotalSeconds, 1.9, 2.1);
        Assert.Equal(0, store.Active);
    }

    [Fact]
    public void Recording_WithoutASectionForIt_IsAnError()
    {
        Connect();
        Assert.Contains("recording", _controller.Ask("start recording")["error-reason"]!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void PlayMedia_IsHeardByTheParty_AndAStopTellsWhere()
    {
        Connect();
        Assert.Equal("error", _controller.Ask("play media", ("from-tag", "A"))["result"]!.Text);
        _controller.Clip = AudioClip.FromPcm(new short[16_000]);
        NgDictionary played = _controller.Ask("play media", ("from-tag", "A"), ("start-pos", 500), ("repeat-times", 2));
        Assert.Equal(("ok", 2000), (played["result"]!.Text, played["duration"]!.Number));
        _world.MediaSent.Clear();
        _world.Advance(1);
        Assert.InRange(_world.MediaSent.Count(static m => m.To == s_a && m.Packet.Length == 172), 45, 51);
        Assert.DoesNotContain(_world.MediaSent, static m => m.To == s_b && m.Packet.Length == 172);
        NgDictionary stopped = _controller.Ask("stop media", ("from-tag", "A"));
        Assert.InRange(stopped["last-frame-pos"]!.Number, 1400, 1540);
        Assert.Equal(0, _controller.Ask("stop media", ("from-tag", "A"))["last-frame-pos"]!.Number);
    }

    [Theory]
    [InlineData("A", "")]
    [InlineData("A", "block-egress")]
    [InlineData("B", "")]
    public void WhileOneIsBlocked_WhatIsPlayedIsOneStream(string blocked, string word)
    {
        Connect();
        Speak(5);
        Assert.Equal("ok", _controller.Ask("block media", ("from-tag", blocked))["result"]!.Text);
        _controller.Clip = AudioClip.FromPcm(new short[16_000]);
        Assert.Equal("ok", _controller.Ask("play media", ("from-tag", "A"), ("flags", NgController.Words(word)))["result"]!.Text);
        _world.MediaSent.Clear();
        Speak(20);

        // Lifted before the clip has ended: the other side is mixed in, not sent beside it.
        Assert.Equal("ok", _controller.Ask("unblock media", ("from-tag", blocked))["result"]!.Text);
        Speak(20);
        byte[][] heard = [.. _world.MediaSent.Where(static m => m.To == s_a && m.Packet.Length == 172).Select(static m => m.Packet)];
        Assert.InRange(heard.Length, 35, 41);
        Assert.Single(heard.Select(Ssrc).Distinct());
    }

    [Theory]
    [InlineData("silence media", null)]
    [InlineData("block DTMF", "silence")]
    [InlineData("block DTMF", "tone")]
    public void WhileOneIsBlocked_TheOthersSoundIsKeptFromItAsWell(string command, string? security)
    {
        Connect();
        Speak(5);
        Assert.Equal("ok", _controller.Ask("block media", ("from-tag", "A"))["result"]!.Text);
        (string, NgValue)[] members = security is null ? [("from-tag", "B")] : [("from-tag", "B"), ("DTMF-security", security)];
        Assert.Equal("ok", _controller.Ask(command, members)["result"]!.Text);
        _world.MediaSent.Clear();
        Speak(25);
        byte[][] heard = [.. _world.MediaSent.Where(static m => m.To == s_a && m.Packet.Length == 172).Select(static m => m.Packet)];
        Assert.InRange(heard.Length, 10, 26);
        Assert.All(heard, static packet => Assert.NotEqual(9u, Ssrc(packet)));
        Assert.DoesNotContain(_world.MediaSent, static m => m.To == s_b && m.Packet.Length == 172);
    }

    [Theory]
    [InlineData("symmetric")]
    [InlineData("block-dtmf")]
    public void Digits_OfOneWhoIsBlocked_GoNowhere(string word)
    {
        // With the flag somebody looks at digits, even once they are let through.
        Connect(word);
        Assert.Equal("ok", _controller.Ask("unblock DTMF")["result"]!.Text);
        Assert.Equal("ok", _controller.Ask("block media", ("from-tag", "A"))["result"]!.Text);
        Press(s_a, _answerPort, 1);
        Assert.DoesNotContain(_world.MediaSent, static m => m.To == s_b);
        Press(s_b, _offerPort, 2);
        Assert.NotEmpty(EventsTo(s_a));
        Assert.Equal("ok", _controller.Ask("unblock media")["result"]!.Text);
        Press(s_a, _answerPort, 3);
        Assert.NotEmpty(EventsTo(s_b));
    }

    [Fact]
    public void ADigitThatWasUnderWayWhenItsPartyWasBlocked_IsNotPassedOn()
    {
        Connect("block-dtmf");
        Assert.Equal("ok", _controller.Ask("block DTMF", ("from-tag", "A"), ("DTMF-security", "tone"))["result"]!.Text);
        _world.DeliverMedia(s_a, _answerPort, Packet(1, 101, [5, 0x0a, 0, 160]));
        Assert.Equal("ok", _controller.Ask("block media", ("from-tag", "A"))["result"]!.Text);
        _world.MediaSent.Clear();
        _world.Advance(5);
        Assert.DoesNotContain(_world.MediaSent, static m => m.To == s_b && m.Packet.Length > 12 && (m.Packet[1] & 0x7f) is 0 or 101);
    }

    [Fact]
    public async Task Blob_IsDecoded_AndWhatIsNoSoundIsAnError()
    {
        byte[] wave = new byte[44 + 1600];
        "RIFF\0\0\0\0WAVEfmt "u8.CopyTo(wave);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(4), wave.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(24), 8000);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(28), 16_000);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(34), 16);
        "data"u8.CopyTo(wave.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), 1600);
        NgRequest request = new() { Command = NgCommand.PlayMedia, Blob = wave };
        Assert.True(NgClips.IsNeeded(request));
        await NgClips.PrepareAsync(request, null, CancellationToken.None);
        Assert.Equal((null, 100.0), (request.Error, request.Clip!.Duration.TotalMilliseconds));
        Assert.False(NgClips.IsNeeded(request));

        NgRequest noise = new() { Command = NgCommand.PlayMedia, Blob = [1, 2, 3] };
        await NgClips.PrepareAsync(noise, null, CancellationToken.None);
        Assert.NotNull(noise.Error);
        NgRequest file = new() { Command = NgCommand.PlayMedia, File = "hello.wav" };
        await NgClips.PrepareAsync(file, null, CancellationToken.None);
        Assert.NotNull(file.Error);
    }

    [Theory]
    [InlineData("media-handover", true)]
    [InlineData("symmetric", false)]
    public void ASourceThatMoves_IsFollowedWhereTheFlagSaysSo(string word, bool isFollowed)
    {
        Connect(word);
        Deliver(s_a, _answerPort, 10, 1);
        _world.Advance(30);
        NetworkEndpoint moved = World.Endpoint("192.0.2.77", 4000);
        Deliver(moved, _answerPort, 100, 20);
        _world.MediaSent.Clear();
        Deliver(s_b, _offerPort, 1, 1);
        Assert.Equal(isFollowed ? moved : s_a, Assert.Single(_world.MediaSent).To);
    }

    private void Connect(string word = "symmetric")
    {
        NgSdpText offer = _controller.Offer(NgController.Sdp("198.51.100.1", 6000, formats: "0 101"), ("flags", NgController.Words(word)));
        _offerPort = offer.Port();
        _answerPort = _controller.Answer(NgController.Sdp("203.0.113.2", 7000, formats: "0 101")).Port();
    }

    private void Speak(int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            Deliver(s_a, _answerPort, 1, _sequence++);
            Deliver(s_b, _offerPort, 1, _sequence);
            _world.Advance(0.02);
        }
    }

    private int _sequence = 1000;

    private void Deliver(NetworkEndpoint from, ushort port, int packets, int first)
    {
        for (int i = 0; i < packets; i++)
        {
            _world.DeliverMedia(from, port, Packet(first + i, 0, new byte[160]));
        }
    }

    /// <summary>A digit of 100 ms with its three ends (RFC 4733 §2.5.1).</summary>
    private void Press(NetworkEndpoint from, ushort port, byte digit)
    {
        _world.MediaSent.Clear();
        for (int i = 1; i <= 7; i++)
        {
            byte[] packet = Packet((100 * digit) + i, 101, [digit, (byte)(i >= 5 ? 0x8a : 0x0a), (byte)(160 * Math.Min(i, 5) >> 8), (byte)(160 * Math.Min(i, 5))]);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 16_000u * digit);
            _world.DeliverMedia(from, port, packet);
            _world.Advance(0.02);
        }

        _world.Advance(0.5);
    }

    private byte[][] EventsTo(NetworkEndpoint to) => [.. _world.MediaSent.Where(m => m.To == to && (m.Packet[1] & 0x7f) == 101).Select(static m => m.Packet)];

    private static uint Ssrc(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8));

    private static byte[] Packet(int sequence, byte payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[12 + payload.Length];
        packet[0] = 0x80;
        packet[1] = payloadType;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)sequence * 160);
        packet[11] = 9;
        payload.CopyTo(packet.AsSpan(12));
        return packet;
    }
}
