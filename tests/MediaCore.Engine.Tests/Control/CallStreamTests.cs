using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Streams on the legs of calls, by the seam.</summary>
public sealed class CallStreamTests : ControlTest
{
    private readonly PeerMedia _media;

    public CallStreamTests()
    {
        _media = new PeerMedia(Alice, 40000);
    }

    private IStreamControl Streams => (IStreamControl)World.Control;

    private CommandReply Attach(AudioStream stream, string? callId = null, string? legId = null) => World.Answer(Streams.AttachAsync(callId ?? CallId, legId, stream));

    [Fact]
    public void ALeg_IsHeardAndSpokenTo_UntilItsCallEnds()
    {
        PeerDialog caller = Answered();
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 8000 });
        CommandReply reply = Attach(stream);
        Assert.Equal((CommandStatus.Accepted, CallId + "-0"), (reply.Status, reply.LegId));
        int port = int.Parse(Alice.History.Last(static m => m.Message.Kind == "200 INVITE").Message.Sdp("m=").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        stream.Write([.. Enumerable.Range(0, 8000).Select(static n => (short)(8000 * Math.Sin(2 * Math.PI * 1100 * n / 8000)))]);
        for (int i = 0; i < 40; i++)
        {
            _media.SendTone(port, 400);
            World.Advance(0.02);
        }

        Assert.True(Goertzel.IsTone(_media.HearSound(20), 1100, 8000, -20));
        List<short> said = [];
        short[] frame = new short[160];
        while (stream.TryRead(frame, out _))
        {
            said.AddRange(frame);
        }

        Assert.True(Goertzel.IsTone([.. said[^3200..]], 400, 8000, -20));
        Assert.False(stream.IsEnded);
        caller.HangUp();
        Assert.True(stream.IsEnded);
    }

    [Fact]
    public void WhatCannotBeAttached_IsRefused_WithWhatToDo()
    {
        PeerDialog caller = Claimed();
        using AudioStream speaks = new(new AudioStreamOptions());
        using AudioStream listens = new(new AudioStreamOptions { Speaks = false });
        using AudioStream gone = new(new AudioStreamOptions());
        gone.Dispose();
        Assert.Equal(CommandStatus.FailedPrecondition, Attach(speaks).Status);
        Assert.Equal(CommandStatus.FailedPrecondition, Attach(listens).Status);
        Assert.Equal(CommandStatus.NotFound, Attach(speaks, "nowhere").Status);
        Assert.Equal(CommandStatus.NotFound, Attach(speaks, legId: CallId + "-7").Status);
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.NotNull(End(answer));
        Assert.Equal(CommandStatus.FailedPrecondition, Attach(gone).Status);
        Assert.Equal(CommandStatus.Accepted, Attach(speaks).Status);
        using AudioStream second = new(new AudioStreamOptions());
        CommandReply refusal = Attach(second);
        Assert.Equal(CommandStatus.FailedPrecondition, refusal.Status);
        Assert.Contains("only listen", refusal.Problem, StringComparison.Ordinal);
        Assert.Equal(CommandStatus.Accepted, Attach(listens).Status);
        caller.HangUp();
        Assert.True(speaks.IsEnded && listens.IsEnded && !second.IsEnded);
    }
}
