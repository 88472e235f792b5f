using System.Globalization;
using System.Net;
using Grpc.AspNetCore.Server;
using MediaCore.GrpcEcho;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// An echo server on MediaCore.Grpc, for perf/compare/grpc.sh. Argument: the port on 127.0.0.1.
int port = int.Parse(args[0], CultureInfo.InvariantCulture);
WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.Services.AddGrpc();
builder.Services.AddSingleton<EchoService>();
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.SetGrpcLimits();
    kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
});
WebApplication application = builder.Build();
application.UseRouting();
application.MapGrpcService<EchoService>();
await application.StartAsync();
Console.WriteLine("ready");
await application.WaitForShutdownAsync();
