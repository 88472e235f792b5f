using MediaCore.Engine.Control;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using MediaCore.Engine;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Media;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Benchmarks;

/// <summary>A phone's re-REGISTER through a shard: REGISTER, 401, REGISTER with digest, 200, of one of 1,000 accounts. The phone's own digest is in it.</summary>
[MemoryDiagnoser]
public class RegisterBenchmark
{
    private readonly RegisterScenario _scenario = new();

    [Benchmark]
    public void ReRegister() => _scenario.Register();
}

/// <summary>The same registration's bytes.</summary>
internal sealed class RegisterAllocation : IAllocationSubject
{
    private readonly RegisterScenario _scenario = new();

    public string Name => "ShardCore.ReRegister";

    public void Run() => _scenario.Register();
}

/// <summary>A shard with a registrar and no socket, under simulated time; the phones allocate nothing.</summary>
internal sealed class RegisterScenario : ISignallingOutput, IMediaPorts, IAccountDirectory
{
    private const int AccountCount = 1_000;

    // 100 registrations/s: 3,200 transactions are held once timers of 32 s fire, and each account comes back after 10 s.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly Account[] _accounts = [.. Enumerable.Range(0, AccountCount).Select(static i => Create("u" + i.ToString("D4", CultureInfo.InvariantCulture)))];
    private readonly ShardContext _context;
    private readonly ShardCore _shard;
    private readonly Flow _flow;
    private readonly SipMessage _answer = new();
    private readonly byte[] _received = new byte[4096];
    private readonly byte[] _request = new byte[4096];
    private readonly byte[] _buffer = new byte[4096];
    private int _receivedLength;
    private uint _cseq;

    public RegisterScenario()
    {
        var key = new SipHashKey(1, 2);
        var options = new EngineOptions { MediaAddress = CallScenario.Loopback(0) };
        var services = new EngineServices { Policy = RouteTable.Empty, Accounts = this, CallRecords = null!, Loggers = NullLoggerFactory.Instance };
        _context = new ShardContext(0, options, services, new SessionTable(8192), key, this, Timestamp.Zero + TimeSpan.FromDays(1)) { WallClock = DateTimeOffset.UnixEpoch };
        var gate = new DigestGate(new DigestAuthenticator("bench", new byte[32], options.NonceLifetime), this, [DigestAlgorithm.Md5], key);
        _shard = new ShardCore(_context, this, new LocationService(), gate, maxCalls: 10);
        _flow = new Flow(new ListenerIdentity(0, SipTransportKind.Udp, CallScenario.Loopback(5060), "127.0.0.1", 5060), CallScenario.Loopback(5080));
    }

    private static Account Create(string name) => new(name, DigestSecret.Create(name, "bench", "secret"));

    /// <summary>One registration; ends with the next one's moment and what is due until then.</summary>
    public void Register()
    {
        uint number = _cseq / 2;
        Account account = _accounts[number % AccountCount];
        Send(account, ++_cseq, default);
        Expect(401);
        _answer.TryGetHeader(SipHeaderName.WwwAuthenticate, out ReadOnlySpan<byte> value);
        int start = value.IndexOf("nonce=\""u8) + 7;
        Send(account, ++_cseq, value.Slice(start, value[start..].IndexOf((byte)'"')));
        Expect(200);
        _context.Now += s_interval;
        _shard.HandleTimers();
    }

    private void Send(Account account, uint cseq, ReadOnlySpan<byte> nonce)
    {
        Span<byte> name = stackalloc byte[16];
        name = name[..Encoding.ASCII.GetBytes(account.Name, name)];
        var writer = new SipWriter(_request);
        writer.Raw("REGISTER sip:bench SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK"u8);
        writer.Raw(cseq);
        writer.Raw("\r\nMax-Forwards: 70\r\nFrom: <sip:"u8);
        writer.Raw(name);
        writer.Raw("@bench>;tag=1\r\nTo: <sip:"u8);
        writer.Raw(name);
        writer.Raw("@bench>\r\nCall-ID: "u8);
        writer.Raw(name);
        writer.Raw("@127.0.0.1\r\nCSeq: "u8);
        writer.Raw(cseq);
        writer.Raw(" REGISTER\r\nContact: <sip:"u8);
        writer.Raw(name);
        writer.Raw("@127.0.0.1:5080>;expires=3600\r\n"u8);
        if (!nonce.IsEmpty)
        {
            var parts = new DigestParts { Nonce = nonce, Uri = "sip:bench"u8, CNonce = "c"u8, NonceCountText = "00000001"u8, Qop = DigestQop.Auth };
            Span<byte> response = stackalloc byte[DigestHash.MaxHexBytes];
            int length = DigestHash.Response(DigestAlgorithm.Md5, account.Secret.Md5Ha1Hex, parts, "REGISTER"u8, default, response);
            writer.Raw("Authorization: Digest username=\""u8);
            writer.Raw(name);
            writer.Raw("\",realm=\"bench\",nonce=\""u8);
            writer.Raw(nonce);
            writer.Raw("\",uri=\"sip:bench\",qop=auth,nc=00000001,cnonce=\"c\",algorithm=MD5,response=\""u8);
            writer.Raw(response[..length]);
            writer.Raw("\"\r\n"u8);
        }

        writer.EndWithoutBody();
        writer.Written.CopyTo(_buffer);
        _shard.HandleMessage(_buffer, 0, writer.Length, _flow, handedOver: false);
    }

    private void Expect(int status)
    {
        if (_answer.Parse(_received, 0, _receivedLength) != ParseStatus.Complete || _answer.StatusCode != status)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No {status} but: {Encoding.ASCII.GetString(_received, 0, _receivedLength)}"));
        }
    }

    bool IAccountDirectory.TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Account? account)
    {
        account = name.Length == 5 && System.Buffers.Text.Utf8Parser.TryParse(name[1..], out int number, out _) ? _accounts[number] : null;
        return account is not null;
    }

    bool ISignallingOutput.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        message.CopyTo(_received);
        _receivedLength = message.Length;
        return true;
    }

    bool ISignallingOutput.TryOpenFlow(in SipDestination destination, int network, out Flow flow)
    {
        flow = default;
        return false;
    }

    bool ISignallingOutput.HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message) => false;

    bool ISignallingOutput.TryLocate(PeerLookup lookup) => false;

    bool ISignallingOutput.Post(int shard, MediaCore.Engine.Subscriptions.SubscriptionItem item) => false;

    void ISignallingOutput.FetchPrompt(PromptSource prompt, SessionHandle call) => throw new NotSupportedException();

    bool ISignallingOutput.Post(int shard, ControlExchange exchange) => throw new NotSupportedException();

    void ISignallingOutput.FetchPrompt(PromptFetch fetch) => throw new NotSupportedException();

    bool IMediaPorts.TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port)
    {
        port = null;
        return false;
    }

    void IMediaPorts.Release(MediaPort port, Timestamp now) => throw new NotSupportedException();
}
