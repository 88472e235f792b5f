namespace MediaCore.Numbers.Calls;

/// <summary>What calls come through.</summary>
public static class WaypointKinds
{
    /// <summary>A routing plan: its name, <c>@</c> and its revision.</summary>
    public const string Plan = "plan";

    /// <summary>A menu: its name, <c>@</c> and its revision.</summary>
    public const string Menu = "menu";

    /// <summary>A node of the menu before.</summary>
    public const string Node = "node";

    /// <summary>Another of our numbers, which the call was led on to.</summary>
    public const string Number = "number";

    /// <summary>People, phones and numbers were rung.</summary>
    public const string Ring = "ring";

    /// <summary>It was forwarded elsewhere.</summary>
    public const string Forward = "forward";

    /// <summary>Who it was forwarded to has taken it.</summary>
    public const string Accepted = "accepted";

    /// <summary>It was refused: the SIP status.</summary>
    public const string Reject = "reject";
}
