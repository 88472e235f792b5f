namespace MediaCore.Numbers.Queues;

/// <summary>Something that is wrong with a queue's settings.</summary>
/// <param name="Path">Where, as a JSON path; <c>$</c> for the document, and <c>$strategy</c> and the like for the columns beside it.</param>
/// <param name="Text">What, and what to do.</param>
public readonly record struct QueueProblem(string Path, string Text);
