using MediaCore.Engine.Prompts;

namespace MediaCore.Engine.Tests.Prompts;

/// <summary>These run espeak-ng itself.</summary>
public sealed class EspeakSynthesizerTests
{
    [Fact]
    public async Task Text_BecomesSpeech()
    {
        using EspeakSynthesizer espeak = new();
        SpeechResult speech = await espeak.SynthesizeAsync("Welcome. Your call is being connected.", null, CancellationToken.None);
        Assert.True(speech.IsSpoken, speech.Detail);
        Assert.Equal(22050, speech.Sound.SampleRateHz);
        Assert.InRange(speech.Sound.Duration.TotalSeconds, 1.5, 6);
        Assert.Contains(speech.Sound.Samples, static s => Math.Abs((int)s) > 3000);
    }

    [Fact]
    public async Task Voice_ChangesTheSound()
    {
        using EspeakSynthesizer espeak = new();
        SpeechResult english = await espeak.SynthesizeAsync("eins zwei drei", "en-us", CancellationToken.None);
        SpeechResult german = await espeak.SynthesizeAsync("eins zwei drei", "de", CancellationToken.None);
        Assert.True(english.IsSpoken && german.IsSpoken, english.Detail + german.Detail);
        Assert.NotEqual(english.Sound.Samples, german.Sound.Samples);
    }

    [Fact]
    public async Task TextThatLooksLikeOptions_IsSpoken()
    {
        using EspeakSynthesizer espeak = new();
        SpeechResult speech = await espeak.SynthesizeAsync("--version -w /dev/null; $(true) `true` \0 \ud800", null, CancellationToken.None);
        Assert.True(speech.IsSpoken, speech.Detail);
        Assert.True(speech.Sound.Duration.TotalSeconds > 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Text_Empty_IsInvalid(string text)
    {
        using EspeakSynthesizer espeak = new();
        Assert.Equal(SpeechStatus.Invalid, (await espeak.SynthesizeAsync(text, null, CancellationToken.None)).Status);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("-x")]
    [InlineData("--stdout")]
    [InlineData("en us")]
    [InlineData("")]
    [InlineData("en\0")]
    public async Task Voice_ThatCouldBeAPathOrAnOption_IsInvalid(string voice)
    {
        using EspeakSynthesizer espeak = new();
        Assert.Equal(SpeechStatus.Invalid, (await espeak.SynthesizeAsync("hello", voice, CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Voice_ThatEspeakDoesNotKnow_FailsWithItsMessage()
    {
        using EspeakSynthesizer espeak = new();
        SpeechResult speech = await espeak.SynthesizeAsync("hello", "klingon99", CancellationToken.None);
        Assert.Equal(SpeechStatus.Failed, speech.Status);
        Assert.Contains("klingon99", speech.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_ThatIsMissing_IsNotInstalled()
    {
        using EspeakSynthesizer espeak = new(new EspeakOptions { Program = "no-such-program-espeak" });
        SpeechResult speech = await espeak.SynthesizeAsync("hello", null, CancellationToken.None);
        Assert.Equal(SpeechStatus.NotInstalled, speech.Status);
        Assert.Contains("espeak-ng", speech.Detail, StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Program_ThatNeverEnds_IsStopped()
    {
        using TemporaryDirectory folder = new();
        string program = folder.Combine("hang");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec tail -f /dev/null\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using EspeakSynthesizer espeak = new(new EspeakOptions { Program = program, Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(SpeechStatus.TimedOut, (await espeak.SynthesizeAsync("hello", null, CancellationToken.None)).Status);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Program_ThatWritesWithoutEnd_IsStopped()
    {
        using TemporaryDirectory folder = new();
        string program = folder.Combine("flood");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec cat /dev/zero\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using EspeakSynthesizer espeak = new(new EspeakOptions { Program = program });
        Assert.Equal(SpeechStatus.TooLong, (await espeak.SynthesizeAsync("hello", null, CancellationToken.None)).Status);
    }
}
