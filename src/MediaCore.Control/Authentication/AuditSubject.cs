using Google.Protobuf;
using Google.Protobuf.Reflection;
using MediaCore.Control.V1;
using MediaCore.Primitives;

namespace MediaCore.Control.Authentication;

/// <summary>What an audited command is about, as it stands in a line: a call and a command, or a piece of the configuration. Identifiers that a client chose may be numbers; those are not shown.</summary>
internal readonly record struct AuditSubject
{
    /// <summary>Characters of identifiers that stand in a line.</summary>
    private const int MaxIdentifierLength = 64;

    /// <summary>Nothing in particular.</summary>
    public static AuditSubject None => default;

    /// <summary>The call; as the client named it, or as the server did.</summary>
    public string? Call { get; init; }

    /// <summary>The client's identifier of the command.</summary>
    public string? Command { get; init; }

    /// <summary>The piece of the configuration.</summary>
    public string? Resource { get; init; }

    /// <summary>Whether the change was only tried.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>What a request is about.</summary>
    public static AuditSubject Of(IMessage? message) => message switch
    {
        null => None,
        ReplaceResourceRequest replace => new AuditSubject { Resource = $"{Show(replace.Resource?.Section ?? "")}/{Show(replace.Resource?.Name ?? "")}", IsDryRun = replace.DryRun },
        UpdateResourceRequest update => new AuditSubject { Resource = $"{Show(update.Section)}/{Show(update.Name)}", IsDryRun = update.DryRun },
        DeleteResourceRequest delete => new AuditSubject { Resource = $"{Show(delete.Section)}/{Show(delete.Name)}", IsDryRun = delete.DryRun },
        ResetResourceRequest reset => new AuditSubject { Resource = $"{Show(reset.Section)}/{Show(reset.Name)}", IsDryRun = reset.DryRun },
        _ when message.Descriptor.FindFieldByName("target") is { FieldType: FieldType.Message } field && field.Accessor.GetValue(message) is Target target =>
            new AuditSubject { Call = Show(target.CallId), Command = Show(target.CommandId) },
        _ => new AuditSubject { Call = Show(ReadText(message, "call_id") ?? ReadText(message, "session_id") ?? "") },
    };

    /// <summary>The same with the call that the server has named.</summary>
    public AuditSubject WithCall(string callId) => callId.Length > 0 ? this with { Call = Show(callId) } : this;

    private static string? ReadText(IMessage message, string field) =>
        message.Descriptor.FindFieldByName(field) is { FieldType: FieldType.String, IsRepeated: false } found ? (string)found.Accessor.GetValue(message) : null;

    /// <inheritdoc/>
    public override string ToString() => Resource is null ? $"call={Call} command={Command}" : $"resource={Resource}{(IsDryRun ? " (dry run)" : "")}";

    /// <summary>Without letters, or with the signs of addresses, it may be somebody's number or address; a hash of it tells as much.</summary>
    internal static string Show(string text)
    {
        bool isPersonal = text.Length > 0 && (!text.Any(char.IsAsciiLetter) || text.AsSpan().IndexOfAny('@', ':', '+') >= 0);
        return isPersonal ? new Pii<string>(text).ToString() : text.Length <= MaxIdentifierLength ? text : text[..MaxIdentifierLength];
    }
}
