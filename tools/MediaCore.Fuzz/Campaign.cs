using System.Diagnostics;
using System.Security.Cryptography;

namespace MediaCore.Fuzz;

/// <summary>An input that a target could not take.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Input">The bytes, already made as short as the same fault allows.</param>
/// <param name="Fault">What went wrong.</param>
public sealed record Finding(string Target, byte[] Input, string Fault)
{
    /// <summary>Name of the file that keeps it.</summary>
    public string FileName => $"{Target}-{Convert.ToHexStringLower(SHA256.HashData(Input))[..12]}.bin";
}

/// <summary>Runs one target on mutated inputs for a while. An input that takes longer than <see cref="HangLimit"/> is a finding too.</summary>
public sealed class Campaign(IFuzzTarget target, IReadOnlyList<byte[]> corpus, int seed)
{
    /// <summary>Far above what 70 kB take in linear time on a busy machine, far below what they take in quadratic time.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(5);

    private readonly Mutator _mutator = new(seed);

    /// <summary>Inputs read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Reads the corpus as it is and then mutations of it, until the time is up, the number is reached or something is found.</summary>
    public Finding? Run(TimeSpan duration, long limit = long.MaxValue)
    {
        foreach (byte[] input in corpus)
        {
            if (Try(input) is { } fault)
            {
                return new Finding(target.Name, input, fault);
            }
        }

        long started = Stopwatch.GetTimestamp();
        while (Count < limit && Stopwatch.GetElapsedTime(started) < duration)
        {
            byte[] input = _mutator.Next(corpus);
            if (Try(input) is { } fault)
            {
                byte[] shortest = Shorten(input, fault);
                return new Finding(target.Name, shortest, fault);
            }
        }

        return null;
    }

    private string? Try(byte[] input)
    {
        Count++;
        long started = Stopwatch.GetTimestamp();
        try
        {
            target.Run(input);
        }
#pragma warning disable CA1031 // Whatever a parser throws is what is looked for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return fault is BrokenInvariantException ? fault.Message : $"{fault.GetType().Name} in {new StackTrace(fault).GetFrame(0)?.GetMethod()?.Name}";
        }

        return Stopwatch.GetElapsedTime(started) > HangLimit ? "it takes too long" : null;
    }

    /// <summary>Takes pieces out while the same fault stays, so that the file shows what matters.</summary>
    private byte[] Shorten(byte[] input, string fault)
    {
        for (int piece = input.Length / 2; piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                if (Try(shorter) == fault)
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }
}
