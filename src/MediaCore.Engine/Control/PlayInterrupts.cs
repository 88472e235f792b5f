namespace MediaCore.Engine.Control;

/// <summary>What a playback does to what is under way on its leg.</summary>
public enum PlayInterrupts
{
    /// <summary>It waits behind the playbacks before it.</summary>
    None,

    /// <summary>Those end, and it begins at once.</summary>
    Playback,

    /// <summary>They end, and so does a gather.</summary>
    All,
}
