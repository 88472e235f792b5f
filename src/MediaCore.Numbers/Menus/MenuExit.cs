using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Menus;

/// <summary>Where a menu goes on: to a node (its name), to an action (<c>{ "do": … }</c>), or to its end (<c>"end"</c>, <c>{ "end": "exited" }</c>). Exactly one is given.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Action">The action; what comes after it is said by <see cref="MenuNode.Outcomes"/>, and the menu ends as it does where nothing is.</param>
/// <param name="End">What the menu ends as.</param>
public sealed record MenuExit(string? Node, CallAction? Action, ActivityOutcome? End)
{
    /// <summary>The word for an end; no node has it as its name.</summary>
    public const string EndWord = "end";
}
