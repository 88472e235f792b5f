namespace MediaCore.Numbers.Voicemail;

/// <summary>Where the owner of a box stands in its menu (<see cref="BoxMenuActivity"/>).</summary>
internal enum BoxPlace
{
    /// <summary>Asked for the number of the box.</summary>
    Number,

    /// <summary>Asked for the PIN.</summary>
    Pin,

    /// <summary>The main menu.</summary>
    Main,

    /// <summary>At a message.</summary>
    Message,

    /// <summary>Asked which box gets the message.</summary>
    ForwardTo,

    /// <summary>Asked whether a comment goes before it.</summary>
    ForwardHow,

    /// <summary>The settings.</summary>
    Options,

    /// <summary>At a greeting.</summary>
    Greeting,

    /// <summary>Asked what becomes of what was recorded.</summary>
    Review,

    /// <summary>Asked for a new PIN.</summary>
    NewPin,

    /// <summary>Asked for it again.</summary>
    NewPinAgain,
}
