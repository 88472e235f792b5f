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
    private const string ErrorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>ErrorInfo asks for the name of the service that the reasons are of.</summary>
    private const string Domain = "mediacore";
    private const int MaxMessageBytes = 1_500;
    private const int MaxDetailBytes = 2_000;
    private const int MaxDescriptionCharacters = 500;

    /// <summary>What a handler throws; the details go with INVALID_ARGUMENT, where there are fields that can be named.</summary>
    public static RpcException ToException(StatusCode code, IReadOnlyList<ConfigurationProblem> problems)
    {
        string message = ToMessage(problems);
        return code == StatusCode.InvalidArgument
            ? new RpcException(new Status(code, message), new Metadata { { Trailer, ToStatus(code, message, [ToAny(BadRequestType, ToBadRequest(problems))]) } })
            : new RpcException(new Status(code, message));
    }

    /// <summary>A refusal with its reason as <c>google.rpc.ErrorInfo</c> and, where waiting helps, how long as <c>google.rpc.RetryInfo</c>.</summary>
    public static RpcException ToException(StatusCode code, string message, string reason, TimeSpan? retryAfter)
    {
        string text = message.Length > MaxMessageBytes ? message[..MaxMessageBytes] : message;

        // ErrorInfo { string reason = 1; string domain = 2 }.
        List<byte[]> details =
        [
            ToAny(ErrorInfoType, Write(output =>
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteString(reason);
                output.WriteTag(2, WireFormat.WireType.LengthDelimited);
                output.WriteString(Domain);
            })),
        ];
        if (retryAfter is { } wait)
        {
            // RetryInfo { google.protobuf.Duration retry_delay = 1 }.
            details.Add(ToAny(RetryInfoType, Write(output =>
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteMessage(Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(wait));
            })));
        }

        return new RpcException(new Status(code, text), new Metadata { { Trailer, ToStatus(code, text, details) } });
    }

    /// <summary>What <see cref="ToException(StatusCode, string, string, TimeSpan?)"/> and its like have put into a status.</summary>
    public static ErrorDetails Read(RpcException exception)
    {
        List<ConfigurationProblem> problems = [];
        string reason = "";
        TimeSpan? retryAfter = null;
        if (exception.Trailers.FirstOrDefault(static entry => entry.Key == Trailer) is { } trailer)
        {
            foreach ((string type, byte[] value) in ReadAll(trailer.ValueBytes, 3).Select(static any => (Encoding.UTF8.GetString(ReadAll(any, 1)[0]), ReadAll(any, 2)[0])))
            {
                switch (type)
                {
                    case BadRequestType:
                        problems.AddRange(ReadAll(value, 1).Select(static each => new ConfigurationProblem(Text(each, 1), Text(each, 2))));
                        break;
                    case ErrorInfoType:
                        reason = Text(value, 1);
                        break;
                    case RetryInfoType:
                        retryAfter = Google.Protobuf.WellKnownTypes.Duration.Parser.ParseFrom(ReadAll(value, 1)[0]).ToTimeSpan();
                        break;
                }
            }
        }

        return new ErrorDetails(reason, problems, retryAfter);

        static string Text(byte[] message, uint field) => ReadAll(message, field) is [var first, ..] ? Encoding.UTF8.GetString(first) : "";
    }

    /// <summary>The fields of one number, of those that have a length.</summary>
    private static List<byte[]> ReadAll(byte[] message, uint field)
    {
        using CodedInputStream input = new(message);
        List<byte[]> found = [];
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag((int)field, WireFormat.WireType.LengthDelimited))
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }

    /// <summary>Any { string type_url = 1; bytes value = 2 }.</summary>
    private static byte[] ToAny(string type, byte[] value) => Write(output =>
    {
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteString(type);
        output.WriteTag(2, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    });

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
    private static byte[] ToStatus(StatusCode code, string message, List<byte[]> details) => Write(output =>
    {
        output.WriteTag(1, WireFormat.WireType.Varint);
        output.WriteInt32((int)code);
        output.WriteTag(2, WireFormat.WireType.LengthDelimited);
        output.WriteString(message);
        foreach (byte[] detail in details)
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(detail));
        }
    });

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
