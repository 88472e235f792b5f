namespace MediaCore.Audio.Dtmf;

/// <summary>What a <see cref="DtmfDetector"/> has found.</summary>
/// <param name="Digit"><c>0</c>–<c>9</c>, <c>*</c>, <c>#</c>, <c>A</c>–<c>D</c>; <c>'\0'</c> when nothing was found.</param>
/// <param name="HasEnded">False when the tone has been there long enough to be a digit, true when it is over.</param>
/// <param name="Milliseconds">How long it has lasted, to 5 ms.</param>
/// <param name="LevelDbm0">Power of both frequencies together.</param>
public readonly record struct DtmfDetection(char Digit, bool HasEnded, int Milliseconds, double LevelDbm0)
{
    /// <summary>Whether there is anything.</summary>
    public bool IsNone => Digit == '\0';
}
