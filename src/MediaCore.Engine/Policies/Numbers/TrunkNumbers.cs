namespace MediaCore.Engine.Policies.Numbers;

/// <summary>How the numbers of a trunk are rewritten, in every header at once.</summary>
public sealed record TrunkNumbers
{
    /// <summary>Numbers that come from the trunk, before routing; null to take them as they are.</summary>
    public NumberRewrite? Inbound { get; init; }

    /// <summary>Numbers that go to the trunk; null to send them as they are.</summary>
    public NumberRewrite? Outbound { get; init; }

    /// <summary>Adds <c>;user=phone</c> (RFC 3261 §19.1.1) to the Request-URI and the identities that are sent to the trunk.</summary>
    public bool UserIsPhone { get; init; }

    /// <summary>A user part as the rewrite leaves it: in <paramref name="scratch"/> when it changed, else itself.</summary>
    internal static ReadOnlySpan<byte> Rewrite(NumberRewrite? rewrite, ReadOnlySpan<byte> user, Span<byte> scratch)
    {
        int length = rewrite?.Apply(user, scratch) ?? -1;
        return length < 0 ? user : scratch[..length];
    }
}
