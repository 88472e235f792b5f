using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Server;
using MediaCore.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Client;

public sealed class TlsTests
{
    [Fact]
    public async Task MutualTls_ServesCalls_AndTellsWhoTheClientIs()
    {
        using TestAuthority authority = new();
        (string serverCertificate, string serverKey) = authority.Issue("server", ["127.0.0.1"]);
        (string clientCertificate, string clientKey) = authority.Issue("control-plane", ["control.example"]);
        using X509Certificate2 server = X509Certificate2.CreateFromPemFile(serverCertificate, serverKey);
        using X509Certificate2 client = X509Certificate2.CreateFromPemFile(clientCertificate, clientKey);
        using X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(authority.File);
        ScriptedService service = new();
        string? seen = null;
        string? token = null;
        service.Unary = (_, context) =>
        {
            seen = $"{context.AuthContext.IsPeerAuthenticated} {string.Join(' ', context.AuthContext.Properties.Select(static p => $"{p.Name}={p.Value}"))} {string.Join(' ', context.AuthContext.PeerIdentity.Select(static p => p.Value))}";
            token = context.RequestHeaders.GetValue("authorization");
            return Task.FromResult(new SimpleResponse());
        };
        await using TestServer host = await TestServer.StartAsync(
            static endpoints => endpoints.MapGrpcService<ScriptedService>(),
            services: services => services.AddSingleton(service),
            listen: options => options.UseHttps(https =>
            {
                https.ServerCertificate = server;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            }));
        using SocketsHttpHandler handler = new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [client],
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        CallCredentials credentials = CallCredentials.FromInterceptor(static (context, metadata) =>
        {
            metadata.Add("authorization", $"for {new Uri(context.ServiceUrl).AbsolutePath} {context.MethodName}");
            return Task.CompletedTask;
        });
        using GrpcChannel channel = GrpcChannel.ForAddress(
            $"https://127.0.0.1:{host.Port}",
            new GrpcChannelOptions { HttpHandler = handler, Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, credentials) });
        await new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest());
        Assert.Equal("True x509_common_name=control-plane x509_subject_alternative_name=control.example control.example", seen);
        Assert.Equal("for /grpc.testing.TestService UnaryCall", token);
    }
}
