using MediaCore.Engine.MediaSessions.Reports;

namespace MediaCore.Engine.Tests.MediaSessions;

/// <summary>A peer's count of losses, held against what was sent to it.</summary>
public sealed class SentStreamMeterTests
{
    private SentStreamMeter _meter;

    [Theory]
    [InlineData(100, 0)]
    [InlineData(145, 0.05)]
    [InlineData(90, 0)]
    [InlineData(5000, 1)]
    public void LossBeforeUs_IsSubtracted(int reported, double expected)
    {
        _meter.Observe(1, 90, 10, 90);
        _meter.Observe(1, 900, 100, 900);
        Assert.Equal(expected, _meter.GetLoss(reported), 3);
    }

    [Fact]
    public void PeerThatJoinsLate_HasHeardNothingOfWhatWasBefore()
    {
        // 1,000 packets and 200 losses before it, 100 and 10 with it.
        _meter.Observe(1, 1000, 200, 0);
        _meter.Observe(1, 1100, 210, 100);
        Assert.Equal(0.05, _meter.GetLoss(15), 3);
    }

    [Fact]
    public void AnotherStream_CountsByItself()
    {
        _meter.Observe(1, 1000, 200, 1000);

        // Noticed 50 packets after it has begun.
        _meter.Observe(2, 50, 5, 1050);
        _meter.Observe(2, 100, 10, 1100);
        Assert.Equal(0.02, _meter.GetLoss(12), 3);

        // The same one began its numbers anew.
        _meter.Observe(2, 40, 0, 1140);
        Assert.Equal(0.1, _meter.GetLoss(4), 3);
    }

    [Fact]
    public void PacketsThatWereNotPassedOn_AreNotLost()
    {
        _meter.Observe(1, 100, 0, 100);
        _meter.Observe(1, 200, 0, 150);
        Assert.Equal(0.02, _meter.GetLoss(53), 3);
    }

    /// <summary>Transcoded for a minute, or with our music in its place: what was not passed on then is none of the losses that the peer counts afterwards.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public void LongPause_IsANewBeginning(int sentBefore)
    {
        _meter.Observe(1, 500, 0, sentBefore);
        for (int received = 600; received <= 4000; received += 100)
        {
            _meter.Observe(1, received, 0, sentBefore);
        }

        _meter.Observe(1, 4100, 0, sentBefore + 100);
        _meter.Observe(1, 4200, 10, sentBefore + 200);
        Assert.Equal(0.03, _meter.GetLoss(16), 3);
    }

    [Fact]
    public void NothingSent_IsNoLoss()
    {
        Assert.Equal(0, _meter.GetLoss(7));
        _meter.Observe(1, 100, 0, 0);
        Assert.Equal(0, _meter.GetLoss(7));
    }
}
