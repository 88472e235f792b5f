using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using MediaCore.Audio.Detection;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Recordings;
using MediaCore.Sdp;

namespace MediaCore.Engine.Tests.CallRecords;

public sealed class CallRecordJsonTests
{
    [Fact]
    public void Record_WrittenAndRead_IsTheSame()
    {
        CallRecord written = Records.Answered("c1");

        Assert.True(CallRecordJson.TryRead(Write(written), out CallRecord read));

        Assert.Equal(written.Legs, read.Legs);
        Assert.Equal(written with { Legs = [] }, read with { Legs = [] });
    }

    [Fact]
    public void Recordings_WrittenAndRead_AreTheSame()
    {
        RecordingInfo saved = new()
        {
            CallId = "c1", LegId = "c1-0", File = "2026-01-31/c1-0.wav", Format = RecordingFormat.WavMuLaw, Layout = RecordingLayout.Mixed, SampleRateHz = 8000, StartedAt = Records.Start,
            Duration = TimeSpan.FromSeconds(60), Gaps = TimeSpan.FromMilliseconds(200), Bytes = 480_058, Sha256 = new string('a', 64), Status = RecordingStatus.Saved,
        };
        RecordingInfo running = saved with { LegId = "c1-1", File = "2026-01-31/c1-1.opus", Format = RecordingFormat.Opus, Bytes = 0, Sha256 = "", Status = RecordingStatus.Running };
        Assert.True(CallRecordJson.TryRead(Write(Records.Answered("c1") with { Recordings = [saved, running] }), out CallRecord read));
        Assert.Equal([saved, running], read.Recordings);
        Assert.DoesNotContain("recordings", Encoding.UTF8.GetString(Write(Records.Answered("c1"))), StringComparison.Ordinal);
    }

    /// <summary>Every member is set to something that is not its default, so that one that is forgotten on either side is seen; a new member must be set here.</summary>
    [Fact]
    public void Media_WrittenAndRead_IsTheSame()
    {
        LineRecord line = new() { Digits = "12xx#", Tones = [.. Enum.GetValues<LineTone>().Where(static t => t != LineTone.None)], Answerer = AnswererVerdict.Machine };
        SoundFigures sound = new() { Transcoded = true, ReceivedCodec = "opus/48000", SentCodec = "PCMU/8000", DelayMilliseconds = 61.5, ConcealedPercent = 0.25, DecodeErrors = 4 };
        MediaQuality quality = new()
        {
            Mos = 4.1, RFactor = 85.5, WorstMos = 3.2, LossPercent = 1.5, Bursts = 2, BurstLossPercent = 40, BurstMilliseconds = 120.5, GapLossPercent = 0.5, GapMilliseconds = 9000, MaxLossBurst = 3, OutOfOrder = 5, Duplicates = 6,
            SsrcChanges = 1, RoundTripMilliseconds = 31.25, MaxRoundTripMilliseconds = 88.125, LevelDbov = -19.5, IsOneWay = true, MissingMilliseconds = 4000, IsSilent = true, SilentMilliseconds = 3000, FarLossPercent = 2.5,
            FarJitterMilliseconds = 6.75, FarMos = 3.9,
        };
        AssertEveryMemberIsSet(line);
        AssertEveryMemberIsSet(sound);
        AssertEveryMemberIsSet(quality);
        CallRecord written = Records.Answered("c1");
        written = written with { Conference = "sales", Variables = new Dictionary<string, string> { ["tariff"] = "gold" }, Legs = [written.Legs[0] with { HoldCount = 2, HoldMilliseconds = 4_500, Line = line, Sound = sound, Quality = quality }, written.Legs[1]] };

        Assert.True(CallRecordJson.TryRead(Write(written), out CallRecord read));

        Assert.Equal(("sales", "gold"), (read.Conference, Assert.Single(read.Variables!).Value));
        Assert.Equal((2, 4_500, 0), (read.Legs[0].HoldCount, read.Legs[0].HoldMilliseconds, read.Legs[1].HoldCount));
        Assert.Equal((line, sound, quality), (read.Legs[0].Line, read.Legs[0].Sound, read.Legs[0].Quality));
        Assert.Equal(default, (read.Legs[1].Line, read.Legs[1].Sound, read.Legs[1].Quality));
    }

