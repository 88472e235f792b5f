using System.Security.Cryptography;
using System.Text;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Synthesized speech on disk, one 8 kHz WAVE file per text, voice and synthesizer, named by their SHA-256. Files appear whole (written beside and renamed), so several
/// servers may share the directory. A file that cannot be read or written costs a synthesis, never a prompt.
/// </summary>
internal sealed class SpeechCache(string directory, long maxBytes)
{
    private readonly Lock _trimming = new();

    /// <summary>The cached samples at 8 kHz.</summary>
    public bool TryRead(string key, out short[] samples)
    {
        samples = [];
        try
        {
            string path = PathOf(key);
            if (!File.Exists(path))
            {
                return false;
            }

            if (WaveFile.TryRead(File.ReadAllBytes(path), out WaveFile? wave, out _) && wave.SampleRateHz == Audio.Prompts.AudioClip.SampleRateHz)
            {
                samples = wave.Samples;
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As if it were not there: it is synthesized again.
        }

        return false;
    }

    /// <summary>Keeps samples; false when the disk did not take them.</summary>
    public bool TryWrite(string key, short[] samples)
    {
        string temporary = Path.Combine(directory, $"{key}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(temporary, WaveWriter.ToArray(samples, Audio.Prompts.AudioClip.SampleRateHz));
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
