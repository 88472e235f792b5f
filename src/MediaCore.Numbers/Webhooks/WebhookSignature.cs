using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Webhooks;

/// <summary>Secrets and signatures of Standard Webhooks 1.0.0: <c>v1</c>, HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>A new secret: <c>whsec_</c> and Base64 of <see cref="WebhookLimits.SecretBytes"/> random bytes.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(WebhookLimits.SecretBytes));

    /// <summary>The header <c>webhook-signature</c>: a signature by each secret that is in force, the newest first.</summary>
    /// <param name="endpoint">Whose secrets.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="now">The header <c>webhook-timestamp</c>, seconds of Unix time.</param>
    /// <param name="body">The bytes that are sent.</param>
    public static string Of(WebhookEndpoint endpoint, string id, long now, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        string newest = Sign(endpoint.Secret, id, now, body);
        return endpoint.PreviousSecret is { } previous && endpoint.PreviousUntilMs > now * 1000 ? $"{newest} {Sign(previous, id, now, body)}" : newest;
    }

    private static string Sign(string secret, string id, long now, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret[Prefix.Length..]));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{now}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
