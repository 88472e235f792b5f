using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Control;

/// <summary>The rules of gathering, by every sequence of what can happen up to a length, and by example.</summary>
public sealed class DigitGatherTests
{
    private const int Depth = 6;

    private static readonly TimeSpan s_initial = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_interdigit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_overall = TimeSpan.FromSeconds(11);

    /// <summary>A digit, a terminator, the prompt's end, time: less than any timer, exactly the one between digits, exactly the initial one.</summary>
    private enum Input
    {
        Digit,
        Terminator,
        PromptEnd,
        Second,
        ThreeSeconds,
        FiveSeconds,
    }

    [Theory]
    [InlineData(true, true, 1, 1)]
    [InlineData(true, false, 1, 1)]
    [InlineData(true, true, 2, 3)]
    [InlineData(true, false, 2, 3)]
    [InlineData(false, true, 2, 3)]
    [InlineData(false, true, 0, 2)]
    [InlineData(false, false, 0, 2)]
    public void EverySequence_KeepsTheRules(bool bargeIn, bool hasPrompt, int min, int max)
    {
        foreach (TimeSpan overall in (TimeSpan[])[TimeSpan.Zero, s_overall])
        {
            var terms = new GatherTerms(min, max, "#", s_initial, s_interdigit, overall, bargeIn);
            for (int length = 1; length <= Depth; length++)
            {
                var inputs = new Input[length];
                for (int number = 0; number < (int)Math.Pow(6, length); number++)
                {
                    int rest = number;
                    for (int i = 0; i < length; i++)
                    {
                        inputs[i] = (Input)(rest % 6);
                        rest /= 6;
                    }

                    Check(terms, hasPrompt, inputs);
                }
            }
        }
    }

    /// <summary>Drives a gather and a second account of it, kept as the history of what was typed and when.</summary>
    private static void Check(in GatherTerms terms, bool hasPrompt, Input[] inputs)
    {
        var gather = new DigitGather(terms);
        Timestamp start = Timestamp.FromMilliseconds(1000);
        Timestamp now = start;
        Timestamp? promptEnd = hasPrompt ? null : start;
        Timestamp lastDigit = default;
        int typed = 0;
        bool isTerminated = false;
        Timestamp? endedAt = null;
        gather.Start(now, hasPrompt);
        foreach (Input input in inputs)
        {
            bool takes = gather.Wants;
            switch (input)
            {
                case Input.Digit:
                    Assert.Equal(takes, gather.Take('1', now));
                    typed += takes ? 1 : 0;
                    lastDigit = takes ? now : lastDigit;
                    break;
                case Input.Terminator:
                    Assert.Equal(takes, gather.Take('#', now));
                    isTerminated |= takes;
                    break;
                case Input.PromptEnd:
                    gather.EndPrompt(now);
                    promptEnd ??= now;
                    break;
                default:
                    Timestamp target = now + TimeSpan.FromSeconds(input == Input.Second ? 1 : input == Input.ThreeSeconds ? 3 : 5);
                    if (gather.NextDeadline <= target)
                    {
                        // A tick before it nothing happens.
                        Timestamp deadline = gather.NextDeadline;
                        gather.HandleDeadline(new Timestamp(deadline.Nanoseconds - 1));
                        Assert.False(gather.IsEnded);
                        gather.HandleDeadline(deadline);
                        Assert.True(gather.IsEnded);
                        endedAt = deadline;
                    }

                    now = target;
                    break;
            }

            if (gather.IsEnded)
            {
                CheckEnd(gather, terms, promptEnd, start, endedAt ?? now, typed, isTerminated, lastDigit);
                Assert.False(gather.Take('9', now));
                gather.HandleDeadline(now + TimeSpan.FromHours(1));
                gather.EndPrompt(now);
                Assert.Equal(Timestamp.Never, gather.NextDeadline);
                Assert.Equal(typed, gather.Digits.Length);
                return;
            }

            // It always comes to an end by itself, unless it waits for the prompt to do so.
            bool waits = promptEnd is null && terms.Overall == TimeSpan.Zero && (!terms.BargeIn || typed == 0);
            Assert.Equal(waits, gather.NextDeadline == Timestamp.Never);
            Assert.Equal(terms.BargeIn && typed > 0, gather.Interrupts);
        }
    }

