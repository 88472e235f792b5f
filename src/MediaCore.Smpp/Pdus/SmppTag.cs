namespace MediaCore.Smpp.Pdus;

/// <summary>Names of the optional parameters that are used or often seen, SMPP 3.4 §5.3.2; others are kept by their number.</summary>
public enum SmppTag : ushort
{
    /// <summary><c>dest_addr_subunit</c>.</summary>
    DestinationAddressSubunit = 0x0005,

    /// <summary><c>source_addr_subunit</c>.</summary>
    SourceAddressSubunit = 0x000D,

    /// <summary><c>qos_time_to_live</c>.</summary>
    QosTimeToLive = 0x0017,

    /// <summary><c>payload_type</c>.</summary>
    PayloadType = 0x0019,

    /// <summary><c>additional_status_info_text</c>.</summary>
    AdditionalStatusInfoText = 0x001D,

    /// <summary><c>receipted_message_id</c>: the message that a receipt is about.</summary>
    ReceiptedMessageId = 0x001E,

    /// <summary><c>privacy_indicator</c>.</summary>
    PrivacyIndicator = 0x0201,

    /// <summary><c>source_subaddress</c>.</summary>
    SourceSubaddress = 0x0202,

    /// <summary><c>dest_subaddress</c>.</summary>
    DestinationSubaddress = 0x0203,

    /// <summary><c>user_message_reference</c>.</summary>
    UserMessageReference = 0x0204,

    /// <summary><c>user_response_code</c>.</summary>
    UserResponseCode = 0x0205,

    /// <summary><c>source_port</c>.</summary>
    SourcePort = 0x020A,

    /// <summary><c>destination_port</c>.</summary>
    DestinationPort = 0x020B,

    /// <summary><c>sar_msg_ref_num</c>: the same for all parts.</summary>
    SarMessageReference = 0x020C,

    /// <summary><c>language_indicator</c>.</summary>
    LanguageIndicator = 0x020D,

    /// <summary><c>sar_total_segments</c>: how many parts.</summary>
    SarTotalSegments = 0x020E,

    /// <summary><c>sar_segment_seqnum</c>: which part, from 1.</summary>
    SarSegmentSequence = 0x020F,

    /// <summary><c>sc_interface_version</c>: what the centre speaks.</summary>
    ScInterfaceVersion = 0x0210,

    /// <summary><c>callback_num</c>.</summary>
    CallbackNumber = 0x0381,

    /// <summary><c>dpf_result</c>.</summary>
    DpfResult = 0x0420,

    /// <summary><c>set_dpf</c>.</summary>
    SetDpf = 0x0421,

    /// <summary><c>ms_availability_status</c>.</summary>
    MsAvailabilityStatus = 0x0422,

    /// <summary><c>network_error_code</c>: the network's type and code.</summary>
    NetworkErrorCode = 0x0423,

    /// <summary><c>message_payload</c>: the words, where they are longer than short_message.</summary>
    MessagePayload = 0x0424,

    /// <summary><c>delivery_failure_reason</c>.</summary>
    DeliveryFailureReason = 0x0425,

    /// <summary><c>more_messages_to_send</c>.</summary>
    MoreMessagesToSend = 0x0426,

    /// <summary><c>message_state</c> of a receipt.</summary>
    MessageState = 0x0427,
}
