using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Messaging;

/// <summary>Who is answerable for a MESSAGE: the account that proved itself, else the trunk it came by. Nobody else may send one.</summary>
/// <param name="Name">Name of the account or trunk.</param>
/// <param name="IsTrunk">Whether it is a trunk.</param>
internal readonly record struct MessageSender(string Name, bool IsTrunk)
{
    /// <summary>Its messages that one shard may have under way.</summary>
    public int MaxMessages => IsTrunk ? EngineLimits.MaxMessagesPerTrunk : EngineLimits.MaxMessagesPerAccount;

    /// <summary>The sender of an admitted request.</summary>
    public static MessageSender Of(in RouteRequest facts) => new(facts.Account ?? facts.InboundTrunk?.Name ?? "", facts.Account is null);
}
