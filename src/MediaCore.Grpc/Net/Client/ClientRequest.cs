using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>Requests and responses as the HTTP client has them.</summary>
internal static class ClientRequest
{
    private static readonly MediaTypeHeaderValue s_contentType = new(GrpcHeaders.ContentType);
    private static readonly string s_userAgent = $"grpc-dotnet-mediacore/{typeof(ClientRequest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    public static HttpRequestMessage Create(Uri uri, HttpContent content, TimeSpan? timeout, string acceptEncoding, string? encoding)
    {
        content.Headers.ContentType = s_contentType;
        HttpRequestMessage request = new(HttpMethod.Post, uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        HttpRequestHeaders headers = request.Headers;
        if (timeout is { } time)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(time));
        }

        headers.TryAddWithoutValidation("user-agent", s_userAgent);
        headers.TryAddWithoutValidation(GrpcHeaders.Te, GrpcHeaders.Trailers);
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, acceptEncoding);
        if (encoding is not null)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Encoding, encoding);
        }

        return request;
    }

    public static void Append(HttpRequestMessage request, Metadata? metadata)
    {
        foreach (Metadata.Entry entry in metadata ?? Metadata.Empty)
        {
            if (!GrpcHeaders.IsReserved(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.ToHeaderValue(entry));
            }
        }
    }

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        Metadata metadata = [];
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                MetadataHeaders.Add(metadata, name, value);
            }
        }

        return metadata;
    }

    public static string? Find(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.FirstOrDefault() : null;
}
