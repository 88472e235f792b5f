using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Numbers.Inventory;

/// <summary>What a number, an account and their parts must look like. Each check gives null or a sentence that says what is right.</summary>
public static class InventoryRules
{
    /// <summary>ITU-T E.164: <c>+</c>, a country code that does not begin with 0, 2 to 15 digits in all.</summary>
    public static string? CheckE164(string? number)
        => number is ['+', >= '1' and <= '9', ..]
            && number.Length - 1 is >= InventoryLimits.MinE164Digits and <= InventoryLimits.MaxE164Digits
            && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            ? null
            : $"'{number}' is no E.164 number: write '+', the country code and the number, {InventoryLimits.MinE164Digits} to {InventoryLimits.MaxE164Digits} digits without separators, as +12025550100.";

    /// <summary>
    /// A name that needs no escaping in a URI's user part (RFC 3261 §25.1 unreserved, less what confuses) and is never taken for an E.164
    /// number: letters, digits, <c>. _ -</c>, beginning with a letter or digit.
    /// </summary>
    public static string? CheckAccountName(string? name)
        => !string.IsNullOrEmpty(name) && name.Length <= InventoryLimits.MaxAccountNameCharacters && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : $"'{name}' is no account name: 1 to {InventoryLimits.MaxAccountNameCharacters} letters, digits, '.', '_' or '-', beginning with a letter or digit.";

    /// <summary>What colleagues dial: shorter than any number of the network, so that the two are never taken for each other.</summary>
    public static string? CheckExtension(string? extension)
        => extension is not null && extension.Length is >= InventoryLimits.MinExtensionDigits and <= InventoryLimits.MaxExtensionDigits && extension.All(char.IsAsciiDigit) && extension is not ("112" or "911" or "999" or "000")
            ? null
            : $"'{extension}' is no extension: {InventoryLimits.MinExtensionDigits} to {InventoryLimits.MaxExtensionDigits} digits, and no emergency number.";

    /// <summary>A password that a digest can carry: printable, not too short.</summary>
    public static string? CheckPassword(string? password)
        => password is not null && password.Length is >= InventoryLimits.MinPasswordCharacters and <= InventoryLimits.MaxPasswordCharacters
            && !password.Any(char.IsControl)
            ? null
            : $"A password has {InventoryLimits.MinPasswordCharacters} to {InventoryLimits.MaxPasswordCharacters} characters and no control characters.";

    /// <summary>Everything that is wrong with a number's definition; empty when it is right. Whether accounts exist is the store's to say.</summary>
    public static IReadOnlyList<string> Check(NumberDefinition number)
    {
        var errors = new List<string>();
        Add(CheckE164(number.E164));
        Add(number.Label.Length <= InventoryLimits.MaxLabelCharacters ? null : $"A label has at most {InventoryLimits.MaxLabelCharacters} characters.");
        Add(number.Targets.IsDefaultOrEmpty ? "A number needs at least one target." : null);
        if (!number.Targets.IsDefaultOrEmpty)
        {
            Add(number.Targets.Length <= InventoryLimits.MaxTargets ? null : $"A number has at most {InventoryLimits.MaxTargets} targets.");
            for (int i = 0; i < number.Targets.Length; i++)
            {
                Add(CheckTarget(number.Targets[i]) is { } wrong ? $"Target {i + 1}: {wrong}" : null);
            }
        }

        return errors;

        void Add(string? error)
        {
            if (error is not null)
            {
                errors.Add(error);
            }
        }
    }

    /// <summary>One target.</summary>
    public static string? CheckTarget(NumberTarget target)
    {
        string? wrong = target.Kind switch
        {
            NumberTargetKind.Account => CheckAccountName(target.Value),
            NumberTargetKind.Uri => SipPeerUri.TryParse(target.Value, out SipPeer? _, out _, out string? error) ? null : error,
            NumberTargetKind.Trunk => CheckTrunk(target.Value),
            NumberTargetKind.AnnouncementText => CheckText(target.Value),
            NumberTargetKind.AnnouncementFile => CheckFile(target.Value),
            NumberTargetKind.Conference => ConferenceRoom.IsName(target.Value) ? null : $"'{target.Value}': {ConferenceRoom.Rule}.",
            NumberTargetKind.Control => ControlApplication.IsName(target.Value) ? null : $"'{target.Value}': {ControlApplication.Rule}.",
            _ => "It is of no known kind.",
        };
        if (wrong is null && target.Voice is { } voice && !(voice.Length is > 0 and <= 64 && voice.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+')))
        {
            wrong = $"'{voice}' is no voice: letters, digits, '-', '_' and '+', as en-us.";
        }

        if (wrong is null && (target.RingTime < TimeSpan.FromSeconds(InventoryLimits.MinRingSeconds) || target.RingTime > TimeSpan.FromSeconds(InventoryLimits.MaxRingSeconds)
            || target.RingTime.Ticks % TimeSpan.TicksPerSecond != 0))
        {
            wrong = $"The ring time is {InventoryLimits.MinRingSeconds} to {InventoryLimits.MaxRingSeconds} whole seconds.";
        }

        return wrong;
    }

    private static string? CheckTrunk(string value)
    {
        int slash = value.IndexOf('/');
        ReadOnlySpan<char> user = slash < 0 ? [] : value.AsSpan(slash + 1);
        return value.Length is > 0 and <= 255 && slash != 0 && (slash < 0 || (user.Length > 0 && !user.ContainsAnyExcept(TrunkUserCharacters)))
            ? null
            : $"'{value}' is neither a trunk's name nor name/number.";
    }

    private static readonly System.Buffers.SearchValues<char> TrunkUserCharacters = System.Buffers.SearchValues.Create("+*-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static string? CheckText(string text)
        => text.Length <= InventoryLimits.MaxAnnouncementCharacters && !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))
            ? null
            : $"An announcement's text has 1 to {InventoryLimits.MaxAnnouncementCharacters} characters and no control characters.";

    // The prompt store checks again with the file system at hand (links); this is so that the mistake shows when it is made.
    private static string? CheckFile(string path)
        => path.Length is > 0 and <= 255 && !path.Any(char.IsControl) && !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..", StringComparer.Ordinal)
            ? null
            : $"'{path}' is no file of the prompt folder: give a relative path without '..'.";
}
