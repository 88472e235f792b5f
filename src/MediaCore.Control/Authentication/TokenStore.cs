using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>The tokens that hold now. A change of their file is seen with the next caller; a file that cannot be read changes nothing. Thread-safe.</summary>
public sealed class TokenStore
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private volatile Snapshot _snapshot;

    /// <summary>Reads a file for the first time.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public TokenStore(string path, TimeProvider time, ILogger logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        _snapshot = new Snapshot(FileStamp.Of(path), TokenFile.Read(path));
    }

    /// <summary>How many there are.</summary>
    public int Count => Refresh().Tokens.Count;

    /// <summary>The token that somebody shows; null where there is none such, or it has ended.</summary>
    public ControlToken? Find(string secret)
    {
        byte[] hash = ControlToken.HashOf(secret);
        ControlToken? found = null;
        foreach (ControlToken token in Refresh().Tokens)
        {
            // All are compared, each as a whole: how long it takes tells nothing.
            if (CryptographicOperations.FixedTimeEquals(token.Hash, hash))
            {
                found = token;
            }
        }

        return found is { ExpiresAt: { } expires } && expires <= _time.GetUtcNow() ? null : found;
    }

    /// <summary>Whether a token that was shown still holds: it was not revoked, changed, or ended.</summary>
    public bool Holds(ControlToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return (token.ExpiresAt is not { } expires || expires > _time.GetUtcNow())
            && Refresh().Tokens.Any(known => known.Hash.AsSpan().SequenceEqual(token.Hash) && known.Scope >= token.Scope && known.Controller == token.Controller && known.ExpiresAt == token.ExpiresAt);
    }

    private Snapshot Refresh()
    {
        Snapshot snapshot = _snapshot;
        if (FileStamp.Of(_path) == snapshot.Stamp)
        {
            return snapshot;
        }

        lock (_reading)
        {
            FileStamp stamp = FileStamp.Of(_path);
            if (stamp != _snapshot.Stamp)
            {
                IReadOnlyList<ControlToken> tokens = _snapshot.Tokens;
                try
                {
                    tokens = TokenFile.Read(_path);
                    AuthenticationLog.TokensRead(_logger, tokens.Count);
                }
                catch (IOException exception)
                {
                    AuthenticationLog.TokensUnreadable(_logger, exception.Message);
                }

                _snapshot = new Snapshot(stamp, tokens);
            }

            return _snapshot;
        }
    }

    private sealed record Snapshot(FileStamp Stamp, IReadOnlyList<ControlToken> Tokens);

    private readonly record struct FileStamp(DateTime Written, long Length)
    {
        public static FileStamp Of(string path)
        {
            FileInfo file = new(path);
            return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
        }
    }
}
