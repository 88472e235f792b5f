using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>The event packages that can be subscribed to.</summary>
internal enum EventPackage : byte
{
    /// <summary>Waiting messages of an account, RFC 3842.</summary>
    MessageSummary,

    /// <summary>Calls of an account, RFC 4235.</summary>
    Dialog,

    Count,
}

/// <summary>What became of a notification.</summary>
internal enum NotificationResult : byte
{
    /// <summary>2xx.</summary>
    Accepted,

    /// <summary>Any other final response.</summary>
    Refused,

    /// <summary>No response.</summary>
    TimedOut,

    /// <summary>It could not be sent: the connection is gone, or the transport says so.</summary>
    Unsent,

    Count,
}

/// <summary>Names of the packages and their bodies.</summary>
internal static class EventPackages
{
    /// <summary>Value of Allow-Events.</summary>
    public static ReadOnlySpan<byte> AllowEvents => "message-summary, dialog"u8;

    public static ReadOnlySpan<byte> GetName(EventPackage package) => package == EventPackage.Dialog ? "dialog"u8 : "message-summary"u8;

    public static ReadOnlySpan<byte> GetContentType(EventPackage package) =>
        package == EventPackage.Dialog ? "application/dialog-info+xml"u8 : "application/simple-message-summary"u8;

    /// <summary>Reads Event (RFC 6665 §8.2.1): package and id, both compared byte by byte. False for a package that we do not have.</summary>
    public static bool TryRead(SipMessage request, out EventPackage package, out ReadOnlySpan<byte> id)
    {
        package = EventPackage.Count;
        id = default;
        if (!request.TryGetHeader(SipHeaderName.Event, out ReadOnlySpan<byte> value) || value.Length > SubscriptionLimits.MaxEventBytes)
        {
            return false;
        }

        int end = value.IndexOf((byte)';');
        ReadOnlySpan<byte> name = (end < 0 ? value : value[..end]).Trim(" \t"u8);
        package = name.SequenceEqual("dialog"u8) ? EventPackage.Dialog : name.SequenceEqual("message-summary"u8) ? EventPackage.MessageSummary : EventPackage.Count;
        if (end >= 0)
        {
            var parameters = new ParameterEnumerator(value[end..]);
            while (parameters.MoveNext())
            {
                if (System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "id"u8))
                {
                    id = parameters.Value;
                    break;
                }
            }
        }

        return package != EventPackage.Count;
    }
}
