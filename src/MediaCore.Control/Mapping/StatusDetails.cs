using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.Services;

namespace MediaCore.Control.Mapping;

/// <summary>
/// Many problems as one status: as lines in its message, for people, and as <c>google.rpc.BadRequest</c> in <c>grpc-status-details-bin</c>, for programs. Both are cut so that they stay
/// together under the 8 KiB of metadata that clients take by default.
/// </summary>
internal static class StatusDetails
{
    /// <summary>The trailer that all languages' libraries look for.</summary>
    public const string Trailer = "grpc-status-details-bin";

    private const string BadRequestType = "type.googleapis.com/google.rpc.BadRequest";
    private const int MaxMessageBytes = 1_500;
    private const int MaxDetailBytes = 2_000;
    private const int MaxDescriptionCharacters = 500;

    /// <summary>What a handler throws; the details go with INVALID_ARGUMENT, where there are fields that can be named.</summary>
    public static RpcException ToException(StatusCode code, IReadOnlyList<ConfigurationProblem> problems)
    {
        string message = ToMessage(problems);
        return code == StatusCode.InvalidArgument
            ? new RpcException(new Status(code, message), new Metadata { { Trailer, ToStatus(code, message, problems) } })
            : new RpcException(new Status(code, message));
    }

    /// <summary>Problems, one a line.</summary>
    public static string ToMessage(IReadOnlyList<ConfigurationProblem> problems)
    {
        StringBuilder text = new();
        int bytes = 0;
        for (int i = 0; i < problems.Count; i++)
        {
            string line = problems[i].Path.Length > 0 ? $"{problems[i].Path}: {problems[i].Message}" : problems[i].Message;

            // In a header every byte that is not visible ASCII takes three.
            bytes += line.Sum(static c => char.IsAscii(c) ? 1 : 9) + 3;
            if (i > 0 && bytes > MaxMessageBytes)
            {
                return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nand {problems.Count - i} more").ToString();
            }

            text.Append(i > 0 ? "\n" : "").Append(line.Length > MaxMessageBytes ? line[..MaxMessageBytes] : line);
        }

        return text.ToString();
    }

    /// <summary>google.rpc.Status { int32 code = 1; string message = 2; repeated Any details = 3 }, written by hand: its C# classes are another package's. Clients want the message of the call in it.</summary>
    private static byte[] ToStatus(StatusCode code, string message, IReadOnlyList<ConfigurationProblem> problems)
    {
        // Any { string type_url = 1; bytes value = 2 }.
        byte[] detail = Write(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString(BadRequestType);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(ToBadRequest(problems)));
        });
        return Write(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt32((int)code);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteString(message);
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(detail));
        });
    }

    /// <summary>google.rpc.BadRequest { repeated FieldViolation field_violations = 1 }, FieldViolation { string field = 1; string description = 2 }.</summary>
    private static byte[] ToBadRequest(IReadOnlyList<ConfigurationProblem> problems)
    {
        int left = MaxDetailBytes;
        return Write(output =>
        {
            foreach (ConfigurationProblem problem in problems)
            {
                byte[] violation = Write(inner =>
                {
                    inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    inner.WriteString(problem.Path);
                    inner.WriteTag(2, WireFormat.WireType.LengthDelimited);
                    inner.WriteString(problem.Message.Length > MaxDescriptionCharacters ? problem.Message[..MaxDescriptionCharacters] : problem.Message);
                });
                left -= violation.Length;
                if (left < 0)
                {
                    return;
                }

                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(violation));
            }
        });
    }

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using MemoryStream bytes = new();
        using CodedOutputStream output = new(bytes, leaveOpen: true);
        write(output);
        output.Flush();
        return bytes.ToArray();
    }
}
