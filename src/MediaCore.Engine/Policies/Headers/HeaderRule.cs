using System.Collections.Frozen;
using System.Text.RegularExpressions;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>Which way a message goes.</summary>
public enum HeaderDirection : byte
{
    /// <summary>From the trunk to us.</summary>
    In,

    /// <summary>From us to the trunk.</summary>
    Out,
}

/// <summary>Which messages a rule is for.</summary>
[Flags]
public enum HeaderMessages : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Requests.</summary>
    Requests = 1,

    /// <summary>Responses.</summary>
    Responses = 2,

    /// <summary>Requests and responses.</summary>
    Both = 3,
}

/// <summary>What a rule does.</summary>
public enum HeaderAction : byte
{
    /// <summary>Adds a row.</summary>
    Add,

    /// <summary>One row with the value, whatever was there.</summary>
    Set,

    /// <summary>Takes all rows out.</summary>
    Remove,

    /// <summary>The rows of another header, in place of its own; nothing when the other header is not there.</summary>
    Copy,

    /// <summary>Replaces what a regular expression matches in each row's value.</summary>
    Replace,
}

/// <summary>One rule on headers of a trunk's messages; checked when the configuration is read.</summary>
public sealed record HeaderRule
{
    /// <summary>Longest value that a rule writes or a regular expression looks at; longer values stay as they are.</summary>
    public const int MaxValueBytes = 1_024;

    /// <summary>
    /// A regular expression that takes longer leaves the value as it is. Matching is linear in the value (no backtracking), microseconds for the
    /// longest; this is the backstop of <see cref="NumberPattern.RegexTimeout"/>.
    /// </summary>
    public static readonly TimeSpan RegexTimeout = NumberPattern.RegexTimeout;

    /// <summary>Which way.</summary>
    public HeaderDirection Direction { get; init; } = HeaderDirection.Out;

    /// <summary>Methods that it is for, of a response the method that it answers; empty for all.</summary>
    public FrozenSet<SipMethod> Methods { get; init; } = FrozenSet<SipMethod>.Empty;

    /// <summary>Requests, responses or both.</summary>
    public HeaderMessages Messages { get; init; } = HeaderMessages.Requests;

    /// <summary>What it does.</summary>
    public HeaderAction Action { get; init; }

    /// <summary>The header.</summary>
    public required HeaderNamePattern Header { get; init; }

    /// <summary>The value to add or set, or what replaces a match (<c>$1</c> for groups).</summary>
    public string Value { get; init; } = "";

    /// <summary>The header to copy from.</summary>
    public HeaderNamePattern? Source { get; init; }

    /// <summary>What to replace.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>Makes the expression of a <see cref="HeaderAction.Replace"/>; linear time, so without back references and look-around.</summary>
    /// <exception cref="ArgumentException">It is no expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public static Regex CreatePattern(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, RegexTimeout);

        // The first use builds the automaton: here, not on a shard.
        regex.Replace("<sip:+12025550100@example.com>;tag=1", "");
        return regex;
    }

    /// <summary>Whether it is for such a message.</summary>
    public bool IsFor(HeaderDirection direction, SipMethod method, bool isResponse) =>
        Direction == direction && (Messages & (isResponse ? HeaderMessages.Responses : HeaderMessages.Requests)) != HeaderMessages.None
        && (Methods.Count == 0 || Methods.Contains(method));
}
