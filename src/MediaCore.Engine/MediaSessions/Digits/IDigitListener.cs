namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>Whose legs the digits come from: the calls, or sessions of a control protocol. Called on the shard.</summary>
internal interface IDigitListener
{
    /// <summary>A digit is over.</summary>
    /// <param name="leg">Whose.</param>
    /// <param name="digit">Which.</param>
    /// <param name="isSecret">It is masked: nobody is told which but who has masked it.</param>
    /// <param name="milliseconds">How long the key was pressed; 0 when that is not known.</param>
    /// <param name="origin">How it came.</param>
    void OnDigit(MediaLeg leg, char digit, bool isSecret, int milliseconds, DigitOrigin origin);

    /// <summary>All digits that waited for a leg have been sent to its peer, or, not <paramref name="completed"/>, will not be.</summary>
    void OnSent(MediaLeg leg, bool completed);

    /// <summary>Sends a digit in an INFO and answers with <see cref="LegDigits.OnInfoSent"/>; false when it cannot.</summary>
    bool SendInfo(MediaLeg leg, char digit, int milliseconds);
}
