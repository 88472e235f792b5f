using System.Text;
using MediaCore.Control.Authentication;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Control.Tests.Authentication;

public sealed class TokenFileTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-test-").FullName;

    private string File => Path.Combine(_folder, "control-tokens.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Token_IsFound_ByWhatItsBearerShows_AndNotByItsHash()
    {
        string secret = Add("bot", ControlScope.Control, controller: "ivr");
        TokenStore store = Open();
        ControlToken found = Assert.IsType<ControlToken>(store.Find(secret));
        Assert.Equal(("bot", ControlScope.Control, "ivr"), (found.Name, found.Scope, found.Controller));
        Assert.StartsWith(ControlToken.Prefix, secret, StringComparison.Ordinal);
        Assert.Null(store.Find(secret + "x"));
        Assert.Null(store.Find(""));
        Assert.Null(store.Find(Convert.ToHexStringLower(found.Hash)));
    }

    [Fact]
    public void File_HasNoSecrets_AndIsItsOwnersAlone()
    {
        string secret = Add("bot", ControlScope.Read);
        string text = System.IO.File.ReadAllText(File, Encoding.UTF8);
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[ControlToken.Prefix.Length..], text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }
    }

    [Fact]
    public void Change_IsSeen_ByAStoreThatIsOpen()
    {
        TokenStore store = Open();
        Assert.Equal(0, store.Count);
        string first = Add("first", ControlScope.Read);
        Assert.NotNull(store.Find(first));
        string second = Add("second", ControlScope.Admin);
        Assert.NotNull(store.Find(second));
        Assert.True(TokenFile.Remove(File, "first"));
        Assert.Null(store.Find(first));
        Assert.NotNull(store.Find(second));
        Assert.False(TokenFile.Remove(File, "first"));
    }

    [Fact]
    public void Name_IsTakenOnce()
    {
        Add("bot", ControlScope.Read);
        IOException exception = Assert.Throws<IOException>(() => Add("bot", ControlScope.Admin));
        Assert.Contains("revoke", exception.Message, StringComparison.Ordinal);
        Assert.Single(TokenFile.Read(File));
    }

    [Fact]
    public void Token_ThatHasEnded_IsNotFound()
    {
        Clock clock = new() { Now = s_now };
        ControlToken token = ControlToken.Create("bot", ControlScope.Read, null, s_now, s_now.AddHours(1), out string secret);
        TokenFile.Add(File, token);
        TokenStore store = new(File, clock, NullLogger.Instance);
        Assert.NotNull(store.Find(secret));
        clock.Now = s_now.AddHours(1);
        Assert.Null(store.Find(secret));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{ "tokens": [ {} ] }""")]
    [InlineData("""{ "tokens": [ { "name": "a", "scope": "root", "sha256": "00", "created": "2026-01-01T00:00:00Z" } ] }""")]
    [InlineData("""{ "tokens": 1 }""")]
    public void File_ThatIsNone_SaysSo_AndAnOpenStoreKeepsWhatItHad(string text)
    {
        string secret = Add("bot", ControlScope.Read);
        TokenStore store = Open();
        System.IO.File.WriteAllText(File, text);
        IOException exception = Assert.Throws<IOException>(() => TokenFile.Read(File));
        Assert.Contains(File, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(store.Find(secret));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Bot-1_x.y", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    public void Name_HasFewCharacters(string name, bool isRight) => Assert.Equal(isRight, ControlToken.IsName(name));

    [Fact]
    public void Scopes_HaveNames()
    {
        Assert.All(ScopeName.All, static name => Assert.Equal(name, ScopeName.TryParse(name, out ControlScope scope) ? ScopeName.Of(scope) : null));
        Assert.False(ScopeName.TryParse("root", out _));
        Assert.False(ScopeName.TryParse(null, out _));
    }

    private string Add(string name, ControlScope scope, string? controller = null)
    {
        TokenFile.Add(File, ControlToken.Create(name, scope, controller, s_now, null, out string secret));
        return secret;
    }

    private TokenStore Open() => new(File, TimeProvider.System, NullLogger.Instance);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
