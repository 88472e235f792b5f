namespace MediaCore.Audio.TimeScaling;

/// <summary>
/// Plays a frame a little shorter or longer without changing its pitch: by overlap-add, the frame is laid over itself at the distance where it looks most like itself, so that whole periods of the voice (or of a
/// tone) are dropped or repeated. Where nothing in the frame repeats, nothing is done, and the caller asks again with the next one. Stateless.
/// </summary>
public static class TimeScaler
{
    // Likeness from which on the seam is not heard; below it only what is nearly silent is cut.
    private const float EnoughLikeness = 0.8f;

    // 2.5 ms: the highest voices' period. Tones' periods are shorter, and then several fit.
    private const int MinLagPerSecond = 400;

    // 12.5 ms: the lowest voices' period, 80 Hz.
    private const int MaxLagPerSecond = 80;

    // Mean square under which it is silence: 30 of 32768, −60 dBov.
    private const float QuietPower = 900;

    /// <summary>Most samples by which a frame at this rate gets longer.</summary>
    public static int MaxStretch(int sampleRateHz) => sampleRateHz / MaxLagPerSecond;

    /// <summary>Makes a frame shorter in place, by about as much as asked for where its pitch allows.</summary>
    /// <param name="frame">The samples.</param>
    /// <param name="sampleRateHz">Their rate.</param>
    /// <param name="wanted">By how many samples.</param>
    /// <param name="most">By how many samples at most.</param>
    /// <returns>Samples left at the beginning of the frame.</returns>
    public static int Compress(Span<short> frame, int sampleRateHz, int wanted, int most)
    {
        if (!TryFindLag(frame, sampleRateHz, wanted, most, out int lag))
        {
            return frame.Length;
        }

        int length = frame.Length - lag;
        int overlap = Math.Min(length, lag);
        for (int i = 0; i < length; i++)
        {
            // The start flows into what comes a lag later, which then goes on alone.
            float weight = i < overlap ? (i + 1f) / (overlap + 1) : 1;
            frame[i] = (short)MathF.Round((frame[i] * (1 - weight)) + (frame[i + lag] * weight));
        }

        return length;
    }

    /// <summary>Makes a frame longer in place.</summary>
    /// <param name="buffer">The frame, and <see cref="MaxStretch"/> of room behind it.</param>
    /// <param name="length">Samples of the frame.</param>
    /// <param name="sampleRateHz">Their rate.</param>
    /// <param name="wanted">By how many samples.</param>
    /// <param name="most">By how many samples at most.</param>
    /// <returns>Samples now.</returns>
    public static int Stretch(Span<short> buffer, int length, int sampleRateHz, int wanted, int most)
    {
        Span<short> frame = buffer[..length];
        if (!TryFindLag(frame, sampleRateHz, wanted, most, out int lag) || length + lag > buffer.Length)
        {
            return length;
        }

        // From the end: out(i) is in(i − lag) but for the first samples, which are in(i), and the seam between both.
        int overlap = Math.Min(length - lag, lag);
        for (int i = length + lag - 1; i >= lag; i--)
        {
            int into = i - lag;
            if (into >= overlap)
            {
                buffer[i] = buffer[into];
                continue;
            }

            float weight = (into + 1f) / (overlap + 1);
            buffer[i] = (short)MathF.Round((buffer[i] * (1 - weight)) + (buffer[into] * weight));
        }

        return length + lag;
    }

    /// <summary>The distance at which the frame is most like itself; of two that are about as good the one nearer to what is wanted.</summary>
    private static bool TryFindLag(ReadOnlySpan<short> frame, int sampleRateHz, int wanted, int most, out int lag)
    {
        int shortest = sampleRateHz / MinLagPerSecond;
        int longest = Math.Min(Math.Min(sampleRateHz / MaxLagPerSecond, frame.Length * 5 / 8), most);
        lag = 0;
        float best = 0;
        for (int candidate = shortest; candidate <= longest; candidate++)
        {
            float likeness = Likeness(frame, candidate);
            if (likeness < EnoughLikeness)
            {
                continue;
            }

            // Of two that are nearly as good the one nearer to what is wanted.
            float score = likeness - (0.02f * Math.Abs(candidate - wanted) / longest);
            if (score > best)
            {
                best = score;
                lag = candidate;
            }
        }

        return lag > 0;
    }

    private static float Likeness(ReadOnlySpan<short> frame, int lag)
    {
        int length = frame.Length - lag;
        float product = 0;
        float first = 0;
        float second = 0;
        for (int i = 0; i < length; i++)
        {
            float a = frame[i];
            float b = frame[i + lag];
            product += a * b;
            first += a * a;
            second += b * b;
        }

        return first + second < 2 * QuietPower * length ? 1 : product / MathF.Sqrt((first * second) + 1);
    }
}
