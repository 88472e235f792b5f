using System.Net;
using MediaCore.Audio.Codecs;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Scenarios;
using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Tests;

public sealed class RtpStreamTests
{
    [Fact]
    public void AStreamWhosePacketsAreUsedUp_StopsAndSaysSo()
    {
        using MediaEndpoint endpoint = new(NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0));
        using RtpStream stream = new(endpoint, SoundKind.Relayed, new PacketSeries(new Sound(CodecDescriptor.Pcmu, 440), 160, 3, null), null) { Remote = endpoint.Local, IsSending = true };

        for (int i = 0; i < 3; i++)
        {
            stream.SendNext();
        }

        Assert.Equal((3L, true, false), (stream.Sent, stream.IsSending, stream.IsUsedUp));
        stream.SendNext();
        Assert.Equal((3L, false, true), (stream.Sent, stream.IsSending, stream.IsUsedUp));
    }

    [Fact]
    public void APacketThatIsLostOnPurpose_HasItsNumber_AndIsNotSent()
    {
        using MediaEndpoint endpoint = new(NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0));
        PacketSeries series = new(new Sound(CodecDescriptor.Pcmu, 440), 160, 3, null);
        using RtpStream stream = new(endpoint, SoundKind.Relayed, series, null) { Remote = endpoint.Local, IsSending = true };

        stream.SendNext();
        stream.SendNext(isLost: true);
        stream.SendNext();

        Assert.Equal((2L, 1L), (stream.Sent, stream.Dropped));
        StampedBatch came = endpoint.Fetch();
        Assert.Equal(2, came.Count);
        Assert.True(came.Datagram(0).SequenceEqual(series[0]) && came.Datagram(1).SequenceEqual(series[2]));
    }

    [Fact]
    public void ASeries_LastsForAsLongAsOneReinviteIsWaitedFor()
    {
        ScenarioStep[] steps = [new(StepKind.Invite), new(StepKind.Talk, TimeSpan.FromSeconds(2)), new(StepKind.Reinvite), new(StepKind.Talk, TimeSpan.FromSeconds(1)), new(StepKind.Bye)];
        SeriesSet series = new(new ScenarioMix([(new Scenario { Name = "reinvite", Media = MediaKind.Pcmu, Steps = steps }, 1)]));

        // 3 s of talk, 64 s until a re-INVITE with a 100 has failed.
        Assert.True(series.OfCaller(MediaKind.Pcmu).Count > (3 + 64) * Sound.FramesPerSecond);
    }
}
