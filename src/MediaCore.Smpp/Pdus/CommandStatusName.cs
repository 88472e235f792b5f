namespace MediaCore.Smpp.Pdus;

/// <summary>The words of SMPP 3.4 §5.1.3 for a status.</summary>
public static class CommandStatusName
{
    /// <summary>The word, as <c>ESME_RTHROTTLED</c>; the number, as <c>0x00000400</c>, for one that the specification has none for.</summary>
    public static string Of(CommandStatus status) => status switch
    {
        CommandStatus.Ok => "ESME_ROK",
        CommandStatus.InvalidMessageLength => "ESME_RINVMSGLEN",
        CommandStatus.InvalidCommandLength => "ESME_RINVCMDLEN",
        CommandStatus.InvalidCommandId => "ESME_RINVCMDID",
        CommandStatus.InvalidBindStatus => "ESME_RINVBNDSTS",
        CommandStatus.AlreadyBound => "ESME_RALYBND",
        CommandStatus.InvalidPriority => "ESME_RINVPRTFLG",
        CommandStatus.InvalidRegisteredDelivery => "ESME_RINVREGDLVFLG",
        CommandStatus.SystemError => "ESME_RSYSERR",
        CommandStatus.InvalidSource => "ESME_RINVSRCADR",
        CommandStatus.InvalidDestination => "ESME_RINVDSTADR",
        CommandStatus.InvalidMessageId => "ESME_RINVMSGID",
        CommandStatus.BindFailed => "ESME_RBINDFAIL",
        CommandStatus.InvalidPassword => "ESME_RINVPASWD",
        CommandStatus.InvalidSystemId => "ESME_RINVSYSID",
        CommandStatus.CancelFailed => "ESME_RCANCELFAIL",
        CommandStatus.ReplaceFailed => "ESME_RREPLACEFAIL",
        CommandStatus.MessageQueueFull => "ESME_RMSGQFUL",
        CommandStatus.InvalidServiceType => "ESME_RINVSERTYP",
        CommandStatus.InvalidDestinationCount => "ESME_RINVNUMDESTS",
        CommandStatus.InvalidListName => "ESME_RINVDLNAME",
        CommandStatus.InvalidDestinationFlag => "ESME_RINVDESTFLAG",
        CommandStatus.InvalidReplaceRequest => "ESME_RINVSUBREP",
        CommandStatus.InvalidEsmClass => "ESME_RINVESMCLASS",
        CommandStatus.CannotSubmitToList => "ESME_RCNTSUBDL",
        CommandStatus.SubmitFailed => "ESME_RSUBMITFAIL",
        CommandStatus.InvalidSourceTon => "ESME_RINVSRCTON",
        CommandStatus.InvalidSourceNpi => "ESME_RINVSRCNPI",
        CommandStatus.InvalidDestinationTon => "ESME_RINVDSTTON",
        CommandStatus.InvalidDestinationNpi => "ESME_RINVDSTNPI",
        CommandStatus.InvalidSystemType => "ESME_RINVSYSTYP",
        CommandStatus.InvalidReplaceFlag => "ESME_RINVREPFLAG",
        CommandStatus.InvalidMessageCount => "ESME_RINVNUMMSGS",
        CommandStatus.Throttled => "ESME_RTHROTTLED",
        CommandStatus.InvalidSchedule => "ESME_RINVSCHED",
        CommandStatus.InvalidExpiry => "ESME_RINVEXPIRY",
        CommandStatus.InvalidDefaultMessage => "ESME_RINVDFTMSGID",
        CommandStatus.ReceiverTemporaryError => "ESME_RX_T_APPN",
        CommandStatus.ReceiverPermanentError => "ESME_RX_P_APPN",
        CommandStatus.ReceiverRejected => "ESME_RX_R_APPN",
        CommandStatus.QueryFailed => "ESME_RQUERYFAIL",
        CommandStatus.InvalidOptionalParameters => "ESME_RINVOPTPARSTREAM",
        CommandStatus.OptionalParameterNotAllowed => "ESME_ROPTPARNOTALLWD",
        CommandStatus.InvalidParameterLength => "ESME_RINVPARLEN",
        CommandStatus.MissingOptionalParameter => "ESME_RMISSINGOPTPARAM",
        CommandStatus.InvalidOptionalValue => "ESME_RINVOPTPARAMVAL",
        CommandStatus.DeliveryFailure => "ESME_RDELIVERYFAILURE",
        CommandStatus.UnknownError => "ESME_RUNKNOWNERR",
        _ => $"0x{(uint)status:X8}",
    };

    /// <summary>Whether the same request may succeed later: the peer throttles, its queue is full, it is at fault itself.</summary>
    public static bool IsTemporary(CommandStatus status) => status is CommandStatus.Throttled or CommandStatus.MessageQueueFull or CommandStatus.SystemError
        or CommandStatus.InvalidBindStatus or CommandStatus.ReceiverTemporaryError;
}
