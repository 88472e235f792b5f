namespace MediaCore.Litmus;

/// <summary>
/// What is wrong with a <see cref="BrokenSessionMap"/>. Each leaves out one thing that the argument in the comment of
/// <see cref="Primitives.SessionTable"/> rests on, and each goes wrong by interleaving alone, without any reordering by the processor, so
/// that two cores with x64's strong order, even one core, show it within a fraction of a second. A litmus that misses them proves nothing about the real one.
/// </summary>
internal enum Fault
{
    /// <summary>A reader does not load the meta again after the handle: it can pair one tenant's key with the next one's handle.</summary>
    ReadNotRechecked,

    /// <summary>An entry becomes live before its key and handle are written: a reader finds the last tenant's.</summary>
    PublishedBeforeWritten,

    /// <summary>An addition looks for the key and then makes its entry live, with nothing that ties the two: two threads add one key.</summary>
    AdditionNotAnnounced,
}
