using Google.Protobuf;
using Google.Protobuf.Reflection;
using MediaCore.Control.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MediaCore.Server.Http;

/// <summary>A part of a file (RFC 9110 §14): one range of bytes, for a player that jumps. Of several ranges, and of a suffix, nothing is made: the whole file is answered, which a server may do.</summary>
internal static class FileRange
{
    /// <summary>Takes the range of a request into its message; false where there is none or the message has no room for one.</summary>
    public static bool TryTake(HttpRequest http, IMessage message)
    {
        MessageDescriptor descriptor = message.Descriptor;
        if (descriptor.FindFieldByName("offset") is not { FieldType: FieldType.Int64 } offset || descriptor.FindFieldByName("length") is not { FieldType: FieldType.Int64 } length
            || http.GetTypedHeaders().Range is not { Ranges: { Count: 1 } ranges } range || range.Unit != "bytes" || ranges.Single() is not { From: { } from } one)
        {
            return false;
        }

        offset.Accessor.SetValue(message, from);
        length.Accessor.SetValue(message, one.To is { } to ? to - from + 1 : 0);
        return true;
    }

    /// <summary>The first byte that a message asks for.</summary>
    public static long OffsetOf(IMessage message) => (long)message.Descriptor.FindFieldByName("offset").Accessor.GetValue(message);

    /// <summary>Says in the head of the response which part of which file follows.</summary>
    /// <param name="response">The response.</param>
    /// <param name="first">The first piece.</param>
    /// <param name="offset">Where it begins; null for the whole.</param>
    public static void Describe(HttpResponse response, DataChunk first, long? offset)
    {
        if (first.TotalBytes == 0)
        {
            return;
        }

        response.Headers.AcceptRanges = "bytes";
        if (offset is { } from)
        {
            long length = OffsetLength(response.HttpContext.Request, first.TotalBytes, from);
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(from, from + length - 1, first.TotalBytes);
            response.ContentLength = length;
        }
    }

    private static long OffsetLength(HttpRequest http, long total, long from)
        => http.GetTypedHeaders().Range!.Ranges.Single().To is { } to && to < total - 1 ? to - from + 1 : total - from;
}
