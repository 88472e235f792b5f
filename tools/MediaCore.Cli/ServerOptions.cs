using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace MediaCore.Cli;

/// <summary>The options that every command has: which server, as whom, and how to answer.</summary>
internal sealed class ServerOptions(Terminal terminal)
{
    private const string DefaultServer = "http://127.0.0.1:50051";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"Where the server is: http://address:port on its own host, https://name:port elsewhere. MEDIACORE_SERVER, else {DefaultServer}",
        HelpName = "url",
        Recursive = true,
    };

    private readonly Option<string?> _token = new("--token") { Description = "The token to show (see mcctl token). MEDIACORE_TOKEN, which does not show up in lists of processes, else none", HelpName = "token", Recursive = true };
    private readonly Option<string?> _controller = new("--controller")
    {
        Description = "Give commands as this controller, under whose rules they then are; without it, as who the token is, or as the operator",
        HelpName = "name",
    };

    private readonly Option<string?> _authority = new("--ca") { Description = "PEM file of the authority that the server's certificate comes from, in place of the system's", HelpName = "file", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "Answer for programs: JSON with the names of the proto files", Recursive = true };

    /// <summary>What the program reads and writes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>Adds them to the root.</summary>
    public void AddTo(Command root)
    {
        root.Options.Add(_server);
        root.Options.Add(_token);
        root.Options.Add(_authority);
        root.Options.Add(_json);
    }

    /// <summary>Adds the option of commands that act on calls, which a controller may have.</summary>
    public void AddController(Command command) => command.Options.Add(_controller);

    /// <summary>Whether JSON is wanted.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Runs what talks to the server; its refusals become a line and an exit code.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<CallInvoker, Task<int>> action)
    {
        string server = parsed.GetValue(_server) ?? Terminal.Environment.GetValueOrDefault("MEDIACORE_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            await Terminal.Error.WriteLineAsync($"mcctl: \"{server}\" is not the address of a server; write http://127.0.0.1:50051 or https://name:50051");
            return ExitCode.Usage;
        }

        string? token = parsed.GetValue(_token) ?? Terminal.Environment.GetValueOrDefault("MEDIACORE_TOKEN");
        if (token is { Length: > 0 } && address.Scheme == "http" && !address.IsLoopback)
        {
            await Terminal.Error.WriteLineAsync("mcctl: a token is not sent without TLS to another host, where others could read it; use https://");
            return ExitCode.Usage;
        }

        try
        {
            using GrpcChannel channel = Open(address, parsed.GetValue(_authority));
            CallInvoker invoker = channel.CreateCallInvoker();
            string? controller = parsed.GetValue(_controller);
            return await action(token is { Length: > 0 } || controller is { Length: > 0 } ? invoker.Intercept(metadata => WithIdentity(metadata, token, controller)) : invoker);
        }
        catch (RpcException exception)
        {
            foreach (string line in Describe(exception, address).Split('\n'))
            {
                await Terminal.Error.WriteLineAsync($"mcctl: {Output.Answer.Printable(line)}");
            }

            return ExitCode.Of(exception.StatusCode);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            await Terminal.Error.WriteLineAsync($"mcctl: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failure;
        }
    }

    private static string Describe(RpcException exception, Uri address) => exception.StatusCode switch
    {
        StatusCode.Unavailable => $"the server at {address.GetLeftPart(UriPartial.Authority)} cannot be reached: {exception.Status.Detail}",
        StatusCode.Unimplemented => $"the server does not have that service: {exception.Status.Detail}",
        _ => exception.Status.Detail.Length > 0 ? exception.Status.Detail : exception.StatusCode.ToString(),
    };

    private static Metadata WithIdentity(Metadata metadata, string? token, string? controller)
    {
        if (token is { Length: > 0 })
        {
            metadata.Add("authorization", $"Bearer {token}");
        }

        if (controller is { Length: > 0 })
        {
            metadata.Add("mediacore-controller", controller);
        }

        return metadata;
    }

    private GrpcChannel Open(Uri address, string? authority)
    {
        if (authority is null)
        {
            return GrpcChannel.ForAddress(address);
        }

        X509Certificate2Collection trusted = [];
        trusted.ImportFromPemFile(Path.GetFullPath(authority, Terminal.WorkingFolder));
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
#pragma warning disable CA2000 // The channel disposes of it.
        SocketsHttpHandler handler = new() { UseProxy = false, UseCookies = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
#pragma warning restore CA2000
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
