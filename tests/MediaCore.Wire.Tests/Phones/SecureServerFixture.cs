using MediaCore.Tests;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>One server in number mode that listens on every transport there is, with a certificate for <c>localhost</c> and 127.0.0.1.</summary>
public sealed class SecureServerFixture : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private MediaCoreServer? _server;
    private TestAuthority? _authority;

    internal MediaCoreServer Server => _server!;

    internal TestAuthority Authority => _authority!;

    internal string Folder => _folder.Path;

    /// <summary>Password of account 1003, which the first start does not make.</summary>
    internal string ThirdPassword { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _authority = new TestAuthority(_folder.Path);
        _server = await StartAsync(_authority, _folder);
        ThirdPassword = await AddAccountAsync(_server, "1003");
    }

    /// <summary>Adds an account while the server runs and waits until it is in force; its password.</summary>
    internal static async Task<string> AddAccountAsync(MediaCoreServer server, string account)
    {
        (int code, string output) = await server.RunAsync("accounts", "add", account);
        Assert.True(code == 0, output);
        await server.Process.WaitForLineAsync(static l => l.Contains(" numbers and 3 accounts", StringComparison.Ordinal), "account in force");
        return output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[^1];
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    /// <summary>Writes another certificate over the one in use; the server takes it at its next reload.</summary>
    internal (string Certificate, string Key) IssueCertificate() => IssueCertificate(Authority);

    private static (string Certificate, string Key) IssueCertificate(TestAuthority authority) => authority.Issue("server", ["localhost", "127.0.0.1"]);

    /// <summary>Starts such a server; with a folder used before it goes on with that one's data.</summary>
    internal static Task<MediaCoreServer> StartAsync(TestAuthority authority, ScratchFolder folder)
    {
        (string certificate, string key) = IssueCertificate(authority);
        return MediaCoreServer.StartAsync(
            folder: folder.Path,
            sip: $"\"tls\": {{ \"certificates\": [{{ \"certificate\": \"{certificate}\", \"key\": \"{key}\" }}] }}",
            listen: "\"tls://127.0.0.1:0\", \"ws://127.0.0.1:0\", \"wss://127.0.0.1:0\"");
    }
}
