using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Numbers.Voicemail;

/// <summary>PINs of boxes: which are taken, how they are kept, how long wrong ones lock a box.</summary>
public static class PinRules
{
    /// <summary>Fewest digits: what phones' owners are used to; guessing is bounded by the lock, not by the length.</summary>
    public const int MinDigits = 4;

    /// <summary>Most digits.</summary>
    public const int MaxDigits = 12;

    /// <summary>Wrong PINs in a row, over all calls, that lock a box.</summary>
    public const int FreeTries = 5;

    /// <summary>Longest lock.</summary>
    public static readonly TimeSpan MaxLock = TimeSpan.FromHours(24);

    // The figure of OWASP's password storage cheat sheet for PBKDF2 with SHA-512. A stolen table of PINs falls nevertheless, there are few of them: this only makes it take longer.
    private const int Iterations = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Scheme = "pbkdf2-sha512";

    /// <summary>What is wrong with a PIN, and what would be right; null for a good one.</summary>
    /// <param name="pin">The PIN.</param>
    /// <param name="box">Number of its box.</param>
    public static string? Check(string pin, string box)
    {
        ArgumentNullException.ThrowIfNull(pin);
        ArgumentNullException.ThrowIfNull(box);
        return pin.Length is < MinDigits or > MaxDigits || !pin.All(char.IsAsciiDigit) ? $"A PIN has {MinDigits} to {MaxDigits} digits."
            : IsTrivial(pin) ? "This PIN is among the first that anybody tries: take one without rows, steps or repetitions."
            : pin == box || (box.Length >= MinDigits && pin.Contains(box, StringComparison.Ordinal)) || IsTold(pin, box) ? "A PIN is not the number of its box, nor made of it."
            : null;
    }

    /// <summary>How long a box is locked after so many wrong PINs in a row: not at all before <see cref="FreeTries"/>, then a minute, and twice as long with each further one.</summary>
    public static TimeSpan LockAfter(int wrong)
        => wrong < FreeTries ? TimeSpan.Zero : TimeSpan.FromMinutes(Math.Min(MaxLock.TotalMinutes, Math.Pow(2, Math.Min(wrong - FreeTries, 20))));

    /// <summary>What is kept of a PIN. Takes about a tenth of a second, so never on a call's thread.</summary>
    public static string Hash(string pin)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(pin), salt, Iterations, HashAlgorithmName.SHA512, HashBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Iterations}${Convert.ToHexStringLower(salt)}${Convert.ToHexStringLower(hash)}");
    }

    /// <summary>Whether a PIN is the one that was kept. Takes as long as <see cref="Hash"/>; false for what is no hash of ours.</summary>
    public static bool Matches(string kept, string pin)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(pin);
        if (kept.Split('$') is not [Scheme, { } count, { Length: SaltBytes * 2 } salt, { Length: HashBytes * 2 } hash] || !int.TryParse(count, CultureInfo.InvariantCulture, out int iterations) || iterations is < 1 or > 10 * Iterations)
        {
            return false;
        }

        byte[] given = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(pin), Convert.FromHexString(salt), iterations, HashAlgorithmName.SHA512, HashBytes);
        return CryptographicOperations.FixedTimeEquals(given, Convert.FromHexString(hash));
    }

    private static bool IsTrivial(string pin)
    {
        // One step all along: 0000, 1234, 9876, 2468, 7890.
        int step = Step(pin, 0);
        if (Enumerable.Range(1, pin.Length - 2).All(at => Step(pin, at) == step))
        {
            return true;
        }

        // One or two digits again and again, or a half twice: 1212, 123123.
        return Enumerable.Range(1, pin.Length / 2).Any(period => Enumerable.Range(period, pin.Length - period).All(at => pin[at] == pin[at - period]));
    }

    private static int Step(string pin, int at) => (pin[at + 1] - pin[at] + 10) % 10;

    // The number, filled up with noughts, or backwards.
    private static bool IsTold(string pin, string box) => pin.Trim('0') == box.Trim('0') || pin.SequenceEqual(box.Reverse());
}
