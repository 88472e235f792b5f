using System.Collections.Immutable;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>The header rules of a trunk, in order, and the headers that it may exchange with the other side of a call.</summary>
public sealed record TrunkHeaders
{
    /// <summary>Most rules of one trunk.</summary>
    public const int MaxRules = 64;

    /// <summary>Rules in the order they are applied, each on what those before it left.</summary>
    public ImmutableArray<HeaderRule> Rules { get; init; } = [];

    /// <summary>
    /// Headers that pass through, of initial INVITEs and their responses. A header passes when every trunk that the call touches lists it; to and from phones
    /// the trunk's list alone decides.
    /// </summary>
    public ImmutableArray<HeaderNamePattern> Pass { get; init; } = [];

    /// <summary>Whether any rule is for such messages.</summary>
    public bool HasRules(HeaderDirection direction, SipMethod method, bool isResponse)
    {
        foreach (HeaderRule rule in Rules)
        {
            if (rule.IsFor(direction, method, isResponse))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a row passes.</summary>
    public bool Passes(SipHeaderName name, ReadOnlySpan<byte> token)
    {
        if (!HeaderProtection.MayPass(name))
        {
            return false;
        }

        foreach (HeaderNamePattern pattern in Pass)
        {
            if (pattern.Matches(name, token))
            {
                return true;
            }
        }

        return false;
    }
}
