using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Tests;
using MediaCore.Wire.Tests;
using MediaCore.Wire.Tests.Processes;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>TLS towards a centre, the npm package smpp: whose certificate is not the name's, or nobody's that we trust, is not spoken to.</summary>
public sealed class SmppTlsTests
{
    [Fact]
    public async Task Centre_IsBoundUnderItsName_AndNotUnderAnother_OrByAnotherAuthority()
    {
        using TestAuthority authority = new();
        using TestAuthority other = new(name: "another authority");
        (string certificate, string key) = authority.Issue("centre", ["localhost"]);
        await using NodePeer centre = NodePeer.Start("centre.cjs", certificate, key);
        ushort port = (await centre.WaitForAsync("listening")).GetProperty("port").GetUInt16();
        using ScratchFolder folder = new();
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        await using ServiceStore store = await ServiceStore.OpenAsync(database.Options);
        FakeMessages messages = new(store);
        using RefusedCentres refused = new();
        SmppCentre Named(string name, string host, params TestAuthority[] trusted) => new(name, host, port, "me", "secret") { IsTls = true, Authorities = [.. trusted.Select(static one => X509CertificateLoader.LoadCertificateFromFile(one.File))] };
        var options = new SmppOptions { Centres = [Named("right", "localhost", authority), Named("wrong-name", "127.0.0.1", authority), Named("wrong-authority", "localhost", other), Named("system", "localhost")] };
        await using SmppService service = SmppService.Start(options, store, folder.Path, messages, messages, refused);

        await Eventually.IsAsync(() => service.Carriers[0].IsBound, static bound => bound, "bound over TLS");
        CarrierAnswer answer = await service.Carriers[0].SendAsync(new MessagePart(Guid.CreateVersion7(), 0, 1, "+15557654321", "+12125550100", "over TLS"));
        Assert.Equal(CarrierStatus.Accepted, answer.Status);
        Assert.Equal("over TLS", (await centre.WaitForAsync("submit")).GetProperty("text").GetString());
        await Eventually.IsAsync(() => refused.Names, static names => names.Count == 3, "the other three were refused");
        Assert.Equal(["system", "wrong-authority", "wrong-name"], refused.Names.Order(StringComparer.Ordinal));
        Assert.All(service.Carriers[1..], static carrier => Assert.False(carrier.IsBound));
    }

    /// <summary>Names of the centres whose certificate was not accepted.</summary>
    private sealed class RefusedCentres : ILoggerFactory, ILogger
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _names = [];

        public IReadOnlyCollection<string> Names
        {
            get
            {
                lock (_lock)
                {
                    return [.. _names];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("It is the one.");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "SmppUnreachable" && exception is AuthenticationException && state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                lock (_lock)
                {
                    _names.Add((string)values.First(static value => value.Key == "Centre").Value!);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
