using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A baresip phone: plays a WAVE file as its microphone and records what it hears.</summary>
internal sealed class BaresipPhone : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private BaresipPhone(ScratchFolder folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public string Output => _process.Output;

    /// <summary>Starts a phone for an account; <paramref name="answers"/> says whether it picks up by itself.</summary>
    public static async Task<BaresipPhone> StartAsync(MediaCoreServer server, string account, string password, int microphoneHertz, bool answers = true, string transport = "udp", bool watchesMessages = false)
    {
        ScratchFolder folder = new();
        Directory.CreateDirectory(folder.Combine("heard"));
        short[] tone = new short[8000 * 30];
        for (int i = 0; i < tone.Length; i++)
        {
            tone[i] = (short)(8000 * Math.Sin(2 * Math.PI * microphoneHertz * i / 8000));
        }

        await File.WriteAllBytesAsync(folder.Combine("microphone.wav"), WaveWriter.ToArray(tone, 8000));
        string modules = Directory.GetDirectories("/usr/lib").Prepend("/usr/lib").Select(static d => Path.Combine(d, "baresip", "modules")).First(Directory.Exists);
        await File.WriteAllTextAsync(folder.Combine("config"), $"""
            poll_method epoll
            sip_listen 127.0.0.1:0
            net_interface 127.0.0.1
            audio_source aufile,{folder.Combine("microphone.wav")}
            audio_player aubridge,ear
            ausrc_srate 8000
            auplay_srate 8000
            ausrc_channels 1
            auplay_channels 1
            snd_path {folder.Combine("heard")}
            ctrl_tcp_listen 127.0.0.1:{FreePorts.Next()}
            module_path {modules}
            module g711.so
            module aufile.so
            module aubridge.so
            module sndfile.so
            module stdio.so
            module_app account.so
            module_app menu.so
            {(watchesMessages ? "module_app mwi.so" : "")}

            """);
        System.Net.IPEndPoint registrar = transport == "tcp" ? server.Tcp : server.Udp;
        await File.WriteAllTextAsync(folder.Combine("accounts"),
            $"<sip:{account}@{registrar};transport={transport}>;auth_user={account};auth_pass={password};answermode={(answers ? "auto" : "manual")};regint=60;audio_codecs=PCMU,PCMA{(watchesMessages ? ";mwi=yes" : "")}\n");
        return new BaresipPhone(folder, ChildProcess.Start("baresip", ["-f", folder.Path, "-v"], folder.Path));
    }

    /// <summary>A line of its output; baresip redraws its status line in place, so what matters may stand anywhere in a line.</summary>
    public Task<string> WaitForAsync(string text) => _process.WaitForLineAsync(l => l.Contains(text, StringComparison.Ordinal), text);

    public Task<string> WaitUntilRegisteredAsync() => WaitForAsync("registered successfully");

    /// <summary>What it heard in its call, after its end.</summary>
    public async Task<short[]> ReadHeardAsync()
    {
        await WaitForAsync("audio: destroyed");
        WaveFile wave = (await Eventually.IsAsync(ReadRecording, static w => w is not null, "a whole recording by the phone"))!;
        Assert.Equal(8000, wave.SampleRateHz);
        return wave.Samples;
    }

    private WaveFile? ReadRecording()
    {
        string? file = Directory.GetFiles(_folder.Combine("heard"), "*dec.wav").SingleOrDefault();

        // The phone writes the length when it closes the file, a moment after the call.
        return file is not null && WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out _) ? wave : null;
    }

    /// <summary>Ends as its user would end it, so that its registration does not outlive it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Signal(ChildProcess.Sigterm);
        await _process.TryWaitForExitAsync(TimeSpan.FromSeconds(2));
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
