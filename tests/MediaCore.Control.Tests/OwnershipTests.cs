using MediaCore.Control.Controllers;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Tests;

/// <summary>Who is there, since when, until when.</summary>
public class OwnershipTests
{
    private static readonly ReleaseTerms s_terms = new(TimeSpan.FromSeconds(10), ReleasePolicy.HangUp);

    /// <summary>What can happen to a controller.</summary>
    private enum Step
    {
        OpenA,
        OpenB,
        CloseA,
        CloseB,
        Touch,
        Wait9,
        Wait21,
        Wait601,
    }

    [Fact]
    public void EverySequenceOfFiveSteps_KeepsTheRules()
    {
        Step[] steps = Enum.GetValues<Step>();
        int[] path = new int[5];
        int sequences = 0;
        do
        {
            Follow([.. path.Select(i => steps[i])]);
            sequences++;
        }
        while (Next(path, steps.Length));
        Assert.Equal((int)Math.Pow(steps.Length, path.Length), sequences);
    }

    [Fact]
    public void Epoch_GrowsOverAllControllers()
    {
        Ownership ownership = new(new ManualTime());
        long last = 0;
        for (int i = 0; i < 100; i++)
        {
            long epoch = ownership.Open($"c{i % 3}", s_terms, new object())!.Value.Epoch;
            Assert.True(epoch > last);
            last = epoch;
        }
    }

    [Fact]
    public void Controllers_Forgotten_MakeRoom_ThoseWithCallsDoNot()
    {
        ManualTime time = new();
        Ownership ownership = new(time);
        for (int i = 0; i < ControlServiceLimits.MaxControllers; i++)
        {
            Assert.NotNull(ownership.Touch($"c{i}"));
        }

        Assert.Null(ownership.Touch("one more"));
        Assert.Null(ownership.Open("one more", s_terms, new object()));
        time.Advance(ControlServiceLimits.UnaryLease);
        Assert.Equal(ControlServiceLimits.MaxControllers, ownership.Expire().Count);
        Assert.NotNull(ownership.Open("one more", s_terms, new object()));
        Assert.Equal(ControlServiceLimits.MaxControllers, ownership.Count);
    }

    private static bool Next(int[] path, int count)
    {
        for (int i = path.Length - 1; i >= 0; i--)
        {
            if (++path[i] < count)
            {
                return true;
            }

            path[i] = 0;
        }

        return false;
    }

    /// <summary>The rules in other words: a model that only knows who is attached, and until when it is waited for.</summary>
    private static void Follow(Step[] steps)
    {
        ManualTime time = new();
        Ownership ownership = new(time);
        object[] sessions = [new(), new()];
        object? attached = null;
        TimeSpan now = TimeSpan.Zero;
        TimeSpan? waits = null;
        TimeSpan? remembered = null;
        TimeSpan grace = ControlServiceLimits.DefaultGrace;
        long epoch = 0;
        foreach (Step step in steps)
        {
            string at = string.Join(' ', steps);
            switch (step)
            {
                case Step.OpenA or Step.OpenB:
                    object session = sessions[step - Step.OpenA];
                    OwnershipResult opened = ownership.Open("c", s_terms, session)!.Value;
                    Assert.True(ReferenceEquals(attached, opened.Replaced), at);
                    Assert.True(opened.Epoch > epoch, at);
                    (attached, epoch, waits, remembered, grace) = (session, opened.Epoch, null, null, s_terms.Grace);
                    break;
                case Step.CloseA or Step.CloseB:
                    session = sessions[step - Step.CloseA];
                    ownership.Close("c", session);
                    if (ReferenceEquals(attached, session))
                    {
                        (attached, waits) = (null, now + grace);
                    }

                    break;
                case Step.Touch:
                    OwnershipResult touched = ownership.Touch("c")!.Value;
                    Assert.Equal(attached is not null || waits is not null, touched.Epoch == epoch);
                    Assert.True(touched.Epoch >= epoch, at);
                    epoch = touched.Epoch;
                    if (attached is null)
                    {
                        TimeSpan lease = now + ControlServiceLimits.UnaryLease;
                        waits = waits > lease ? waits : lease;
                        remembered = null;
                    }

                    break;
                default:
                    TimeSpan time1 = TimeSpan.FromSeconds(step == Step.Wait9 ? 9 : step == Step.Wait21 ? 21 : 601);
                    time.Advance(time1);
                    now += time1;
                    IReadOnlyList<LostController> lost = ownership.Expire();
                    if (waits <= now)
                    {
                        Assert.True(lost.Count == 1, at);
                        (waits, remembered) = (null, now + ControlServiceLimits.ComeBackTime);
                    }
                    else
                    {
                        Assert.True(lost.Count == 0, at);
                        remembered = remembered <= now ? null : remembered;
                    }

                    break;
            }

            Assert.True(ownership.GetEpoch("c") == (attached is not null || waits is not null ? epoch : null), at);
            Assert.True(ownership.Count == (attached is not null || waits is not null || remembered is not null ? 1 : 0), at);
            Assert.True(ownership.NextDeadline == (waits ?? remembered) - now, at);
        }
    }
}
