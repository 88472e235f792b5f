using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using MediaCore.Sip.Messages;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>Messages that others wrote, where the folder with them is there; what is left out without it is said in the output.</summary>
public class CorpusTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sip-torture-rfc4475")]
    [InlineData("sip-torture-rfc5118")]
    public void VectorsInTheTests_AreThoseOfTheArchive(string folder)
    {
        foreach (string path in Files(folder, "*.dat"))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (Rfc4475Messages.All.TryGetValue(name, out string? text) || Rfc5118Messages.All.TryGetValue(name, out text))
            {
                Assert.Equal(File.ReadAllBytes(path), WireText.Bytes(text));
            }
        }
    }

    [Theory]
    [InlineData("sip-torture-rfc4475", "*.dat")]
    [InlineData("sip-torture-rfc5118", "*.dat")]
    [InlineData("sip-parser-corpus", "*")]
    [InlineData("attacks/messages", "*")]
    [InlineData("websocket-sip", "*")]
    [InlineData("sdp-corpus", "*")]
    public void EveryFile_IsReadQuicklyAndWithoutAThrow(string folder, string pattern)
    {
        SipMessage message = new();
        foreach (string path in Files(folder, pattern))
        {
            byte[] bytes = File.ReadAllBytes(path);
            long started = Stopwatch.GetTimestamp();
            foreach (byte[] variant in (byte[][])[bytes, WithCrLf(bytes)])
            {
                message.Parse(variant, 0, variant.Length);
                WireText.Touch(message);
                SipFrameScanner scanner = default;
                scanner.Scan(new ReadOnlySequence<byte>(variant), out long consumed, out _);
                Assert.InRange(consumed, 0, variant.Length);
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1), path);
        }
    }

    /// <summary>NIST's torture set: where its strict parser must report an error we refuse the message too, and else we don't; <see cref="CorpusDifferences"/> has the exceptions.</summary>
    [Fact]
    public void JainSipTorture_IsRefusedWhereAStrictParserRefuses()
    {
        List<string> wrong = [];
        foreach ((string file, bool isRefused) in Expected("jain-sip-torture", "cases", "parser_must_report_error"))
        {
            SipMessage message = WireText.Parse(File.ReadAllBytes(SharedData.TryGetPath("sip-parser-corpus", "jain-sip-torture", file)!));
            SipValidation validation = message.Validate();
            if (isRefused == validation.IsValid != CorpusDifferences.JainSip.ContainsKey(file))
            {
                wrong.Add($"{file}: expected refused={isRefused}, was {message.Error} {validation.Fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>oSIP is a liberal parser: what it can't read we can't either, and what it reads we read but for the differences listed.</summary>
    [Theory]
    [InlineData("messages")]
    [InlineData("malformed")]
    public void OsipMessages_AreReadWhereOsipReadsThem(string folder)
    {
        List<string> wrong = [];
        foreach ((string file, bool isRead) in ExpectedFiles(folder))
        {
            SipMessage message = WireText.Parse(WithCrLf(File.ReadAllBytes(SharedData.TryGetPath("sip-parser-corpus", "osip", folder, file)!)));
            SipValidation validation = message.Validate();
            if (isRead != validation.IsValid != CorpusDifferences.Osip.ContainsKey(file))
            {
                wrong.Add($"{file}: expected read={isRead}, was {message.Error} {validation.Fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("sip-parser-corpus/ims-volte-lioneagle")]
    [InlineData("sip-parser-corpus/kamailio-misc")]
    public void MessagesOfOthers_AreReadButForTheBadOnes(string folder)
    {
        List<string> wrong = [];
        foreach (string path in Files(folder, "*.sip"))
        {
            SipMessage message = WireText.Parse(WithCrLf(File.ReadAllBytes(path)));
            SipValidation validation = message.Validate();
            string file = Path.GetFileName(path);
            if (validation.IsValid == CorpusDifferences.Others.ContainsKey(file))
            {
                wrong.Add($"{file}: {message.Error} {validation.Fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static byte[] WithCrLf(byte[] bytes)
    {
        List<byte> result = new(bytes.Length + 64);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r'))
            {
                result.Add((byte)'\r');
            }

            result.Add(bytes[i]);
        }

        return [.. result];
    }

    private string[] Files(string folder, string pattern)
    {
        string? path = SharedData.TryGetPath(folder.Split('/'));
        string[] files = path is null ? [] : Directory.GetFiles(path, pattern, SearchOption.AllDirectories);
        output.WriteLine(path is null ? $"left out: all of {folder}, which isn't on this machine" : $"{files.Length} files");
        return files;
    }

    private List<(string File, bool Value)> Expected(string folder, string list, string property)
    {
        List<(string, bool)> cases = [];
        if (SharedData.TryGetPath("sip-parser-corpus", folder, "expected.json") is { } path)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            cases.AddRange(document.RootElement.GetProperty(list).EnumerateArray().Where(item => item.TryGetProperty("file", out _)).Select(item => (item.GetProperty("file").GetString()!, item.TryGetProperty(property, out JsonElement value) && value.GetBoolean())));
        }

        output.WriteLine(cases.Count == 0 ? $"left out: all of {folder}, which isn't on this machine" : $"{cases.Count} cases");
        return cases;
    }

    private List<(string File, bool Value)> ExpectedFiles(string folder)
    {
        List<(string, bool)> cases = [];
        if (SharedData.TryGetPath("sip-parser-corpus", "osip", folder + "-expected.json") is { } path)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            cases.AddRange(document.RootElement.GetProperty("files").EnumerateObject().Select(item => (item.Name, item.Value.GetProperty("osip_parses").GetBoolean())));
        }

        output.WriteLine(cases.Count == 0 ? $"left out: all of osip/{folder}, which isn't on this machine" : $"{cases.Count} cases");
        return cases;
    }
}