    [Fact]
    public void Tones_MoreThanAreEverWritten_AreCut_AndTheRestIsRead()
    {
        string tones = string.Join(',', Enumerable.Repeat("\"busy\"", 200));
        byte[] json = Encoding.UTF8.GetBytes($"{{\"call_id\":\"a\",\"legs\":[{{\"leg_id\":\"b\",\"line\":{{\"tones\":[{tones}],\"digits\":\"7\"}},\"codec\":\"PCMA/8000\"}}]}}");
        Assert.True(CallRecordJson.TryRead(json, out CallRecord read));
        Assert.Equal(("7", "PCMA/8000"), (read.Legs[0].Line!.Digits, read.Legs[0].Codec));
        Assert.InRange(read.Legs[0].Line!.Tones.Count, 16, 64);
    }

    [Fact]
    public void Record_NeverAnswered_LeavesItsEmptyFieldsOut()
    {
        string json = Encoding.UTF8.GetString(Write(Records.Refused("c2")));

        Assert.DoesNotContain("answered_at", json, StringComparison.Ordinal);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"not_found\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_HasTheDocumentedNamesAndUnits()
    {
        using JsonDocument document = JsonDocument.Parse(Write(Records.Answered("c3")));
        JsonElement root = document.RootElement;

        Assert.Equal("2026-01-31T12:00:00.250Z", root.GetProperty("started_at").GetString());
        Assert.Equal(64_000, root.GetProperty("duration_ms").GetInt64());
        Assert.Equal(60_000, root.GetProperty("talk_ms").GetInt64());
        Assert.Equal("callee", root.GetProperty("ended_by").GetString());
        Assert.Equal(16, root.GetProperty("q850_cause").GetInt32());
        Assert.Equal(3, root.GetProperty("legs")[0].GetProperty("received").GetProperty("lost").GetInt64());
        Assert.Equal("udp:192.0.2.1:5060", root.GetProperty("legs")[0].GetProperty("remote_address").GetString());
    }

    [Fact]
    public void EnumNames_AllOfBothSets_ReadBack()
    {
        foreach (CallEndReason reason in Enum.GetValues<CallEndReason>())
        {
            Assert.True(CallEndNames.TryParse(CallEndNames.Of(reason), out CallEndReason back));
            Assert.Equal(reason, back);
        }

        foreach (CallEndSide side in Enum.GetValues<CallEndSide>())
        {
            Assert.True(CallEndNames.TryParse(CallEndNames.Of(side), out CallEndSide back));
            Assert.Equal(side, back);
        }
    }

    [Property]
    public bool Text_OfAnyKind_StaysOnOneLineAndNeverThrows(string? caller)
    {
        byte[] json = Write(Records.Refused("c4") with { Caller = caller ?? "" });
        return !json.Contains((byte)'\n') && CallRecordJson.TryRead(json, out CallRecord read) && (HasLoneSurrogate(caller) || read.Caller == (caller ?? ""));
    }

    [Theory]
    [InlineData("\ud800")]
    [InlineData("a\udc00b")]
    [InlineData("line\r\nend\0")]
    public void Text_FromAHostilePeer_IsARecordAllTheSame(string caller)
        => Assert.True(CallRecordJson.TryRead(Write(Records.Refused("c5") with { Caller = caller }), out _));

    [Fact]
    public void Text_LongerThanTheLimit_IsCut()
    {
        string longText = new('x', CallRecordLimits.MaxFieldCharacters - 1);

        Assert.True(CallRecordJson.TryRead(Write(Records.Refused("c6") with { Called = longText + "\U0001F600tail" }), out CallRecord read));

        Assert.Equal(longText, read.Called);
    }

    [Fact]
    public void Legs_MoreThanTheLimit_AreCountedNotKept()
    {
        CallRecord record = Records.Refused("c7") with { Legs = [.. Enumerable.Range(0, CallRecordLimits.MaxLegs + 3).Select(i => new LegRecord { LegId = $"l{i}" })] };
        byte[] json = Write(record);

        Assert.True(CallRecordJson.TryRead(json, out CallRecord read));
        Assert.Equal(CallRecordLimits.MaxLegs, read.Legs.Count);
        Assert.Contains("\"legs_left_out\":3", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    [Fact]
    public void LargestRecord_FitsTheReadersLimit()
    {
        string worst = new('\u0001', CallRecordLimits.MaxFieldCharacters * 2);
        var leg = new LegRecord { LegId = worst, SipCallId = worst, From = worst, To = worst, Peer = worst, RemoteAddress = worst, Codec = worst, Srtp = "AES_CM_128_HMAC_SHA1_80" };
        CallRecord record = Records.Refused(worst) with { Caller = worst, Called = worst, Number = worst, Account = worst, Legs = [.. Enumerable.Repeat(leg, CallRecordLimits.MaxLegs)] };

        Assert.InRange(Write(record).Length, 1_000_000, CallRecordLimits.MaxLineBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"call_id\":7}")]
    [InlineData("{\"call_id\":\"\"}")]
    [InlineData("{\"call_id\":\"a\"} {}")]
    [InlineData("{\"call_id\":\"a\",\"reason\":\"boredom\"}")]
    [InlineData("{\"call_id\":\"a\",\"started_at\":\"yesterday\"}")]
    [InlineData("{\"call_id\":\"a\",\"sip_status\":99999999999}")]
    [InlineData("{\"call_id\":\"a\",\"legs\":{}}")]
    [InlineData("{\"call_id\":\"a\",\"legs\":[1]}")]
    [InlineData("{\"call_id\":\"a\",\"legs\":[{\"received\":3}]}")]
    public void Read_OfWhatIsNoRecord_IsRefused(string json) => Assert.False(CallRecordJson.TryRead(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void Read_OfEveryPrefix_IsRefusedWithoutThrowing()
    {
        byte[] json = Write(Records.Answered("c8"));
        for (int length = 0; length < json.Length; length++)
        {
            Assert.False(CallRecordJson.TryRead(json.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Read_OfALaterVersion_PassesUnknownFieldsOver()
        => Assert.True(CallRecordJson.TryRead("{\"fraud\":{\"score\":[1,2]},\"call_id\":\"a\",\"legs\":[{\"leg_id\":\"b\",\"ice\":true}]}"u8, out CallRecord read) && read.Legs[0].LegId == "b");

    [Fact]
    public void SrtpSuite_OfEachKind_KeepsItsNameOnTheWire()
    {
        for (CryptoSuite suite = CryptoSuite.AesCm128HmacSha1Tag80; suite <= CryptoSuite.AeadAes256Gcm; suite++)
        {
            string name = System.Text.Encoding.ASCII.GetString(CryptoSuites.TokenOf(suite));
            Assert.Equal(name, new LegRecord { LegId = "a", Srtp = name }.Srtp);
        }

        Assert.Null(new LegRecord { LegId = "a", Srtp = "F8_128_HMAC_SHA1_80" }.Srtp);
    }

    [Fact]
    public void Write_IntoAWarmBuffer_AllocatesNothing()
    {
        CallRecord record = Records.Answered("c9");
        var buffer = new ArrayBufferWriter<byte>(8192);
        var writer = new Utf8JsonWriter(buffer);

        MediaCore.Tests.AllocationAssert.Zero(200, 1000, () =>
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            CallRecordJson.Write(writer, record);
            writer.Flush();
        });
    }

    private static void AssertEveryMemberIsSet<T>(T record)
        where T : class, new()
    {
        T unset = new();
        foreach (System.Reflection.PropertyInfo member in typeof(T).GetProperties())
        {
            Assert.True(!Equals(member.GetValue(unset), member.GetValue(record)), member.Name);
        }
    }

    private static byte[] Write(CallRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        CallRecordJson.Write(writer, record);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static bool HasLoneSurrogate(string? text)
        => text is not null && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text;
}
