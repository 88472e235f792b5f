namespace MediaCore.Smpp.Pdus;

/// <summary>How a request ended, SMPP 3.4 §5.1.3.</summary>
public enum CommandStatus : uint
{
    /// <summary>No error (<c>ESME_ROK</c>).</summary>
    Ok = 0x00,

    /// <summary>The message's length cannot be (<c>ESME_RINVMSGLEN</c>).</summary>
    InvalidMessageLength = 0x01,

    /// <summary>The PDU's length cannot be (<c>ESME_RINVCMDLEN</c>).</summary>
    InvalidCommandLength = 0x02,

    /// <summary>There is no such command (<c>ESME_RINVCMDID</c>).</summary>
    InvalidCommandId = 0x03,

    /// <summary>Not in this state of the session (<c>ESME_RINVBNDSTS</c>).</summary>
    InvalidBindStatus = 0x04,

    /// <summary>Bound already (<c>ESME_RALYBND</c>).</summary>
    AlreadyBound = 0x05,

    /// <summary>There is no such priority (<c>ESME_RINVPRTFLG</c>).</summary>
    InvalidPriority = 0x06,

    /// <summary>There is no such kind of receipt (<c>ESME_RINVREGDLVFLG</c>).</summary>
    InvalidRegisteredDelivery = 0x07,

    /// <summary>The peer is at fault (<c>ESME_RSYSERR</c>).</summary>
    SystemError = 0x08,

    /// <summary>The sender cannot be (<c>ESME_RINVSRCADR</c>).</summary>
    InvalidSource = 0x0A,

    /// <summary>The receiver cannot be (<c>ESME_RINVDSTADR</c>).</summary>
    InvalidDestination = 0x0B,

    /// <summary>There is no such message (<c>ESME_RINVMSGID</c>).</summary>
    InvalidMessageId = 0x0C,

    /// <summary>The bind failed (<c>ESME_RBINDFAIL</c>).</summary>
    BindFailed = 0x0D,

    /// <summary>The password is wrong (<c>ESME_RINVPASWD</c>).</summary>
    InvalidPassword = 0x0E,

    /// <summary>There is no such account (<c>ESME_RINVSYSID</c>).</summary>
    InvalidSystemId = 0x0F,

    /// <summary>The message cannot be withdrawn (<c>ESME_RCANCELFAIL</c>).</summary>
    CancelFailed = 0x11,

    /// <summary>The message cannot be replaced (<c>ESME_RREPLACEFAIL</c>).</summary>
    ReplaceFailed = 0x13,

    /// <summary>Too many messages wait (<c>ESME_RMSGQFUL</c>).</summary>
    MessageQueueFull = 0x14,

    /// <summary>There is no such service (<c>ESME_RINVSERTYP</c>).</summary>
    InvalidServiceType = 0x15,

    /// <summary>That many receivers cannot be (<c>ESME_RINVNUMDESTS</c>).</summary>
    InvalidDestinationCount = 0x33,

    /// <summary>There is no such list of receivers (<c>ESME_RINVDLNAME</c>).</summary>
    InvalidListName = 0x34,

    /// <summary>There is no such kind of receiver (<c>ESME_RINVDESTFLAG</c>).</summary>
    InvalidDestinationFlag = 0x40,

    /// <summary>The message cannot take another's place (<c>ESME_RINVSUBREP</c>).</summary>
    InvalidReplaceRequest = 0x42,

    /// <summary>There is no such esm_class (<c>ESME_RINVESMCLASS</c>).</summary>
    InvalidEsmClass = 0x43,

    /// <summary>The list gets no messages (<c>ESME_RCNTSUBDL</c>).</summary>
    CannotSubmitToList = 0x44,

    /// <summary>The message was not taken (<c>ESME_RSUBMITFAIL</c>).</summary>
    SubmitFailed = 0x45,

    /// <summary>The sender's type of number cannot be (<c>ESME_RINVSRCTON</c>).</summary>
    InvalidSourceTon = 0x48,

    /// <summary>The sender's numbering plan cannot be (<c>ESME_RINVSRCNPI</c>).</summary>
    InvalidSourceNpi = 0x49,

    /// <summary>The receiver's type of number cannot be (<c>ESME_RINVDSTTON</c>).</summary>
    InvalidDestinationTon = 0x50,

    /// <summary>The receiver's numbering plan cannot be (<c>ESME_RINVDSTNPI</c>).</summary>
    InvalidDestinationNpi = 0x51,

    /// <summary>There is no such system_type (<c>ESME_RINVSYSTYP</c>).</summary>
    InvalidSystemType = 0x53,

    /// <summary>There is no such replace_if_present_flag (<c>ESME_RINVREPFLAG</c>).</summary>
    InvalidReplaceFlag = 0x54,

    /// <summary>That many messages cannot be (<c>ESME_RINVNUMMSGS</c>).</summary>
    InvalidMessageCount = 0x55,

    /// <summary>More than is allowed in the time (<c>ESME_RTHROTTLED</c>).</summary>
    Throttled = 0x58,

    /// <summary>The time of sending cannot be (<c>ESME_RINVSCHED</c>).</summary>
    InvalidSchedule = 0x61,

    /// <summary>The validity cannot be (<c>ESME_RINVEXPIRY</c>).</summary>
    InvalidExpiry = 0x62,

    /// <summary>There is no such ready message (<c>ESME_RINVDFTMSGID</c>).</summary>
    InvalidDefaultMessage = 0x63,

    /// <summary>The receiver cannot take it now (<c>ESME_RX_T_APPN</c>).</summary>
    ReceiverTemporaryError = 0x64,

    /// <summary>The receiver can never take it (<c>ESME_RX_P_APPN</c>).</summary>
    ReceiverPermanentError = 0x65,

    /// <summary>The receiver does not want it (<c>ESME_RX_R_APPN</c>).</summary>
    ReceiverRejected = 0x66,

    /// <summary>The question cannot be answered (<c>ESME_RQUERYFAIL</c>).</summary>
    QueryFailed = 0x67,

    /// <summary>The optional parameters cannot be read (<c>ESME_RINVOPTPARSTREAM</c>).</summary>
    InvalidOptionalParameters = 0xC0,

    /// <summary>The optional parameter does not belong here (<c>ESME_ROPTPARNOTALLWD</c>).</summary>
    OptionalParameterNotAllowed = 0xC1,

    /// <summary>A parameter's length cannot be (<c>ESME_RINVPARLEN</c>).</summary>
    InvalidParameterLength = 0xC2,

    /// <summary>An optional parameter is needed (<c>ESME_RMISSINGOPTPARAM</c>).</summary>
    MissingOptionalParameter = 0xC3,

    /// <summary>An optional parameter's value cannot be (<c>ESME_RINVOPTPARAMVAL</c>).</summary>
    InvalidOptionalValue = 0xC4,

    /// <summary>It could not be delivered (<c>ESME_RDELIVERYFAILURE</c>).</summary>
    DeliveryFailure = 0xFE,

    /// <summary>Something else (<c>ESME_RUNKNOWNERR</c>).</summary>
    UnknownError = 0xFF,
}
