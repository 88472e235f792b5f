using MediaCore.Engine.Control;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>What a <see cref="DigitGather"/> waits for.</summary>
/// <param name="MinDigits">Fewest digits that are a result.</param>
/// <param name="MaxDigits">Digits after which it ends at once.</param>
/// <param name="Terminators">Digits that end it.</param>
/// <param name="Initial">How long the first digit may take, from the end of the prompt on.</param>
/// <param name="Interdigit">How long each further digit may take.</param>
/// <param name="Overall">How long all of it may take; zero for no bound.</param>
/// <param name="BargeIn">Whether a digit ends the prompt.</param>
internal readonly record struct GatherTerms(int MinDigits, int MaxDigits, string Terminators, TimeSpan Initial, TimeSpan Interdigit, TimeSpan Overall, bool BargeIn);

/// <summary>
/// Waits for digits. The initial timer runs from the end of the prompt and is cancelled for good by the first digit; from then on only the timer between two digits and the overall one run. A digit that interrupts the prompt is
/// taken once, like any other. Where the prompt may not be interrupted, digits are taken meanwhile, their timers wait for its end, and so does a result. Driven by its owner with the time; <see cref="NextDeadline"/> says when
/// <see cref="HandleDeadline"/> is due.
/// </summary>
internal sealed class DigitGather(in GatherTerms terms)
{
    private readonly GatherTerms _terms = terms;
    private readonly char[] _digits = new char[ControlLimits.MaxGatheredDigits];
    private int _count;
    private bool _isPrompting;
    private Timestamp _timer = Timestamp.Never;
    private Timestamp _limit = Timestamp.Never;
    private GatherEnd? _result;

    /// <summary>Whether it is over.</summary>
    public bool IsEnded => Reason is not null;

    /// <summary>Whether it takes more digits.</summary>
    public bool Wants => Reason is null && _result is null;

    /// <summary>Why it is over; null while it is not.</summary>
    public GatherEnd? Reason { get; private set; }

    /// <summary>The digits so far, without the terminator.</summary>
    public string Digits => new(_digits, 0, _count);

    /// <summary>The terminator; null where none was typed.</summary>
    public char? Terminator { get; private set; }

    /// <summary>Whether the prompt, where it is still played, is to end: a digit has interrupted it.</summary>
    public bool Interrupts => _terms.BargeIn && (_count > 0 || Terminator is not null);

    /// <summary>When <see cref="HandleDeadline"/> is due; never once it is over.</summary>
    public Timestamp NextDeadline => IsEnded ? Timestamp.Never : Timestamp.Min(_timer, _limit);

    /// <summary>It begins: with a prompt, whose end is told by <see cref="EndPrompt"/>, or without.</summary>
    public void Start(Timestamp now, bool hasPrompt)
    {
        _isPrompting = hasPrompt;
        _limit = _terms.Overall > TimeSpan.Zero ? now + _terms.Overall : Timestamp.Never;
        _timer = hasPrompt ? Timestamp.Never : now + _terms.Initial;
    }

    /// <summary>The prompt is over, heard or interrupted.</summary>
    public void EndPrompt(Timestamp now)
    {
        if (!_isPrompting || IsEnded)
        {
            return;
        }

        _isPrompting = false;
        if (_result is { } result)
        {
            End(result);
        }
        else if (_timer == Timestamp.Never)
        {
            _timer = now + (_count == 0 ? _terms.Initial : _terms.Interdigit);
        }
    }

    /// <summary>A digit. False when it is none of this gather's any more.</summary>
    public bool Take(char digit, Timestamp now)
    {
        if (!Wants)
        {
            return false;
        }

        if (_terms.Terminators.Contains(digit))
        {
            Terminator = digit;
            Settle(_count >= _terms.MinDigits ? GatherEnd.Terminator : GatherEnd.NoMatch);
            return true;
        }

        _digits[_count++] = digit;
        _timer = _isPrompting && !_terms.BargeIn ? Timestamp.Never : now + _terms.Interdigit;
        if (_count >= _terms.MaxDigits)
        {
            Settle(GatherEnd.MaxDigits);
        }

        return true;
    }

    /// <summary>A timer is due.</summary>
    public void HandleDeadline(Timestamp now)
    {
        if (IsEnded)
        {
            return;
        }

        if (now >= _limit)
        {
            End(_result ?? GatherEnd.Overall);
        }
        else if (now >= _timer)
        {
            End(_count == 0 ? GatherEnd.NoInput : _count >= _terms.MinDigits ? GatherEnd.Interdigit : GatherEnd.NoMatch);
        }
    }

    /// <summary>It is ended from outside.</summary>
    public void Stop(GatherEnd reason)
    {
        if (!IsEnded)
        {
            End(reason);
        }
    }

    /// <summary>There is a result. It waits for a prompt that must be heard to its end.</summary>
    private void Settle(GatherEnd result)
    {
        if (_isPrompting && !_terms.BargeIn)
        {
            _result = result;
            _timer = Timestamp.Never;
        }
        else
        {
            End(result);
        }
    }

    private void End(GatherEnd reason)
    {
        Reason = reason;
        _timer = _limit = Timestamp.Never;
    }
}
