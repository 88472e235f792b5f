using MediaCore.Audio.Dtmf;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.Engine.Tests.MediaSessions.Digits;

/// <summary>Digits between two legs: each is delivered once, in the form that the other side takes.</summary>
public sealed class LegDigitsTests : IDisposable, IDigitListener
{
    private const string Pcmu = "0 PCMU/8000";
    private const string Events = "101 telephone-event/8000";

    private readonly SoundWorld _world = new();
    private readonly List<(MediaLeg Leg, char Digit, int Milliseconds, DigitOrigin Origin)> _told = [];
    private readonly List<(MediaLeg Leg, bool Completed)> _sent = [];
    private readonly List<(MediaLeg Leg, char Digit, int Milliseconds)> _infos = [];

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(Pcmu, Events, Pcmu, Events)]
    [InlineData(Pcmu, Events, Pcmu, "96 telephone-event/8000")]
    public void BothWithEvents_OnOneClock_ArePassedUntouched(string oneVoice, string oneEvents, string twoVoice, string twoEvents)
    {
        (SoundPhone one, SoundPhone two) = Connect([oneVoice, oneEvents], [twoVoice, twoEvents]);
        if (oneEvents != twoEvents)
        {
            two.Leg.MapPayloadType(101, 96);
        }

        Open(one, DigitForm.Rtp);
        Open(two, DigitForm.Rtp);
        one.Say(440);
        _world.Run(0.2);
        uint ssrc = two.Packets[^1].Ssrc;
        Press(one, 101, 5, 200, 8000);
        _world.Run(0.5);
        Assert.Equal(["5"], Heard(two, twoEvents[..3].Trim() == "96" ? (byte)96 : (byte)101));
        Assert.All(two.Packets, p => Assert.Equal(ssrc, p.Ssrc));
        Assert.Equal([(one.Leg, '5', 200, DigitOrigin.Rtp)], _told);
        Assert.Equal(0, _world.Audio.Statistics.EncodedFrames);
    }

    /// <summary>rtpengine#778, #1508: where the clock of the events changes with that of the codec.</summary>
    [Theory]
    [InlineData("0 PCMU/8000", "101 telephone-event/8000", 8000, "96 opus/48000/2", "97 telephone-event/48000", 48_000)]
    [InlineData("96 opus/48000/2", "97 telephone-event/48000", 48_000, "8 PCMA/8000", "101 telephone-event/8000", 8000)]
    [InlineData("98 L16/16000", "97 telephone-event/16000", 16_000, "0 PCMU/8000", "101 telephone-event/8000", 8000)]
    public void Events_AcrossTranscoding_AreOnTheOtherClock(string oneVoice, string oneEvents, uint oneClock, string twoVoice, string twoEvents, uint twoClock)
    {
        (SoundPhone one, SoundPhone two) = Connect([oneVoice, oneEvents], [twoVoice, twoEvents]);
        Open(one, DigitForm.Auto);
        Open(two, DigitForm.Auto);
        one.Say(440);
        _world.Run(0.5);
        Press(one, byte.Parse(oneEvents.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 7, 300, oneClock);
        _world.Run(1);
        byte payloadType = byte.Parse(twoEvents.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(["7"], Heard(two, payloadType));
        Assert.Single(two.Packets.Where(p => p.PayloadType == payloadType).Select(static p => p.Timestamp).Distinct());
        Assert.Equal([(one.Leg, '7', 300, DigitOrigin.Rtp)], _told);
        TelephoneEvent last = two.LastEvent;
        Assert.Equal((300 * twoClock / 1000, true), (last.Duration, last.End));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Digits_ToASideThatHearsMusic_LetItGoOn(bool takesEvents)
    {
        (SoundPhone one, _) = Connect(takesEvents ? [Pcmu, Events] : [Pcmu], [Pcmu]);
        short[] sound = new short[8000];
        new MediaCore.Audio.Tones.ToneGenerator(new MediaCore.Audio.Tones.Tone(new MediaCore.Audio.Tones.ToneSegment(0, 400))).Generate(sound);
        var music = new MediaCore.Engine.MediaSessions.Audio.ClipSource(MediaCore.Audio.Prompts.AudioClip.FromPcm(sound), MediaCore.Engine.MediaSessions.Audio.ClipSource.Endless);
        Open(one, DigitForm.Auto);
        Assert.True(_world.Control.Play(one.Leg, music, MediaCore.Engine.MediaSessions.Audio.SourceMode.Exclusive));
        _world.Run(1);
        one.TakeHeard();
        Assert.True(_world.Control.SendDtmf(one.Leg, "12"));
        _world.Run(1.5);
        Assert.Equal(takesEvents ? ["1", "2"] : [], Heard(one, 101));
        short[] heard = one.TakeHeard();
        Assert.Equal(takesEvents ? "" : "12", Digits(heard));
        Assert.True(MediaCore.Audio.Tones.Goertzel.IsTone(heard.AsSpan(heard.Length - 1600), 400));
        Assert.Equal([(one.Leg, true)], _sent);
        Assert.Same(music, one.Leg.Audio!.Source);
    }

    [Fact]
    public void Events_ToASideWithoutThem_BecomeSound_Once()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu]);
        Open(one, DigitForm.Rtp);
        Open(two, DigitForm.Auto);
        one.Say(0);
        foreach (byte code in new byte[] { 1, 9, 11 })
        {
            Press(one, 101, code, 120, 8000);
            _world.Run(0.15);
        }

        _world.Run(2);
        Assert.Equal("19#", Digits(two));
        Assert.DoesNotContain(two.Packets, static p => p.PayloadType == 101);
    }

    [Fact]
    public void Sound_ToASideWithEvents_BecomesEvents_AndIsTakenOut()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu], [Pcmu, Events]);
        Open(one, DigitForm.InBand);
        Open(two, DigitForm.Rtp);
        one.Leg.Digits!.Settle();
        Dial(one, "42");
        _world.Run(2);
        Assert.Equal(["4", "2"], Heard(two, 101));
        Assert.Equal("", Digits(two));
        Assert.Equal("42", new string([.. _told.Select(static t => t.Digit)]));
        Assert.All(_told, static t => Assert.Equal(DigitOrigin.InBand, t.Origin));
        Assert.All(_told, static t => Assert.InRange(t.Milliseconds, 110, 130));
    }

    [Fact]
    public void Sound_BothWays_PassesAsItIs_AndIsToldOf_WhereWatched()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu], [Pcmu]);
        Open(one, DigitForm.InBand).IsWatched = true;
        Open(two, DigitForm.InBand);
        one.Leg.Digits!.Settle();
        Dial(one, "8");
        _world.Run(1);
        Assert.Equal("8", Digits(two));
        Assert.Equal("8", new string([.. _told.Select(static t => t.Digit)]));
        Assert.Equal(0, _world.Audio.Statistics.EncodedFrames);
    }

    [Fact]
    public void Info_IsSentOneAfterTheOther_AndEventsEndHere()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu, Events]);
        Open(one, DigitForm.Rtp);
        Open(two, DigitForm.Info);
        Press(one, 101, 1, 120, 8000);
        _world.Run(0.2);
        Press(one, 101, 2, 400, 8000);
        _world.Run(1);
        Assert.Equal([(two.Leg, '1', 120)], _infos);
        two.Leg.Digits!.OnInfoSent();
        Assert.Equal([(two.Leg, '1', 120), (two.Leg, '2', 400)], _infos);
        two.Leg.Digits!.OnInfoSent();
        Assert.Empty(two.Packets);
    }

    [Fact]
    public void SameKey_InTwoForms_IsOneDigit()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu]);
        LegDigits digits = Open(one, DigitForm.Rtp);
        Open(two, DigitForm.InBand);
        Press(one, 101, 3, 120, 8000);
        _world.Run(0.15);
        digits.OnReceived('3', 160, DigitOrigin.Info, _world.Now);
        _world.Run(1);
        digits.OnReceived('3', 160, DigitOrigin.Info, _world.Now);
        _world.Run(1);
        Assert.Equal("33", Digits(two));
        Assert.Equal(1, _world.Context.Statistics.DigitsRepeated);
    }

    [Fact]
    public void LostEnds_AreTimedOut_AndLostStartsCount()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu]);
        Open(one, DigitForm.Rtp);
        Open(two, DigitForm.InBand);
        one.SendRaw(101, true, one.Timestamp, [5, 10, 3, 0x20]);
        _world.Run(0.19);
        Assert.Empty(_told);
        _world.Run(0.8);
        Assert.Equal([(one.Leg, '5', 100, DigitOrigin.Rtp)], _told);
        one.SendRaw(101, false, one.Timestamp + 50_000, [6, 0x8a, 3, 0x20]);
        _world.Run(1);
        Assert.Equal("56", Digits(two));
    }

    /// <summary>AC-40: events without end, thousands of them, each with the longest duration there is.</summary>
    [Fact]
    public void Flood_OfEvents_IsBounded()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu]);
        Open(one, DigitForm.Rtp);
        Open(two, DigitForm.InBand);
        for (uint i = 0; i < 5000; i++)
        {
            one.SendRaw(101, true, i * 700, [(byte)i, 0x8a, 0xff, 0xff]);
        }

        _world.Run(0.1);
        Assert.InRange(two.Leg.Digits!.Waiting, 1, DigitLimits.MaxWaiting);
        Assert.InRange(_world.Context.Statistics.DigitsDropped, 200, 5000);
        Assert.All(_told, static t => Assert.Equal(DigitLimits.MaxMilliseconds, t.Milliseconds));
    }

    [Theory]
    [InlineData(DigitMask.Drop)]
    [InlineData(DigitMask.Silence)]
    [InlineData(DigitMask.Tone)]
    public void SecretDigits_AreNotPassedOn_InAnyForm(DigitMask mask)
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu, Events]);
        Open(one, DigitForm.Auto);
        Open(two, DigitForm.Auto);
        _world.Control.MaskDigits(one.Leg, mask);
        Press(one, 101, 5, 200, 8000);
        _world.Run(1);
        if (mask != DigitMask.Drop)
        {
            Dial(one, "7");
        }

        _world.Run(1);
        Assert.Empty(Heard(two, 101));
        short[] heard = two.TakeHeard();
        Assert.Equal("", Digits(heard));
        Assert.All(_told, static t => Assert.Equal('\0', t.Digit));
        Assert.Equal(mask == DigitMask.Drop ? 1 : 2, _told.Count);
        Assert.Equal(mask == DigitMask.Tone, heard.Chunk(800).Any(static c => MediaCore.Audio.Tones.Goertzel.IsTone(c, 440)));
        _world.Control.MaskDigits(one.Leg, DigitMask.None);
        Press(one, 101, 9, 200, 8000);
        _world.Run(1);
        Assert.Equal(["9"], Heard(two, 101));
    }

    /// <summary>A mask is sound in whatever form its hearer takes digits, as long as the digit was.</summary>
    [Theory]
    [InlineData(DigitForm.Auto, true)]
    [InlineData(DigitForm.Auto, false)]
    [InlineData(DigitForm.InBand, true)]
    [InlineData(DigitForm.Info, true)]
    public void SecretEvent_IsHeardAsATone(DigitForm form, bool takesEvents)
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], takesEvents ? [Pcmu, Events] : [Pcmu]);
        Open(one, DigitForm.Auto);
        Open(two, form);
        _world.Control.MaskDigits(one.Leg, DigitMask.Tone);
        Press(one, 101, 5, 200, 8000);
        _world.Run(1);
        Assert.InRange(TonesOf10Milliseconds(two), 19, 20);
        Assert.Empty(Heard(two, 101));
        Assert.Empty(_infos);
    }

    /// <summary>Each digit that waits goes in its own form: a key of ours as an event, a secret one as a tone.</summary>
    [Fact]
    public void SecretDigits_AmongOthers_AreTones_AndTheOthersEvents()
    {
        (SoundPhone one, SoundPhone two) = Connect([Pcmu, Events], [Pcmu, Events]);
        Open(one, DigitForm.Auto);
        Open(two, DigitForm.Auto);
        _world.Control.MaskDigits(one.Leg, DigitMask.Tone);
        Assert.True(_world.Control.SendDtmf(two.Leg, "12", 500));
        Press(one, 101, 5, 100, 8000);
        Press(one, 101, 6, 100, 8000);
        Assert.True(_world.Control.SendDtmf(two.Leg, "3"));
        _world.Run(3);
        Assert.Equal(["1", "2", "3"], Heard(two, 101));
        Assert.InRange(TonesOf10Milliseconds(two), 18, 20);
        Assert.Equal([(two.Leg, true)], _sent);
    }

    /// <summary>A length that is no whole number of frames is kept to the sample, its fade included, and so is the pause at least.</summary>
    [Fact]
    public void SoundOfADigit_HasItsLength_AndFades()
    {
        (_, SoundPhone two) = Connect([Pcmu], [Pcmu]);
        Assert.True(_world.Control.SendDtmf(two.Leg, "55", 250, 100));
        _world.Run(1);
        short[] heard = two.TakeHeard();
        int first = Array.FindIndex(heard, static s => Math.Abs(s) > 20);
        int second = Array.FindIndex(heard, first + 2400, static s => Math.Abs(s) > 20);
        int end = Array.FindLastIndex(heard, second - 1, static s => Math.Abs(s) > 20);
        Assert.InRange(end - first, 1980, 2000);
        Assert.InRange(Math.Abs((int)heard[end]), 21, 1000);
        Assert.InRange(second - end, 800, 1000);
    }

    [Theory]
    [InlineData(true, 100, 100)]
    [InlineData(true, 250, 150)]
    [InlineData(true, 2000, 100)]
    [InlineData(false, 250, 100)]
    public void Command_SendsDigits_WithTheirLengths_WhileTheSoundGoesOn(bool events, int milliseconds, int pause)
    {
        (SoundPhone one, SoundPhone two) = events ? Connect(["96 opus/48000/2"], ["96 opus/48000/2", "97 telephone-event/48000"]) : Connect([Pcmu], [Pcmu]);
        one.Say(440);
        _world.Run(0.5);
        two.TakeHeard();
        uint relayed = two.Packets[^1].Ssrc;
        Assert.True(_world.Control.SendDtmf(two.Leg, "1*D", milliseconds, pause));
        _world.Run(((milliseconds + pause) * 3 / 1000.0) + 0.6);
        if (events)
        {
            Assert.Equal(["1", "*", "D"], Heard(two, 97));
            Assert.Equal((uint)milliseconds * 48, two.LastUnits);
        }
        else
        {
            Assert.Equal("1*D", Digits(two));
        }

        two.TakeHeard();
        _world.Run(1);
        two.AssertHears(440);
        Assert.Equal(relayed, two.Packets[^1].Ssrc);
        Assert.Equal(0, _world.Audio.Statistics.Parties);
    }

    [Fact]
    public void Command_WithWhatIsNoDigit_OrTooMany_IsRefused()
    {
        (_, SoundPhone two) = Connect([Pcmu], [Pcmu]);
        Assert.False(_world.Control.SendDtmf(two.Leg, "12E"));
        Assert.False(_world.Control.SendDtmf(two.Leg, ""));
        Assert.False(_world.Control.SendDtmf(two.Leg, new string('1', DigitLimits.MaxWaiting + 1)));
        _world.Run(1);
        Assert.Empty(two.Packets);
    }

    void IDigitListener.OnDigit(MediaLeg leg, char digit, bool isSecret, int milliseconds, DigitOrigin origin) => _told.Add((leg, isSecret ? '\0' : digit, milliseconds, origin));

    void IDigitListener.OnSent(MediaLeg leg, bool completed) => _sent.Add((leg, completed));

    bool IDigitListener.SendInfo(MediaLeg leg, char digit, int milliseconds)
    {
        _infos.Add((leg, digit, milliseconds));
        return true;
    }

    private (SoundPhone One, SoundPhone Two) Connect(string[] one, string[] two)
    {
        SoundPhone first = _world.Add(one);
        SoundPhone second = _world.Add(two);
        _world.Connect(first, second);
        return (first, second);
    }

    private LegDigits Open(SoundPhone phone, DigitForm form)
    {
        LegDigits digits = _world.Control.OpenDigits(phone.Leg);
        digits.Form = form;
        digits.Listener = this;
        digits.Settle();
        return digits;
    }

    /// <summary>A key as a phone sends it: a packet every 20 ms, the end three times, and no sound beside.</summary>
    private void Press(SoundPhone phone, byte payloadType, byte code, int milliseconds, uint clockHz)
    {
        uint start = phone.Timestamp + (uint)phone.Sent;
        TelephoneEventSender sender = new(code, (ushort)(milliseconds * clockHz / 1000), (ushort)(clockHz / 50));
        byte[] payload = new byte[4];
        while (sender.TryWriteNext(payload, out bool marker))
        {
            phone.SendRaw(payloadType, marker, start, payload);
            _world.Run(0.02);
        }
    }

    /// <summary>Digits as sound of 120 ms with pauses of 120 ms.</summary>
    private void Dial(SoundPhone phone, string digits)
    {
        short[] sound = new short[(digits.Length * 1920) + 3200];
        for (int i = 0; i < digits.Length; i++)
        {
            new DtmfGenerator(digits[i], 8000, 120).Generate(sound.AsSpan(800 + (i * 1920), 960));
        }

        long start = -1;
        phone.Say(at => (start = start < 0 ? at : start) + sound.Length > at ? sound[at - start] : (short)0);
        _world.Run(sound.Length / 8000.0);
    }

    private static int TonesOf10Milliseconds(SoundPhone phone) =>
        phone.TakeHeard().Chunk(80).Count(static c => MediaCore.Audio.Tones.Goertzel.IsTone(c, 440) && MediaCore.Audio.Tones.Goertzel.TotalLevelDbm0(c) > -30);

    /// <summary>Events that came, one for each.</summary>
    private static string[] Heard(SoundPhone phone, byte payloadType) => phone.TakeDigits(payloadType);

    private static string Digits(SoundPhone phone) => Digits(phone.TakeHeard());

    private static string Digits(ReadOnlySpan<short> sound)
    {
        DtmfDetector detector = new();
        string all = "";
        while (!sound.IsEmpty)
        {
            sound = sound[detector.Process(sound, out DtmfDetection found)..];
            all += found is { IsNone: false, HasEnded: false } ? found.Digit : "";
        }

        return all;
    }
}
