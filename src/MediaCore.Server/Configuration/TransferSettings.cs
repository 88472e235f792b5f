using MediaCore.Engine.Policies;

namespace MediaCore.Server.Configuration;

/// <summary>Reads what becomes of a REFER: <c>trunks[].transfer</c> and <c>sip.accountTransfer</c>.</summary>
internal static class TransferSettings
{
    /// <summary>Reads the key; an error and the fallback for a word that is none of the three.</summary>
    public static TransferPolicy Read(SectionReader section, string key, TransferPolicy fallback)
    {
        if (section.OptionalText(key, null) is not { } text)
        {
            return fallback;
        }

        switch (text.Value)
        {
            case "refuse":
                return TransferPolicy.Refuse;
            case "terminate":
                return TransferPolicy.Terminate;
            case "pass":
                return TransferPolicy.Pass;
            default:
                section.Error(text, $"\"{text.Value}\" is none of \"refuse\" (403 to a REFER), \"terminate\" (this server dials the new party) and \"pass\" (the other side does)");
                return fallback;
        }
    }
}
