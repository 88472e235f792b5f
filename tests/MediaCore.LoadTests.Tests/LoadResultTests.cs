using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Tests;

public sealed class LoadResultTests
{
    // Ten calls of two seconds, transcoded: the server's own streams go on for the half second in which the generator listens without speaking.
    private static CallTotals Heard() => new()
    {
        Started = 10,
        Ended = 10,
        Sides = 20,
        TranscodedSides = 20,
        TranscodedSent = 2000,
        TranscodedReceived = 2450,
        Windows = 490,
        ToneWindows = 400,
    };

    [Fact]
    public void TranscodedCallsThatAreHeard_AreWhole()
    {
        Assert.True(Result(Heard()).IsWhole);
        Assert.True(Result(new CallTotals { Started = 10, Ended = 10 }).IsWhole);
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("nothing")]
    [InlineData("one way")]
    [InlineData("twice")]
    [InlineData("undecoded")]
    [InlineData("mute")]
    [InlineData("not sent")]
    public void WhatIsNotHeard_IsNotWhole(string what)
    {
        CallTotals totals = Heard();
        switch (what)
        {
            case "silence":
                totals.ToneWindows = 0;
                break;
            case "nothing":
                totals.TranscodedReceived = totals.Windows = totals.ToneWindows = 0;
                break;
            case "one way":
                totals.TranscodedReceived /= 2;
                totals.Windows /= 2;
                totals.ToneWindows /= 2;
                break;
            case "twice":
                totals.TranscodedReceived *= 2;
                break;
            case "undecoded":
                totals.Undecoded = 1;
                break;
            case "mute":
                totals.MuteSides = 1;
                break;
            default:
                totals.SendErrors = 1;
                break;
        }

        Assert.False(Result(totals).IsWhole);
    }

    [Fact]
    public void Level_IsBrokenByATranscoderThatIsNotHeard()
    {
        ServiceLevel level = new(100, 0.01, 0.001);
        CallTotals silent = Heard();
        silent.ToneWindows = 0;

        Assert.Equal("", level.Broken(Result(Heard())));
        Assert.Equal("transcoded: 2450 packets of 2000, tone in 0 of 490 tenths of a second", level.Broken(Result(silent)));
    }

    [Fact]
    public void CallsThatAreNearlyAllEnds_StillHaveToHaveSomeTone()
    {
        CallTotals totals = new() { TranscodedSides = 20, TranscodedSent = 400, TranscodedReceived = 800, Windows = 160, ToneWindows = 40 };
        Assert.True(TranscodedSound.IsHeard(totals));

        totals.ToneWindows = 0;
        Assert.False(TranscodedSound.IsHeard(totals));
    }

    [Fact]
    public void WhereSoundIsLostOnPurpose_HalfOfTheGapsHaveToBeConcealed()
    {
        // Calls of 20 s of which 6 % was lost; 98 % less 3 % at the ends is for those without a gap.
        CallTotals totals = new() { TranscodedSides = 20, TranscodedSent = 20_000, TranscodedReceived = 20_450, TranscodedDropped = 1200, Windows = 4000, ToneWindows = 3250 };
        Assert.True(TranscodedSound.IsHeard(totals));

        totals.TranscodedDropped = 0;
        Assert.False(TranscodedSound.IsHeard(totals));
    }

    internal static LoadResult Result(CallTotals totals)
    {
        LatencySummary none = new(0, 0, 0, 0, 0);
        return new LoadResult([], [], totals, [], none, none, none, none, none, 0, 0, double.NaN, 0, 1);
    }
}
