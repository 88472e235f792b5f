using MediaCore.Engine.Policies.Identity;

namespace MediaCore.Server.Configuration;

/// <summary>Key <c>identity</c> of a trunk: whether it is believed about callers and what it is told about them.</summary>
internal static class TrunkIdentitySettings
{
    /// <summary>Reads the object.</summary>
    public static TrunkIdentity Read(SectionReader trunk)
    {
        SectionReader section = trunk.Section("identity");
        bool trusted = section.Flag("trusted", false);
        IdentityHeader send = section.Choice("send", IdentityHeader.None, ("none", IdentityHeader.None), ("asserted", IdentityHeader.Asserted),
            ("preferred", IdentityHeader.Preferred), ("remote-party", IdentityHeader.RemoteParty));
        DiversionHeader diversion = section.Choice("diversion", DiversionHeader.None, ("none", DiversionHeader.None), ("diversion", DiversionHeader.Diversion),
            ("history-info", DiversionHeader.HistoryInfo), ("both", DiversionHeader.Both));
        ConfigurationText? assert = section.OptionalText("assert", null);
        if (assert is { } number && (number.Value.Length > 64 || number.Value.TrimStart('+').Length == 0 || !number.Value.TrimStart('+').All(char.IsAsciiDigit)))
        {
            section.Error(number, $"\"{number.Value}\" is no number: digits, with or without a plus sign in front");
        }

        if (assert is { } set && trusted)
        {
            section.Error(set, "stands for what an untrusted trunk says about itself; a trusted one is believed, so take \"assert\" or \"trusted\" out");
        }

        section.Finish();
        return new TrunkIdentity { IsTrusted = trusted, Send = send, Diversion = diversion, Assert = assert?.Value };
    }
}
