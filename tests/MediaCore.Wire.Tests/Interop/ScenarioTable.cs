namespace MediaCore.Wire.Tests.Interop;

/// <summary>Which scenarios of others run against the server, and with which configuration. <c>docs/interop.md</c> says why the rest does not.</summary>
internal static class ScenarioTable
{
    /// <summary>A callee that rings, answers with three formats and waits for BYE.</summary>
    private const string Answers = "siphon-sip/b2bua_uas";

    private static readonly string[] Names = ["-key", "to", "+12025550123", "-key", "from", "+12025550188", "-key", "domain", "ims.test"];

    /// <summary>CANCEL bears the branch of its INVITE (RFC 3261 §9.1), three messages before it.</summary>
    private static readonly (string, string) s_cancelBranch = (
        "CANCEL sip:bob@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        "CANCEL sip:bob@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-3]");

    public static IReadOnlyList<ScenarioPair> Rows { get; } =
    [
        new("sipp-docs/uac", "sipp-docs/uas"),
        new("siphon-sip/b2bua_uac", Answers),
        new("siphon-sip/invite_uac", "siphon-sip/invite_uas"),
        new("siphon-sip/invite_uac_fast", "siphon-sip/invite_uas_fast"),
        new("siphon-sip/routing_uac", Answers),
        new("siphon-sip/rtpproxy_uac", Answers),
        new("siphon-sip/ims/invite_ims_uac", "siphon-sip/ims/invite_ims_uas") { CallerArguments = Names },
        new("drachtio/uac-outbound-3031", "drachtio/uas-success"),
        new("drachtio/uac-pcap", Answers) { CallerEdits = [("\"8000\"", "\"100\"")] },
        new("sipnab/uac_pcap_g711a", Answers) { CallerEdits = [("\"90000\"", "\"300\"")] },
        new("jambonz/uac-success-send-bye", "jambonz/uas") { CallerArguments = Names, CallerEdits = [("\"3000\"", "\"300\"")] },
        new("small-sets/kamailio-tests/thacxx0005/uac", "small-sets/kamailio-tests/thacxx0005/uas"),
        new("small-sets/sems/sipp/uac", "small-sets/sems/sipp/uas"),
        new("small-sets/jain-sip/uas/performance-uac", Answers) { CallerEdits = [("\"60000\"", "\"300\"")] },

        // Who hangs up, and how a call does not come about.
        new("siphon-sip/charging_deny_uac", "drachtio/uas-bye"),
        new("sipp-regress/github-0196/uac", "sipp-regress/github-0196/uas") { CalleeEdits = [("[custom_media_port]", "[media_port]")] },
        new("sipp-regress/github-0259/uac", "sipp-regress/github-0259/uas") { CalleeEdits = [("\"2000\"", "\"200\"")] },
        new("pjsua/uac-inv-without-sdp", "drachtio/uas-bye"),
        new("siphon-sip/b2bua_cancel_uac", "siphon-sip/b2bua_cancel_uas") { CallerEdits = [s_cancelBranch] },
        new("siphon-sip/b2bua_cancel_uac", "pjsua/uas-cancel-no-final") { CallerEdits = [s_cancelBranch] },
        new("jambonz/uac-invite-expect-183-cancel", "pjsua/uas-answer-183-wrong-codec") { CallerArguments = Names },
        new("drachtio/uac-outbound-3033-expect-480", "drachtio/uas-fail-486") { CalleeTrunk = "\"responses\": { \"486\": 480 }" },
        new("drachtio/uac_black", "drachtio/uas-fail-486") { CalleeTrunk = "\"responses\": { \"486\": 480 }" },
        new("drachtio/uac-spammer-ack-crash") { Reject = 603 },
        new("jambonz/uac-inactive-account-expect-503") { Reject = 503 },
        new("siphon-sip/max_forwards_uac"),
        new("pjsua/uac-inv-multiple-require"),
        new("siphon-sip/transport_error_uac") { TargetParameters = ";transport=tcp" },
        new("siphon-sip/failover_uac", "siphon-sip/failover_reject_uas", "siphon-sip/failover_answer_uas") { CalleeTrunk = "\"failover\": { \"statuses\": [404] }" },
        new("drachtio/uac_green", "drachtio/uas-183-180-200")
        {
            CallerTrunk = "\"headers\": [ { \"direction\": \"out\", \"messages\": \"responses\", \"action\": \"set\", \"header\": \"X-Color\", \"value\": \"green\" } ]",
        },

        // Within the dialog.
        new("siphon-sip/b2bua_reinvite_uac", "siphon-sip/b2bua_reinvite_uas"),
        new("siphon-sip/reinvite_uac", "siphon-sip/reinvite_uas"),
        new("siphon-sip/b2bua_reinvite_bleg_uac", "siphon-sip/b2bua_reinvite_bleg_uas") { CallerEdits = [("milliseconds=\"200\"", "milliseconds=\"1000\"")] },
        new("sipnab/uac_hold", "siphon-sip/b2bua_reinvite_uas") { CallerEdits = [("\"2000\"", "\"300\""), ("\"5000\"", "\"300\"")] },
        new("pjsua/uac-ticket-1864-scenario1", "siphon-sip/b2bua_reinvite_uas") { CallerEdits = [("\"1000\"", "\"300\"")] },
        new("siphon-sip/b2bua_session_timer_uac", "siphon-sip/b2bua_session_timer_uas"),
        new("siphon-sip/b2bua_session_timer_uac", "drachtio/uas-success"),
        new("drachtio/uac-session-expires-no-refresher-default", "sipp-docs/uas"),
        new("sipp-docs/uac", "pjsua/uas-422-then-200-bad-se") { CalleeEdits = [("\"4000\"", "\"20\"")] },
        new("siphon-sip/proxy_refer_uac", "siphon-sip/proxy_refer_uas") { CallerTrunk = "\"transfer\": \"pass\"", CalleeTrunk = "\"transfer\": \"pass\"" },

        // Two answers of a proxy that forks: the second is acknowledged and hung up. Its Via had a host and no port of ours.
        new("sipp-docs/uac", "pjsua/uas-forked-200") { CalleeEdits = [("127.0.0.1;received=127.0.0.1;rport=5080", "127.0.0.1:{server};rport")] },
    ];
}
