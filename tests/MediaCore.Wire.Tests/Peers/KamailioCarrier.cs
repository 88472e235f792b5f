using System.Net;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A Kamailio that is a carrier: customers register, prove themselves by digest for every call, and their calls go to one peer. Keeps nothing over a restart.</summary>
internal sealed class KamailioCarrier : IAsyncDisposable
{
    public const string User = "line7";
    public const string Password = "a secret of the carrier";
    public const string Realm = "carrier.test";

    private readonly ScratchFolder _folder = new();
    private readonly string _file;
    private ChildProcess? _process;

    public KamailioCarrier(int peerPort)
    {
        Port = FreePorts.Next();
        _file = _folder.Combine("carrier.cfg");
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scenarios", "kamailio-carrier.cfg"));
        File.WriteAllText(_file, text.Replace("@LISTEN@", $"{Port}", StringComparison.Ordinal).Replace("@PEER@", $"{peerPort}", StringComparison.Ordinal));
    }

    public int Port { get; }

    public async Task StartAsync()
    {
        _process = ChildProcess.Start("kamailio", ["-f", _file, "-DD", "-E", "-m", "32", "-M", "8", "-Y", _folder.Path, "-P", _folder.Combine("kamailio.pid")], _folder.Path);
        await FreePorts.WaitUntilBoundAsync(new IPEndPoint(IPAddress.Loopback, Port), tcp: false, _process);
    }

    /// <summary>Ends it and its workers; all registrations are forgotten.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Signal(ChildProcess.Sigterm);
            await process.WaitForExitAsync();
            await process.DisposeAsync();
        }
    }

    /// <summary>Asks whether our user is registered: 200 or 404.</summary>
    public async Task<int> AskAsync(SipPeer asker)
    {
        string id = Guid.NewGuid().ToString("N");
        asker.Send($"OPTIONS sip:{User}@{Realm} SIP/2.0\r\nVia: SIP/2.0/UDP {asker.Local};rport;branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\nFrom: <sip:asker@{Realm}>;tag={id}\r\n"
            + $"To: <sip:{User}@{Realm}>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        return (await asker.ExpectAsync(m => !m.IsRequest && m.CallId == id, "an answer to OPTIONS")).Status;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
