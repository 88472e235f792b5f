using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A linphone phone without a screen: <c>linphonec</c>, told what to do on its standard input. It plays and records files in place of a sound card.</summary>
internal sealed class LinphonePhone : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly ChildProcess _process;

    private LinphonePhone(ScratchFolder folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    /// <summary>Starts a phone for an account and waits until it is registered.</summary>
    /// <param name="sip">Further settings of its section <c>sip</c>, as <c>sdp_200_ack=1</c> for calls without an offer.</param>
    public static async Task<LinphonePhone> StartAsync(MediaCoreServer server, string account, string password, params string[] sip)
    {
        ScratchFolder folder = new();
        Directory.CreateDirectory(folder.Combine(".local/share/linphone"));
        string file = folder.Combine("linphonerc");
        await File.WriteAllTextAsync(file, $"""
            [sip]
            sip_port={FreePorts.Next()}
            sip_tcp_port=0
            sip_tls_port=0
            use_ipv6=0
            default_proxy=0
            register_only_when_network_is_up=0
            guess_hostname=0
            use_info=1
            use_rfc2833=0
            {string.Join('\n', sip)}

            [net]
            firewall_policy=0

            [rtp]
            audio_rtp_port={FreePorts.NextRange(4)}

            [auth_info_0]
            username={account}
            passwd={password}
            realm=mediacore

            [proxy_0]
            reg_proxy=<sip:{server.Udp};transport=udp>
            reg_identity=sip:{account}@127.0.0.1
            reg_expires=60
            reg_sendregister=1
            publish=0

            [video]
            enabled=0
            capture=0
            display=0

            """);
        ChildProcess process = ChildProcess.Start("env", [$"HOME={folder.Path}", "linphonec", "-c", file], folder.Path);
        LinphonePhone phone = new(folder, process);
        try
        {
            await phone.TellAsync("soundcard use files");
            await phone.WaitForAsync("Using wav files");

            // It says nothing by itself when it has registered.
            await Eventually.IsAsync(
                async () =>
                {
                    await phone.TellAsync("status register");
                    return process.Output.Contains("\nregistered, identity=", StringComparison.Ordinal);
                },
                static registered => registered,
                $"{account} registered");
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives a command, as <c>call 1002</c>.</summary>
    public Task TellAsync(string command) => _process.WriteLineAsync(command);

    /// <summary>Waits for the first or a later line with this text.</summary>
    public async Task WaitForAsync(string text, int time = 1) =>
        await Eventually.IsAsync(() => Count(text), n => n >= time, $"{text} for the {time}. time in\n{_process.Output}\n");

    /// <summary>Lines with this text so far.</summary>
    public int Count(string text) => _process.Output.Split('\n').Count(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>Ends as its user would end it: it takes its registration back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await TellAsync("quit");
            await _process.TryWaitForExitAsync(TimeSpan.FromSeconds(5));
        }

        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
