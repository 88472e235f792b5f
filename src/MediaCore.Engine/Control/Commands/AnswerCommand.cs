namespace MediaCore.Engine.Control.Commands;

/// <summary>Answers the caller (200). Ends when his ACK is there: from then on there is somebody to play to.</summary>
public sealed record AnswerCommand : CallCommand;
