namespace MediaCore.Audio.Detection;

/// <summary>Who answers a call.</summary>
public enum AnswererVerdict : byte
{
    /// <summary>Not known yet.</summary>
    Undecided,

    /// <summary>A person: a short greeting, then silence.</summary>
    Person,

    /// <summary>A machine: it goes on talking, or said nothing for long, or beeped.</summary>
    Machine,

    /// <summary>The time is over and neither was clear.</summary>
    Unsure,
}
