using System.Runtime.InteropServices;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A baresip phone: plays a WAVE file as its microphone and records what it hears.</summary>
internal sealed class BaresipPhone : IAsyncDisposable
{
    /// <summary>It takes two for each call, from a random one on.</summary>
    private const int RtpPorts = 64;

    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private readonly int _bytesPerSecond;

    private BaresipPhone(ScratchFolder folder, ChildProcess process, BaresipControl control, string codec)
    {
        // It records what its decoder gives: Opus in stereo at 48 kHz, G.722 at 16 kHz.
        _bytesPerSecond = sizeof(short) * (codec switch { "opus" => 2 * 48_000, "G722" => 16_000, _ => 8000 });
        _folder = folder;
        _process = process;
        Control = control;
    }

    /// <summary>Where it is told what to do, and tells what happens to it.</summary>
    public BaresipControl Control { get; }

    public string Output => _process.Output;

    /// <summary>Starts a phone for an account; <paramref name="answers"/> says whether it picks up by itself.</summary>
    /// <param name="authorities">Over TLS, a file with the certificates it is given; baresip 1.0.0 verifies nothing against it.</param>
    /// <param name="registerSeconds">How long it wants to be registered; it refreshes a little before.</param>
    /// <param name="contact">The account that its command <c>message</c> writes to.</param>
    /// <param name="mediaEncryption"><c>srtp</c>: keys beside RTP/AVP (RFC 8643); <c>srtp-mand</c>: RTP/SAVP or nothing; null for plain RTP.</param>
    /// <param name="codec">What it speaks, in its own words.</param>
    /// <param name="rtcpMux">Whether it takes RTP and RTCP on one port.</param>
    public static async Task<BaresipPhone> StartAsync(
        MediaCoreServer server, string account, string password, int microphoneHertz, bool answers = true, string transport = "udp", bool watchesMessages = false,
        string? authorities = null, string? contact = null, int registerSeconds = 60, string? mediaEncryption = null, string codec = "PCMU,PCMA",
        bool rtcpMux = false)
    {
        ScratchFolder folder = new();
        Directory.CreateDirectory(folder.Combine("heard"));
        short[] tone = new short[8000 * 30];
        for (int i = 0; i < tone.Length; i++)
        {
            tone[i] = (short)(8000 * Math.Sin(2 * Math.PI * microphoneHertz * i / 8000));
        }

        await File.WriteAllBytesAsync(folder.Combine("microphone.wav"), WaveWriter.ToArray(tone, 8000));
        int control = FreePorts.Next();
        int rtp = FreePorts.NextRange(RtpPorts);
        string modules = Directory.GetDirectories("/usr/lib").Prepend("/usr/lib").Select(static d => Path.Combine(d, "baresip", "modules")).First(Directory.Exists);
        await File.WriteAllTextAsync(folder.Combine("config"), $"""
            poll_method epoll
            sip_listen 127.0.0.1:0
            net_interface 127.0.0.1
            rtp_ports {rtp}-{rtp + RtpPorts - 1}
            audio_source aufile,{folder.Combine("microphone.wav")}
            audio_player aubridge,ear
            rtcp_mux {(rtcpMux ? "yes" : "no")}
            ausrc_srate 8000
            auplay_srate 8000
            ausrc_channels 1
            auplay_channels 1
            snd_path {folder.Combine("heard")}
            ctrl_tcp_listen 127.0.0.1:{control}
            module_path {modules}
            {(codec is "G722" or "opus" ? $"module {codec.ToLowerInvariant()}.so" : "module g711.so")}
            module aufile.so
            module aubridge.so
            module sndfile.so
            module stdio.so
            {(mediaEncryption is null ? "" : "module srtp.so")}
            module_app account.so
            module_app menu.so
            module_app ctrl_tcp.so
            {(watchesMessages ? "module_app mwi.so" : "")}
            {(contact is null ? "" : "module_app contact.so")}
            {(authorities is null ? "" : "sip_cafile " + authorities)}

            """);
        System.Net.IPEndPoint registrar = transport switch { "udp" => server.Udp, "tcp" => server.Tcp, _ => server.More[transport] };
        await File.WriteAllTextAsync(folder.Combine("accounts"),
            $"<sip:{account}@{registrar};transport={transport}>;auth_user={account};auth_pass={password};answermode={(answers ? "auto" : "manual")};regint={registerSeconds};audio_codecs={(codec == "opus" ? "opus/48000/2" : codec)}{(mediaEncryption is null ? "" : ";mediaenc=" + mediaEncryption)}{(watchesMessages ? ";mwi=yes" : "")}\n");
        if (contact is not null)
        {
            // baresip 1.0.0 forgets a contact's transport.
            await File.WriteAllTextAsync(folder.Combine("contacts"), $"\"{contact}\" <sip:{contact}@{server.Udp}>\n");
        }

        ChildProcess process = ChildProcess.Start("baresip", ["-f", folder.Path, "-v"], folder.Path);
        try
        {
            await process.WaitForLineAsync(static l => l.Contains("ctrl_tcp: TCP socket listening", StringComparison.Ordinal), "control port");
            return new BaresipPhone(folder, process, await BaresipControl.ConnectAsync(control), codec);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A line of its output; baresip redraws its status line in place, so what matters may stand anywhere in a line.</summary>
    public Task<string> WaitForAsync(string text) => _process.WaitForLineAsync(l => l.Contains(text, StringComparison.Ordinal), text);

    public Task<string> WaitUntilRegisteredAsync() => WaitForAsync("registered successfully");

    /// <summary>What it heard in its call, after its end.</summary>
    public async Task<short[]> ReadHeardAsync()
    {
        await WaitForAsync("audio: destroyed");
        WaveFile wave = (await Eventually.IsAsync(ReadRecording, static w => w is not null, "a whole recording by the phone"))!;

        // It records what its decoder gives.
        Assert.Equal(0, wave.SampleRateHz % 8000);
        return [.. wave.Samples.Where((_, i) => i % (wave.SampleRateHz / 8000) == 0)];
    }

    /// <summary>Waits until it has recorded so much more of what it hears; it records while it plays.</summary>
    public async Task WaitUntilHeardAsync(TimeSpan more)
    {
        long before = RecordedBytes();
        long bytes = (long)(more.TotalSeconds * _bytesPerSecond);
        await Eventually.IsAsync(RecordedBytes, n => n >= before + bytes, $"{bytes} more bytes recorded after {before}\n{Output}\n");
    }

    /// <summary>Waits until the last quarter of a second that it has heard in its present call, by G.711, is this tone.</summary>
    public Task WaitUntilToneIsHeardAsync(int hertz) => Eventually.IsAsync(
        () =>
        {
            ReadOnlySpan<short> heard = MemoryMarshal.Cast<byte, short>(Recordings() is [.., var last] ? File.ReadAllBytes(last) : []);
            return heard.Length > 2000 && Goertzel.IsTone(heard[^2000..], hertz);
        },
        static isTone => isTone, $"{hertz} Hz in what the phone hears");

    /// <summary>What it has recorded so far, in samples.</summary>
    public int HeardSamples => (int)(RecordedBytes() / sizeof(short));

    private string[] Recordings() => [.. Directory.GetFiles(_folder.Combine("heard"), "*dec.wav").Order(StringComparer.Ordinal)];

    private long RecordedBytes() => Recordings().Sum(static f => new FileInfo(f).Length);

    private WaveFile? ReadRecording()
    {
        // A new one is begun after a hold.
        string? file = Recordings().LastOrDefault();

        // The phone writes the length when it closes the file, a moment after the call.
        return file is not null && WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out _) ? wave : null;
    }

    /// <summary>Ends as its user would end it, so that its registration does not outlive it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Signal(ChildProcess.Sigterm);
        await Control.DisposeAsync();
        await _process.TryWaitForExitAsync(TimeSpan.FromSeconds(2));
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
