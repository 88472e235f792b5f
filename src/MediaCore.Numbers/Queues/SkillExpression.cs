using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Numbers.Queues;

/// <summary>
/// What is asked of an agent's skills: comparisons of a skill's level (0 to 100; 0 where the agent has no such skill) joined by <c>&amp;</c> and <c>|</c>, with <c>!</c> and parentheses:
/// <c>english &gt;= 50 &amp; (sales | !trainee)</c>. A name alone asks for more than 0. Immutable.
/// </summary>
public sealed class SkillExpression
{
    private readonly Term[] _terms;
    private readonly string[] _skills;

    private SkillExpression(string text, Term[] terms)
    {
        Text = text;
        _terms = terms;
        _skills = [.. terms.Where(static term => term.Skill is not null).Select(static term => term.Skill!).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private enum Operation : byte
    {
        Less,
        LessOrEqual,
        Equal,
        NotEqual,
        Greater,
        GreaterOrEqual,
        And,
        Or,
        Not,
    }

    /// <summary>Asks for nothing.</summary>
    public static SkillExpression None { get; } = new("", []);

    /// <summary>What it was read from.</summary>
    public string Text { get; }

    /// <summary>Whether it asks for nothing.</summary>
    public bool IsNone => _terms.Length == 0;

    /// <summary>Reads an expression; an empty text asks for nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="expression">What it says.</param>
    /// <param name="problem">What is wrong with it, and where.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SkillExpression? expression, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        expression = null;
        if (text.Length > QueueLimits.MaxSkillChars)
        {
            problem = $"A skill expression has at most {QueueLimits.MaxSkillChars} characters.";
            return false;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            (expression, problem) = (None, "");
            return true;
        }

        var reader = new Reader(text);
        if (!reader.TryReadOr(depth: 0) || !reader.TryEnd())
        {
            problem = reader.Problem;
            return false;
        }

        (expression, problem) = (new SkillExpression(text.Trim(), [.. reader.Terms]), "");
        return true;
    }

    /// <summary>Both this and that skills have at least those levels.</summary>
    public SkillExpression With(IReadOnlyDictionary<string, int> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        SkillExpression result = this;
        foreach ((string skill, int level) in levels.OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            var term = new Term(Operation.GreaterOrEqual, skill, level);
            string text = $"{skill} >= {level}";
            result = result.IsNone ? new SkillExpression(text, [term]) : new SkillExpression($"({result.Text}) & {text}", [.. result._terms, term, new Term(Operation.And)]);
        }

        return result;
    }

    /// <summary>Whether somebody with these skills will do.</summary>
    public bool Matches(IReadOnlyDictionary<string, int> skills)
    {
        ArgumentNullException.ThrowIfNull(skills);
        if (_terms.Length == 0)
        {
            return true;
        }

        Span<bool> stack = stackalloc bool[QueueLimits.MaxSkillTerms];
        int top = 0;
        foreach (ref readonly Term term in _terms.AsSpan())
        {
            switch (term.Operation)
            {
                case Operation.And:
                    top--;
                    stack[top - 1] &= stack[top];
                    break;
                case Operation.Or:
                    top--;
                    stack[top - 1] |= stack[top];
                    break;
                case Operation.Not:
                    stack[top - 1] = !stack[top - 1];
                    break;
                default:
                    stack[top++] = term.Compare(skills.TryGetValue(term.Skill!, out int level) ? level : 0);
                    break;
            }
        }

        return stack[0];
    }

    /// <summary>The sum of an agent's levels of the skills that are asked for.</summary>
    public long Score(IReadOnlyDictionary<string, int> skills)
    {
        ArgumentNullException.ThrowIfNull(skills);
        long score = 0;
        foreach (string skill in _skills)
        {
            score += skills.TryGetValue(skill, out int level) ? level : 0;
        }

        return score;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private readonly record struct Term(Operation Operation, string? Skill = null, int Level = 0)
    {
        public bool Compare(int level) => Operation switch
        {
            Operation.Less => level < Level,
            Operation.LessOrEqual => level <= Level,
            Operation.Equal => level == Level,
            Operation.NotEqual => level != Level,
            Operation.Greater => level > Level,
            _ => level >= Level,
        };
    }

    /// <summary>Recursive descent; terms come out in the order in which a stack carries them out.</summary>
    private sealed class Reader(string text)
    {
        private const int MaxDepth = 16;
        private int _at;

        public List<Term> Terms { get; } = [];

        public string Problem { get; private set; } = "";

        public bool TryReadOr(int depth)
        {
            if (!TryReadAnd(depth))
            {
                return false;
            }

            while (TryTake('|'))
            {
                if (!TryReadAnd(depth) || !TryAdd(new Term(Operation.Or)))
                {
                    return false;
                }
            }

            return true;
        }

        public bool TryEnd() => Peek() == '\0' || Fail("an operator (& or |) or the end");

        private bool TryReadAnd(int depth)
        {
            if (!TryReadNot(depth))
            {
                return false;
            }

            while (TryTake('&'))
            {
                if (!TryReadNot(depth) || !TryAdd(new Term(Operation.And)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryReadNot(int depth)
        {
            if (depth > MaxDepth)
            {
                return Fail($"at most {MaxDepth} levels of parentheses and negations");
            }

            if (TryTake('!'))
            {
                return TryReadNot(depth + 1) && TryAdd(new Term(Operation.Not));
            }

            if (TryTake('('))
            {
                return TryReadOr(depth + 1) && (TryTake(')') || Fail("a closing parenthesis"));
            }

            return TryReadComparison();
        }

        private bool TryReadComparison()
        {
            Peek();
            int start = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '.'))
            {
                _at++;
            }

            string skill = text[start.._at];
            if (skill.Length is 0 or > QueueLimits.MaxSkillNameChars || char.IsAsciiDigit(skill[0]))
            {
                _at = start;
                return Fail("the name of a skill (letters, digits, '_', '-', '.')");
            }

            Operation? operation = Peek() switch
            {
                '<' => Operation.Less,
                '>' => Operation.Greater,
                '=' => Operation.Equal,
                '!' when _at + 1 < text.Length && text[_at + 1] == '=' => Operation.NotEqual,
                _ => null,
            };
            if (operation is null)
            {
                return TryAdd(new Term(Operation.Greater, skill, 0));
            }

            _at++;
            if (_at < text.Length && text[_at] == '=')
            {
                _at++;
                operation = operation switch
                {
                    Operation.Less => Operation.LessOrEqual,
                    Operation.Greater => Operation.GreaterOrEqual,
                    _ => operation,
                };
            }

            Peek();
            start = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            return int.TryParse(text.AsSpan(start, _at - start), out int level) && level <= 100 ? TryAdd(new Term(operation.Value, skill, level)) : Fail("a level from 0 to 100");
        }

        private bool TryAdd(Term term)
        {
            if (Terms.Count >= QueueLimits.MaxSkillTerms)
            {
                Problem = $"A skill expression has at most {QueueLimits.MaxSkillTerms} comparisons and operators.";
                return false;
            }

            Terms.Add(term);
            return true;
        }

        private char Peek()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            return _at < text.Length ? text[_at] : '\0';
        }

        private bool TryTake(char wanted)
        {
            if (Peek() != wanted)
            {
                return false;
            }

            _at++;
            return true;
        }

        private bool Fail(string wanted)
        {
            Problem = $"Character {_at + 1} of \"{text}\": {wanted} is expected.";
            return false;
        }
    }
}
