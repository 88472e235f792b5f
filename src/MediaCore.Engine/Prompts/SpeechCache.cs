using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Synthesized speech on disk, one WAVE file per text, voice and synthesizer, named by their SHA-256. Files appear whole (written beside and renamed), so several
/// servers may share the directory. A file that cannot be read or written costs a synthesis, never a prompt.
/// </summary>
internal sealed class SpeechCache(string directory, long maxBytes)
{
    private readonly Lock _trimming = new();

    /// <summary>The cached sound, of 8 or 16 kHz.</summary>
    public bool TryRead(string key, [NotNullWhen(true)] out WaveFile? sound)
    {
        sound = null;
        try
        {
            string path = PathOf(key);
            if (!File.Exists(path))
            {
                return false;
            }

            return WaveFile.TryRead(File.ReadAllBytes(path), out sound, out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As if it were not there: it is synthesized again.
        }

        return false;
    }

    /// <summary>Keeps samples; false when the disk did not take them.</summary>
    public bool TryWrite(string key, short[] samples, int sampleRateHz)
    {
        string temporary = Path.Combine(directory, $"{key}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(temporary, WaveWriter.ToArray(samples, sampleRateHz));
            File.Move(temporary, PathOf(key), overwrite: true);
            Trim(key);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(temporary);
            return false;
        }
    }

    /// <summary>The name of a text's file. Lengths stand before the parts, so no two different triples have the same bytes.</summary>
    public static string KeyOf(string synthesizer, string? voice, string text)
    {
        string material = $"{synthesizer.Length}:{synthesizer}{(voice ?? string.Empty).Length}:{voice}{text}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(material)));
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays until the next trim; nothing reads it.
        }
    }

    private string PathOf(string key) => Path.Combine(directory, key + ".wav");

    /// <summary>Deletes the oldest files until the rest fits; the file just written stays.</summary>
    private void Trim(string newest)
    {
        lock (_trimming)
        {
            FileInfo[] files = new DirectoryInfo(directory).GetFiles("*.wav");
            long total = files.Sum(static f => f.Length);
            if (total <= maxBytes)
            {
                return;
            }

            foreach (FileInfo file in files.OrderBy(static f => f.LastWriteTimeUtc))
            {
                if (total <= maxBytes)
                {
                    break;
                }

                if (!file.Name.StartsWith(newest, StringComparison.Ordinal))
                {
                    total -= file.Length;
                    Delete(file.FullName);
                }
            }
        }
    }
}
