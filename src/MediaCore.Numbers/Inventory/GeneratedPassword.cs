using System.Security.Cryptography;

namespace MediaCore.Numbers.Inventory;

/// <summary>Passwords for phones: read from a screen and typed on a keypad, so without characters that are mistaken for each other.</summary>
public static class GeneratedPassword
{
    /// <summary>Characters of a password: 20 of 56 are 116 bits, out of reach for guessing a captured digest off line.</summary>
    public const int Length = 20;

    /// <summary>Letters and digits without 0 O o, 1 I l.</summary>
    public const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>A new one from the system's generator.</summary>
    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);
}
