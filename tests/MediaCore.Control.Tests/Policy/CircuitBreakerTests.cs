using MediaCore.Control.Policy;
using MediaCore.Primitives;

namespace MediaCore.Control.Tests.Policy;

/// <summary>State × input of the breaker: what each outcome does in each state, and when.</summary>
public sealed class CircuitBreakerTests
{
    private readonly CircuitBreaker _breaker = new(new BreakerOptions { Failures = 3, Ratio = 0.5, MinQuestions = 10, OpenFor = TimeSpan.FromSeconds(5) });
    private Timestamp _now = Timestamp.FromMilliseconds(100_000);

    [Fact]
    public void Closed_FailuresInARow_OpenIt_AnAnswerBetweenThem_BeginsTheRowAnew()
    {
        Fail();
        Fail();
        Answer();
        Fail();
        Fail();
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Assert.True(_breaker.TryEnter(_now, out int generation));
        Assert.True(_breaker.NoteFailure(generation, _now));
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Closed_AShareOfFailures_OpensIt_FromTheLeastNumberOn()
    {
        for (int i = 0; i < 4; i++)
        {
            Fail();
            Answer();
        }

        Fail();
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail();
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Closed_FailuresBeyondTheWindow_DoNotCount()
    {
        for (int i = 0; i < 4; i++)
        {
            Fail();
            Answer();
        }

        _now += BreakerOptions.Window + TimeSpan.FromSeconds(1);
        Fail();
        Fail();
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Answer();
        for (int i = 0; i < 20; i++)
        {
            _now += TimeSpan.FromSeconds(3);
            Fail();
            Answer();
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Open_LetsNothingThrough_UntilItsTimeIsOver_ThenOneAtATime()
    {
        Open();
        _now += TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1);
        Assert.False(_breaker.TryEnter(_now, out _));
        _now += TimeSpan.FromTicks(1);
        Assert.True(_breaker.TryEnter(_now, out _));
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.False(_breaker.TryEnter(_now, out _));
    }

    [Fact]
    public void HalfOpen_AnAnswer_ClosesIt_WithNothingOfBefore()
    {
        int probe = HalfOpen();
        Assert.True(_breaker.NoteAnswer(probe, _now));
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail();
        Fail();
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void HalfOpen_AFailure_OpensItAgain_WhichIsNoNews()
    {
        int probe = HalfOpen();
        Assert.False(_breaker.NoteFailure(probe, _now));
        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.False(_breaker.TryEnter(_now + TimeSpan.FromSeconds(4.9), out _));
        Assert.True(_breaker.TryEnter(_now + TimeSpan.FromSeconds(5), out _));
    }

    [Fact]
    public void HalfOpen_AQuestionThatWasAbandoned_LetsTheNextTry()
    {
        int probe = HalfOpen();
        _breaker.NoteNothing(probe);
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.True(_breaker.TryEnter(_now, out int next));
        Assert.False(_breaker.TryEnter(_now, out _));
        Assert.True(_breaker.NoteAnswer(next, _now));
    }

    [Fact]
    public void OutcomesOfAnEarlierState_SayNothing()
    {
        Assert.True(_breaker.TryEnter(_now, out int early));
        Open();
        Assert.False(_breaker.NoteAnswer(early, _now));
        Assert.False(_breaker.NoteFailure(early, _now));
        Assert.Equal(BreakerState.Open, _breaker.State);
        _now += TimeSpan.FromSeconds(5);
        Assert.True(_breaker.TryEnter(_now, out _));
        _breaker.NoteNothing(early);
        Assert.False(_breaker.NoteAnswer(early, _now));
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.False(_breaker.TryEnter(_now, out _));
    }

    [Fact]
    public void Closed_AbandonedQuestions_DoNotCount()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_breaker.TryEnter(_now, out int generation));
            _breaker.NoteNothing(generation);
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    private int HalfOpen()
    {
        Open();
        _now += TimeSpan.FromSeconds(5);
        Assert.True(_breaker.TryEnter(_now, out int probe));
        return probe;
    }

    private void Open()
    {
        Fail();
        Fail();
        Fail();
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    private void Fail()
    {
        Assert.True(_breaker.TryEnter(_now, out int generation));
        _breaker.NoteFailure(generation, _now);
    }

    private void Answer()
    {
        Assert.True(_breaker.TryEnter(_now, out int generation));
        Assert.False(_breaker.NoteAnswer(generation, _now));
    }
}
