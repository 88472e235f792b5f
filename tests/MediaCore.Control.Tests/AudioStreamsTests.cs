using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Control.Services;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Wire.Tests;
using Kind = MediaCore.Control.V1.AudioResponse.KindOneofCase;
using Listen = MediaCore.Control.V1.AudioStart.Types.Listen;
using Speak = MediaCore.Control.V1.AudioStart.Types.Speak;
using Track = MediaCore.Control.V1.AudioFrame.Types.Track;

namespace MediaCore.Control.Tests;

/// <summary>Streams of sound over gRPC; the leg behind them is the test's.</summary>
public sealed class AudioStreamsTests
{
    private static readonly Metadata s_asOther = new() { { "mediacore-controller", "other" } };

    private static AudioRequest Audio(byte[] data) => new() { Audio = new AudioData { Data = ByteString.CopyFrom(data) } };

    private static short First(AudioResponse response) => BitConverter.ToInt16(response.Audio.Data.Span);

    [Fact]
    public async Task Started_SaysWhatTheStreamIs_AndFramesHavePositions()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId });
        AudioStarted started = (await client.TakeAsync(Kind.Started)).Started;
        Assert.Equal((callId + "-0", AudioCodec.L16, 16_000), (started.LegId, started.Codec, started.SampleRateHz));
        for (short i = 1; i <= 3; i++)
        {
            host.Streams.Tick(callId, i);
            AudioResponse frame = await client.TakeAsync(Kind.Audio);
            Assert.Equal((640, Track.Said, (i - 1) * 320L, i), (frame.Audio.Data.Length, frame.Audio.Track, frame.Audio.Position, First(frame)));
        }

        host.Streams.End(callId);
        await client.TakeAsync(Kind.Ended);
        Assert.Null(await client.NextAsync());
    }

    [Theory]
    [InlineData(Listen.Said, 10, null)]
    [InlineData(Listen.Heard, null, 3)]
    [InlineData(Listen.Mixed, 13, null)]
    [InlineData(Listen.Both, 10, 3)]
    public async Task WhatIsListenedTo_ComesAsItsTracks(Listen listen, int? said, int? heard)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Listen = listen, Speak = Speak.None, SampleRateHz = 8000 });
        await client.TakeAsync(Kind.Started);

        // The mixer's limiter is a frame late.
        for (int i = 0; i < 3; i++)
        {
            host.Streams.Tick(callId, 10, 3);
        }

        Dictionary<Track, short> last = [];
        for (int i = 0; i < (said is null || heard is null ? 3 : 6); i++)
        {
            AudioResponse frame = await client.TakeAsync(Kind.Audio);
            last[frame.Audio.Track] = First(frame);
        }

        Assert.Equal((said, heard), (Last(Track.Said), Last(Track.Heard)));

        int? Last(Track track) => last.TryGetValue(track, out short value) ? value : null;
    }

    [Fact]
    public async Task WhatIsSaid_IsHeardInOrder_MarksComeBack_AndClearDropsTheRest()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Listen = Listen.None, SampleRateHz = 8000 });
        await client.TakeAsync(Kind.Started);
        await client.SpeakAsync(160, 5);
        await client.MarkAsync("one");
        await client.SpeakAsync(1600, 6);
        await client.MarkAsync("two");
        await Eventually.IsAsync(() => host.Streams[callId].Queued, static q => q == 1760, "all has come");
        Assert.Equal(5, host.Streams.Tick(callId, 0)[^1]);
        AudioMarked one = (await client.TakeAsync(Kind.Marked)).Marked;
        Assert.Equal(("one", false), (one.Name, one.Cleared));
        Assert.Equal(6, host.Streams.Tick(callId, 0)[0]);
        await client.SendAsync(new AudioRequest { Clear = new AudioClear() });
        await Eventually.IsAsync(() => host.Streams[callId].Queued, static q => q == 0, "it is cleared");
        Assert.Equal(0, host.Streams.Tick(callId, 0)[0]);
        AudioMarked two = (await client.TakeAsync(Kind.Marked)).Marked;
        Assert.Equal(("two", true), (two.Name, two.Cleared));

        // No more is said: the stream, which does not listen, ends when all was heard.
        await client.SpeakAsync(160, 7);
        await client.CompleteAsync();
        await Eventually.IsAsync(
            () =>
            {
                host.Streams.Tick(callId, 0);
                return host.Streams[callId].IsEnded;
            },
            static ended => ended,
            "the stream has ended");
        await client.TakeAsync(Kind.Ended);
        Assert.Equal(StatusCode.OK, (await client.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task AnOpenStream_RenewsTheLeaseOfAUnaryController()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Target target = new() { CommandId = "c-1" };
        string callId = (await host.Client.OriginateAsync(new OriginateRequest { Target = target, Destinations = { new Destination { Account = "bob" } } }, s_asOther)).CallId;
        using (AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId }, s_asOther))
        {
            await client.TakeAsync(Kind.Started);
            for (int i = 0; i < 5; i++)
            {
                host.Time.Advance(TimeSpan.FromSeconds(25));
            }

            Assert.Equal("other", host.Calls.ControllerOf(callId));
        }

        await Eventually.IsAsync(() => host.Streams.Count, static count => count == 0, "the stream has ended");
        host.Time.Advance(ControlServiceLimits.UnaryLease + TimeSpan.FromSeconds(11));
        await Eventually.IsAsync(() => host.Calls.ControllerOf(callId), static c => c is null, "the call is released");
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu, 0, 8000)]
    [InlineData(AudioCodec.Opus, 0, 48_000)]
    [InlineData(AudioCodec.Opus, 16_000, 16_000)]
    [InlineData(AudioCodec.L16, 48_000, 48_000)]
    [InlineData(AudioCodec.L16, 24_000, 24_000)]
    public async Task ACodec_IsSpokenBothWays(AudioCodec codec, int asked, int rate)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Codec = codec, SampleRateHz = asked });
        Assert.Equal(rate, (await client.TakeAsync(Kind.Started)).Started.SampleRateHz);
        using IAudioEncoder? encoder = codec == AudioCodec.Opus ? CodecDescriptor.Opus.CreateEncoder(rate) : null;
        using IAudioDecoder? decoder = codec == AudioCodec.Opus ? CodecDescriptor.Opus.CreateDecoder(rate) : null;
        int frame = rate / 50;
        short[] tone = [.. Enumerable.Range(0, rate / 2).Select(n => (short)(8000 * Math.Sin(2 * Math.PI * 400 * n / rate)))];
        byte[] coded = new byte[4000];
        for (int at = 0; at < tone.Length; at += frame)
        {
            int length = codec switch
            {
                AudioCodec.Opus => encoder!.Encode(tone.AsSpan(at, frame), coded),
                AudioCodec.Pcmu => Pcmu.Encode(tone.AsSpan(at, frame), coded),
                _ => Copy(tone.AsSpan(at, frame), coded),
            };
            await client.SpeakAsync(coded[..length]);
        }

        await Eventually.IsAsync(() => host.Streams[callId].Queued, q => q >= tone.Length, "all has come");
        List<short> heard = [];
        AudioStream stream = host.Streams[callId];
        for (int i = 0; i < 25; i++)
        {
            short[] played = new short[frame];
            stream.Play(played);
            heard.AddRange(played);
            stream.TakeSaid(tone.AsSpan(i * frame, frame), MediaCore.Primitives.Timestamp.FromMilliseconds(20 * i));
        }

        Assert.True(Goertzel.LevelDbm0([.. heard[^(rate / 4)..]], 400, rate) > -20);
        List<short> said = [];
        short[] decoded = new short[6000];
        while (said.Count < tone.Length)
        {
            AudioFrame audio = (await client.TakeAsync(Kind.Audio)).Audio;
            int count = 0;
            switch (codec)
            {
                case AudioCodec.Opus:
                    Assert.True(decoder!.TryDecode(audio.Data.Span, decoded, out count));
                    break;
                case AudioCodec.Pcmu:
                    count = Pcmu.Decode(audio.Data.Span, decoded);
                    break;
                default:
                    count = audio.Data.Length / 2;
                    Buffer.BlockCopy(audio.Data.ToByteArray(), 0, decoded, 0, audio.Data.Length);
                    break;
            }

            Assert.Equal(frame, count);
            said.AddRange(decoded[..count]);
        }

        Assert.True(Goertzel.LevelDbm0([.. said[^(rate / 4)..]], 400, rate) > -20);

        static int Copy(ReadOnlySpan<short> samples, byte[] bytes)
        {
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples).CopyTo(bytes);
            return samples.Length * 2;
        }
    }

    [Fact]
    public async Task AClientThatDoesNotRead_LosesTheOldest_AndIsToldHowMuch_AndTheLegNeverWaits()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, SampleRateHz = 48_000, Buffer = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)) });
        await client.TakeAsync(Kind.Started);

        // 40 MB: far more than windows and pipes hold on the way.
        const int Ticks = 20_000;
        for (int i = 0; i < Ticks; i++)
        {
            host.Streams.Tick(callId, 1);
        }

        host.Streams.End(callId);
        long position = 0;
        long dropped = 0;
        long total = 0;
        while (await client.NextAsync() is { Ended: null } response)
        {
            if (response.Overrun is { } overrun)
            {
                Assert.Null(overrun.DroppedIn);
                dropped = (long)overrun.DroppedOut.ToTimeSpan().TotalMilliseconds * 48;
                total += dropped;
            }
            else
            {
                Assert.Equal(position + dropped, response.Audio.Position);
                position = response.Audio.Position + 960;
                dropped = 0;
            }
        }

        Assert.Equal(Ticks * 960L, position);
        Assert.True(total > 0);
    }

    [Fact]
    public async Task MoreThanThereIsRoomFor_DropsTheOldest_AndTheClientIsTold()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = host.Calls.Begin();
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Listen = Listen.None, SampleRateHz = 8000 });
        await client.TakeAsync(Kind.Started);
        await client.SpeakAsync(8000 * 20, 1);
        await client.SpeakAsync(8000 * 30, 2);
        await Eventually.IsAsync(() => host.Streams[callId].Written, static written => written == 8000 * 50, "all has come");
        Assert.Equal(8000 * 30, host.Streams[callId].Queued);
        Assert.Equal(2, host.Streams.Tick(callId, 0)[0]);
        AudioResponse told = await client.TakeAsync(Kind.Overrun);
        Assert.Null(told.Overrun.DroppedOut);
        Assert.Equal(20, told.Overrun.DroppedIn.Seconds);
    }

    private static readonly Dictionary<string, AudioStart> s_wrongStarts = new(StringComparer.Ordinal)
    {
        ["no call"] = new AudioStart(),
        ["rate"] = new AudioStart { CallId = "x", SampleRateHz = 11_025 },
        ["PCMU at 16 kHz"] = new AudioStart { CallId = "x", Codec = AudioCodec.Pcmu, SampleRateHz = 16_000 },
        ["codec"] = new AudioStart { CallId = "x", Codec = (AudioCodec)99 },
        ["listen"] = new AudioStart { CallId = "x", Listen = (Listen)99 },
        ["speak"] = new AudioStart { CallId = "x", Speak = (Speak)(-1) },
        ["nothing to do"] = new AudioStart { CallId = "x", Listen = Listen.None, Speak = Speak.None },
        ["small buffer"] = new AudioStart { CallId = "x", Buffer = new Duration { Nanos = 1 } },
        ["large buffer"] = new AudioStart { CallId = "x", Buffer = new Duration { Seconds = long.MaxValue } },
        ["negative buffer"] = new AudioStart { CallId = "x", Buffer = new Duration { Seconds = -1 } },
        ["long call"] = new AudioStart { CallId = new string('x', 100_000) },
        ["long leg"] = new AudioStart { CallId = "x", LegId = new string('x', 100_000) },
    };

    public static TheoryData<string> WrongStarts => [.. s_wrongStarts.Keys];

    [Theory]
    [MemberData(nameof(WrongStarts))]
    public async Task AStartThatIsWrong_IsAnInvalidArgument(string what)
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using AudioClient client = await AudioClient.OpenAsync(host, s_wrongStarts[what]);
        Status status = await client.EndAsync();
        Assert.True(status.StatusCode == StatusCode.InvalidArgument, $"{what}: {status}");
        Assert.StartsWith("start.", status.Detail, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, (StatusCode Expected, AudioRequest[] Requests)> s_hostileOrders = new(StringComparer.Ordinal)
    {
        ["audio before start"] = (StatusCode.InvalidArgument, [Audio([1, 2])]),
        ["an empty message"] = (StatusCode.InvalidArgument, [new AudioRequest()]),
        ["start twice"] = (StatusCode.InvalidArgument, [Start(), Start()]),
        ["an empty message after start"] = (StatusCode.InvalidArgument, [Start(), new AudioRequest()]),
        ["half a sample"] = (StatusCode.InvalidArgument, [Start(), Audio([1, 2, 3])]),
        ["no Opus"] = (StatusCode.InvalidArgument, [Start(AudioCodec.Opus), Audio([0xff, 0xff, 0xff])]),
        ["long Opus"] = (StatusCode.InvalidArgument, [Start(AudioCodec.Opus), Audio(new byte[1_000_000])]),
        ["no Opus at all"] = (StatusCode.InvalidArgument, [Start(AudioCodec.Opus), Audio([])]),
        ["a long mark"] = (StatusCode.InvalidArgument, [Start(), new AudioRequest { Mark = new AudioMark { Name = new string('m', 1_000_000) } }]),
        ["a mark without a name"] = (StatusCode.InvalidArgument, [Start(), new AudioRequest { Mark = new AudioMark() }]),
        ["many marks"] = (StatusCode.ResourceExhausted, [Start(), .. Enumerable.Range(0, 100_000).Select(static i => new AudioRequest { Mark = new AudioMark { Name = "m" + i } })]),
        ["a huge frame"] = (StatusCode.ResourceExhausted, [Start(), Audio(new byte[5 * 1024 * 1024])]),
        ["audio of who only listens"] = (StatusCode.InvalidArgument, [Start(speak: Speak.None), Audio([1, 2])]),
        ["a clear of who only listens"] = (StatusCode.InvalidArgument, [Start(speak: Speak.None), new AudioRequest { Clear = new AudioClear() }]),
    };

    public static TheoryData<string> HostileOrders => [.. s_hostileOrders.Keys];

    [Theory]
    [MemberData(nameof(HostileOrders))]
    public async Task AHostileOrderOfMessages_EndsTheStreamWithAStatus_AndLeavesNothing(string what)
    {
        (StatusCode expected, AudioRequest[] requests) = s_hostileOrders[what];
        await using ControlHost host = await ControlHost.StartAsync();
        using AsyncDuplexStreamingCall<AudioRequest, AudioResponse> call = host.AudioStreams.Connect();
        using AudioClient client = new(call);
        Task<Status> ended = client.EndAsync();
        try
        {
            foreach (AudioRequest request in requests)
            {
                await client.SendAsync(request);
            }
        }
        catch (RpcException)
        {
            // The server has ended it already; why is what the responses end with.
        }

        Assert.True((await ended).StatusCode == expected, $"{what}: {await ended}");
        await Eventually.IsAsync(() => host.Streams.Count, static count => count == 0, "the leg has its stream no longer");
    }

    [Fact]
    public async Task RandomOrders_NeverBreakTheServer_AndLargeFramesAreTaken()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Random random = new(20261123);
        for (int round = 0; round < 40; round++)
        {
            string callId = host.Calls.Begin();
            using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Codec = (AudioCodec)random.Next(4), Listen = (Listen)random.Next(5), Speak = (Speak)random.Next(2) });
            Task<Status> ended = client.EndAsync();
            try
            {
                for (int i = random.Next(30); i > 0; i--)
                {
                    byte[] data = new byte[random.Next(3) switch { 0 => random.Next(10), 1 => random.Next(2000), _ => random.Next(200_000) }];
                    random.NextBytes(data);
                    await client.SendAsync(random.Next(6) switch
                    {
                        0 => new AudioRequest { Mark = new AudioMark { Name = new string('é', random.Next(1, 65)) } },
                        1 => new AudioRequest { Clear = new AudioClear() },
                        2 when random.Next(20) == 0 => new AudioRequest { Start = new AudioStart() },
                        _ => Audio(data),
                    });
                    if (host.Streams.Count > 0 && random.Next(2) == 0)
                    {
                        host.Streams.Tick(callId, (short)i);
                    }
                }

                await client.CompleteAsync();
            }
            catch (RpcException)
            {
                // Refused; with what is below.
            }

            if (!ended.IsCompleted)
            {
                await Eventually.IsAsync(() => ended.IsCompleted || host.Streams.Count > 0, static ready => ready, "the stream is there");
                if (!ended.IsCompleted)
                {
                    host.Streams.End(callId);
                }
            }

            Status status = await ended;

            // Cancelled: a refusal that comes in the middle of a large write may reach the client as the end of its write alone.
            Assert.True(status.StatusCode is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.Cancelled, $"Round {round}: {status}, {status.DebugException}");
            await Eventually.IsAsync(() => host.Streams.Count, static count => count == 0, "the stream has ended");
        }
    }

    [Fact]
    public async Task CallOfAnother_IsNotFound_UnlessForAnOperator_AndIsLeftWhenAnotherTakesIt()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient owner = await host.OpenAsync(new Open { Controller = "agent-1" });
        string callId = host.Calls.Begin();
        using AudioClient before = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Speak = Speak.None }, s_asOther);
        await before.TakeAsync(Kind.Started);
        await owner.ClaimAsync(callId);

        using AudioClient refused = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Speak = Speak.None }, s_asOther);
        Assert.Equal(StatusCode.NotFound, (await refused.EndAsync()).StatusCode);

        // Who listened while nobody had the call hears no more of it.
        host.Streams.End(callId);
        Assert.Equal(StatusCode.Aborted, (await before.EndAsync()).StatusCode);

        using AudioClient mine = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId }, new Metadata { { "mediacore-controller", "agent-1" } });
        await mine.TakeAsync(Kind.Started);
        using AudioClient operators = await AudioClient.OpenAsync(host, new AudioStart { CallId = callId, Speak = Speak.None });
        await operators.TakeAsync(Kind.Started);
    }

    [Fact]
    public async Task ABoundToken_StreamsAsItsControllerAlone()
    {
        await using ControlHost host = await ControlHost.StartAsync(identity: new ControlIdentity("token", "ivr", IsOperator: false));
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = host.Calls.Begin() }, s_asOther);
        Assert.Equal(StatusCode.PermissionDenied, (await client.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Refusal_IsAStatusWithTheProblem_AndAServerThatStopsSaysSo()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        host.Streams.Refusal = Engine.Control.CommandReply.Refuse(Engine.Control.CommandStatus.FailedPrecondition, "answer it first");
        using AudioClient refused = await AudioClient.OpenAsync(host, new AudioStart { CallId = "x" });
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "answer it first"), await refused.EndAsync());
        host.Streams.Refusal = null;
        using AudioClient client = await AudioClient.OpenAsync(host, new AudioStart { CallId = "x" });
        await client.TakeAsync(Kind.Started);
        host.Stop();
        Assert.Equal(StatusCode.Unavailable, (await client.EndAsync()).StatusCode);
        Assert.True(host.Streams["x"].IsEnded);
    }

    [Fact]
    public async Task TwoHundredStreams_AreOpenAtOnce_AndAClientThatGoesEndsItsOwn()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string[] calls = [.. Enumerable.Range(0, 200).Select(_ => host.Calls.Begin())];
        AudioClient[] clients = await Task.WhenAll(calls.Select(id => AudioClient.OpenAsync(host, new AudioStart { CallId = id, SampleRateHz = 8000 })));
        await Task.WhenAll(clients.Select(static c => c.TakeAsync(Kind.Started)));
        Assert.Equal(200, host.Streams.Count);
        foreach (string id in calls)
        {
            host.Streams.Tick(id, 9);
        }

        Assert.All(await Task.WhenAll(clients.Select(static c => c.TakeAsync(Kind.Audio))), static frame => Assert.Equal(9, First(frame)));
        Array.ForEach(clients[..150], static c => c.Dispose());
        await Eventually.IsAsync(() => host.Streams.Count, static count => count == 50, "the rest goes on");
        Array.ForEach(clients[150..], static c => c.Dispose());
    }

    private static AudioRequest Start(AudioCodec codec = AudioCodec.L16, Speak speak = Speak.Mix) => new() { Start = new AudioStart { CallId = "x", Codec = codec, Speak = speak } };
}
