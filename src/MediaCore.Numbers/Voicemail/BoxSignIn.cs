using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What became of a try to get into a box.</summary>
internal enum BoxEntry
{
    /// <summary>The box is open.</summary>
    Open,

    /// <summary>There is no such box, or the PIN is wrong: a stranger is not told which.</summary>
    Wrong,

    /// <summary>Too many wrong PINs: none is looked at for a while.</summary>
    Locked,

    /// <summary>The box has no PIN yet, so nobody gets in by one.</summary>
    NoPin,
}

/// <summary>What became of a try to get into a box.</summary>
/// <param name="Entry">That.</param>
/// <param name="Box">The box; null unless it is open.</param>
internal sealed record BoxSignIn(BoxEntry Entry, VoicemailBox? Box = null);
