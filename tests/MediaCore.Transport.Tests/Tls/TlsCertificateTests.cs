using MediaCore.Tests;
using MediaCore.Transport.Tls;

namespace MediaCore.Transport.Tests.Tls;

public sealed class TlsCertificateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_OfEitherKind_AreLoaded(bool isRsa)
    {
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("server", ["sip.example.com", "sip:example.com"], isRsa: isRsa);
        TlsCertificate loaded = TlsCertificate.Load(certificate, key);
        Assert.Equal(("example.com", "sip.example.com"), (Assert.Single(loaded.Identities.Names), Assert.Single(loaded.Identities.Hosts)));
        Assert.True(loaded.NotBefore < DateTimeOffset.UtcNow && loaded.NotAfter > DateTimeOffset.UtcNow);
    }

    [Fact]
    public void Files_ThatCannotBeUsed_AreNamed_WithWhatIsWrong()
    {
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("one", ["one.example.com"]);
        (_, string other) = authority.Issue("two", ["two.example.com"]);
        string empty = Path.Combine(authority.Folder, "empty.pem");
        File.WriteAllText(empty, "nothing");
        string broken = Path.Combine(authority.Folder, "broken.pem");
        File.WriteAllText(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        string locked = Path.Combine(authority.Folder, "locked.key");
        File.WriteAllText(locked, File.ReadAllText(key).Replace("PRIVATE", "ENCRYPTED PRIVATE", StringComparison.Ordinal));
        AssertFails(empty, "no certificate", () => TlsCertificate.Load(empty, key));
        AssertFails(broken, "CERTIFICATE", () => TlsCertificate.Load(broken, key));
        AssertFails(other, "no private key that belongs to", () => TlsCertificate.Load(certificate, other));
        AssertFails(empty, "no private key that belongs to", () => TlsCertificate.Load(certificate, empty));
        AssertFails(locked, "encrypted", () => TlsCertificate.Load(certificate, locked));
        AssertFails("/nowhere/x.pem", "does not exist", () => TlsCertificate.Load("/nowhere/x.pem", key));
        AssertFails(empty, "no certificate", () => TlsCertificate.LoadAuthorities(empty));
    }

    private static void AssertFails(string file, string problem, Action action)
    {
        TlsFileException thrown = Assert.Throws<TlsFileException>(action);
        Assert.Equal(file, thrown.Path);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }
}
