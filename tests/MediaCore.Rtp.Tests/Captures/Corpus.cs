using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Captures;

/// <summary>Files of the shared test data; says what is left out where they are missing.</summary>
internal static class Corpus
{
    public static IEnumerable<string> Files(ITestOutputHelper output, params string[] folders)
    {
        foreach (string folder in folders)
        {
            string? path = SharedData.TryGetPath("rtp-rtcp-stun-corpus", folder);
            if (path is null)
            {
                output.WriteLine($"Left out: every case of rtp-rtcp-stun-corpus/{folder}, the shared test data is not on this machine.");
                continue;
            }

            foreach (string file in Directory.GetFiles(path))
            {
                if (Path.GetFileName(file) != "LICENSE")
                {
                    yield return file;
                }
            }
        }
    }

    public static List<CapturedDatagram>? TryReadCapture(ITestOutputHelper output, params string[] parts)
    {
        string? path = SharedData.TryGetPath(["rtp-pcap", .. parts]);
        if (path is null)
        {
            output.WriteLine($"Left out: 1 case, rtp-pcap/{string.Join('/', parts)} is not on this machine.");
            return null;
        }

        return Capture.Read(path);
    }
}
