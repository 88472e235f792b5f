using System.Collections.Frozen;
using MediaCore.Control.NumberServices;

namespace MediaCore.Control.Authentication;

/// <summary>What each method asks for, by its path. A method that is not here (one that the server does not have) asks for <see cref="ControlScope.Admin"/>.</summary>
public static class MethodScopes
{
    private static readonly string[] s_callReads = ["GetCall", "ListCalls", "ListConference"];

    private static readonly string[] s_callCommands =
    [
        "Session", "Claim", "Release", "Originate", "Answer", "Progress", "Reject", "Redirect", "Route", "Dial", "Bridge", "Unbridge", "Hold", "Resume", "Mute", "Transfer",
        "AcceptTransfer", "Play", "Say", "Gather", "StopPlayback", "RecordStart", "RecordPause", "RecordResume", "RecordStop", "SendDtmf", "SendInfo", "SendMessage",
        "ConferenceJoin", "ConferenceLeave", "ConferenceMute", "Hangup", "SetVariable",
    ];

    private static readonly string[] s_adminReads = ["GetNode", "WatchStatistics", "ListRegistrations", "ListTrunks", "GetTrace", "GetCapture", "GetLogLevel"];
    private static readonly string[] s_adminCommands = ["Drain", "Undrain", "Reload", "SetLogLevel", "SetTrace"];

    private static readonly FrozenDictionary<string, ControlScope> s_scopes = Make();

    /// <summary>The methods that are known.</summary>
    public static IEnumerable<string> Known => s_scopes.Keys;

    /// <summary>What a method asks for.</summary>
    /// <param name="path">As in the request: <c>/mediacore.v1.Admin/GetNode</c>.</param>
    public static ControlScope Get(string path) => s_scopes.GetValueOrDefault(path, ControlScope.Admin);

    /// <summary>Whether it is one of <see cref="Known"/>.</summary>
    public static bool IsKnown(string path) => s_scopes.ContainsKey(path);

    /// <summary>Whether a method changes anything, and so is audited.</summary>
    public static bool IsChanging(string path) => Get(path) >= ControlScope.Control;

    private static FrozenDictionary<string, ControlScope> Make()
    {
        Dictionary<string, ControlScope> scopes = new(StringComparer.Ordinal);
        Add("mediacore.v1.CallControl", ControlScope.Read, s_callReads);
        Add("mediacore.v1.CallControl", ControlScope.Control, s_callCommands);
        Add("mediacore.v1.Events", ControlScope.Read, "Subscribe");
        Add("mediacore.v1.AudioStreams", ControlScope.Control, "Connect");
        Add("mediacore.v1.MediaRelay", ControlScope.Read, "Query");
        Add("mediacore.v1.MediaRelay", ControlScope.Control, "Offer", "Answer", "Delete");
        Add("mediacore.v1.Config", ControlScope.Read, "ListResources", "GetResource");
        Add("mediacore.v1.Config", ControlScope.Admin, "ReplaceResource", "UpdateResource", "DeleteResource", "ResetResource");
        Add("mediacore.v1.Admin", ControlScope.Read, s_adminReads);
        Add("mediacore.v1.Admin", ControlScope.Admin, s_adminCommands);
        Add("grpc.health.v1.Health", ControlScope.None, "Check", "Watch", "List");
        Add("grpc.reflection.v1.ServerReflection", ControlScope.Read, "ServerReflectionInfo");
        Add("grpc.reflection.v1alpha.ServerReflection", ControlScope.Read, "ServerReflectionInfo");
        foreach (ApiMethod method in ApiMethods.All)
        {
            // What a control token may; API keys have permissions of their own.
            scopes.Add(method.FullName, method.IsChanging ? ControlScope.Admin : ControlScope.Read);
        }

        return scopes.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(string service, ControlScope scope, params string[] methods)
        {
            foreach (string method in methods)
            {
                scopes.Add($"/{service}/{method}", scope);
            }
        }
    }
}
