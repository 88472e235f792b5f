using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>Makes metadata of headers as they came, and headers of metadata. Nothing that HTTP lets pass fails here: a binary header that is not base64 is left out.</summary>
internal static class MetadataHeaders
{
    public static void Add(Metadata metadata, string name, string? value)
    {
        if (value is null || GrpcHeaders.IsReserved(name))
        {
            return;
        }

        string key = name.ToLowerInvariant();
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.Received(key, value));
            return;
        }

        // Several values of one name may come as one, joined with commas.
        foreach (Range part in value.AsSpan().Split(','))
        {
            byte[]? bytes = Base64Text.TryDecode(value.AsSpan(part));
            if (bytes is not null)
            {
                metadata.Add(Metadata.Entry.Received(key, bytes));
            }
        }
    }

    /// <summary>What goes on the wire for an entry. A text that came from the wire may hold what cannot be sent back; that becomes a question mark.</summary>
    public static string ToHeaderValue(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return Base64Text.Encode(entry.RawBytes);
        }

        return entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Create(entry.Value.Length, entry.Value, static (text, value) =>
            {
                for (int i = 0; i < text.Length; i++)
                {
                    text[i] = value[i] is >= ' ' and <= '~' ? value[i] : '?';
                }
            })
            : entry.Value;
    }
}