    private static void CheckEnd(DigitGather gather, in GatherTerms terms, Timestamp? promptEnd, Timestamp start, Timestamp at, int typed, bool isTerminated, Timestamp lastDigit)
    {
        bool mustHear = !terms.BargeIn && promptEnd is null;
        Timestamp timed = !terms.BargeIn && promptEnd is { } ended && ended > lastDigit ? ended : lastDigit;
        switch (gather.Reason)
        {
            case GatherEnd.NoInput:
                Assert.Equal((0, false, promptEnd + s_initial), (typed, isTerminated, (Timestamp?)at));
                break;
            case GatherEnd.MaxDigits:
                Assert.Equal(terms.MaxDigits, typed);
                break;
            case GatherEnd.Terminator:
                Assert.True(isTerminated && typed >= terms.MinDigits);
                break;
            case GatherEnd.Interdigit:
                Assert.True(typed >= terms.MinDigits && typed > 0 && !isTerminated);
                Assert.Equal(timed + s_interdigit, at);
                break;
            case GatherEnd.NoMatch:
                Assert.True(typed < terms.MinDigits);
                Assert.True(isTerminated || at == timed + s_interdigit);
                break;
            case GatherEnd.Overall:
                Assert.Equal((s_overall, start + s_overall), (terms.Overall, at));
                return;
            default:
                Assert.Fail($"{gather.Reason}");
                break;
        }

        // A prompt that may not be interrupted is heard to its end whatever is typed; only the overall time is above it.
        Assert.False(mustHear && at < start + (terms.Overall == TimeSpan.Zero ? TimeSpan.FromDays(1) : terms.Overall));
    }

    [Fact]
    public void TheFirstDigit_CancelsTheInitialTimer_ForGood()
    {
        DigitGather gather = new(new GatherTerms(1, 4, "#", s_initial, s_interdigit, TimeSpan.Zero, BargeIn: true));
        Timestamp now = Timestamp.FromMilliseconds(0);
        gather.Start(now, hasPrompt: false);
        now += TimeSpan.FromSeconds(4.9);
        gather.Take('4', now);
        Assert.Equal(now + s_interdigit, gather.NextDeadline);
        gather.HandleDeadline(now + s_interdigit);
        Assert.Equal((GatherEnd.Interdigit, "4"), (gather.Reason, gather.Digits));
    }

    [Fact]
    public void ADigitThatInterruptsThePrompt_IsTakenOnce()
    {
        DigitGather gather = new(new GatherTerms(1, 4, "#", s_initial, s_interdigit, TimeSpan.Zero, BargeIn: true));
        Timestamp now = Timestamp.FromMilliseconds(0);
        gather.Start(now, hasPrompt: true);
        Assert.Equal((false, Timestamp.Never), (gather.Interrupts, gather.NextDeadline));
        gather.Take('7', now);
        Assert.True(gather.Interrupts);
        gather.EndPrompt(now);
        gather.Take('8', now);
        gather.Take('#', now);
        Assert.Equal((GatherEnd.Terminator, "78", '#'), (gather.Reason, gather.Digits, gather.Terminator));
    }

    [Fact]
    public void WithoutBargeIn_AResultWaitsForThePromptsEnd_AndWhatIsTypedAfterItIsNotTaken()
    {
        DigitGather gather = new(new GatherTerms(1, 2, "#", s_initial, s_interdigit, TimeSpan.Zero, BargeIn: false));
        Timestamp now = Timestamp.FromMilliseconds(0);
        gather.Start(now, hasPrompt: true);
        Assert.True(gather.Take('1', now));
        Assert.True(gather.Take('2', now));
        Assert.False(gather.Take('3', now));
        Assert.False(gather.IsEnded);
        gather.EndPrompt(now + TimeSpan.FromSeconds(9));
        Assert.Equal((GatherEnd.MaxDigits, "12"), (gather.Reason, gather.Digits));
    }
}
