/* SPDX-License-Identifier: Apache-2.0 */
/* IPAccessPDU 20, IPMultimediaPDU 17, EmailPDU 20, L2AccessPDU 10, PstnIsdnPDU 6 (TS 102 232-2
 * to -6) as tables of members, for lemf_decode.c. See lemf_type.h. */
#include "lemf_type.h"

/* clang-format off */
ENUM(LOCAL, lemf_em_E_mail_Event, "E-mail-Event", true, {1, "e-mail-send"}, {2, "e-mail-receive"},
    {3, "e-mail-download"}, {4, "e-mail-logon-attempt"}, {5, "e-mail-logon"},
    {6, "e-mail-logon-failure"}, {7, "e-mail-logoff"}, {8, "e-mail-partial-download"},
    {9, "e-mail-upload"});
ENUM(LOCAL, lemf_em_E_mail_Protocol, "E-mail-Protocol", true, {1, "smtp"}, {2, "pop3"},
    {3, "imap4"}, {4, "webmail"}, {255, "undefined"});
SEQ_OF(LOCAL, lemf_em_E_mail_Address_List, "E-mail-Address-List", 0, 1023, lemf_Utf8_0_255);
ENUM(LOCAL, lemf_em_E_mail_Status, "E-mail-Status", false, {1, "status-unknown"},
    {2, "operation-failed"}, {3, "operation-succeeded"});
SEQ(LOCAL, lemf_em_National_EM_ASN1parameters, "National-EM-ASN1parameters", true,
    MEM(1, "countryCode", lemf_Printable_2_2));
ENUM(LOCAL, lemf_em_AAAResult, "AAAResult", true, {1, "resultUnknown"}, {2, "aAAFailed"},
    {3, "aAASucceeded"});
SEQ(LOCAL, lemf_em_POP3AAAInformation, "POP3AAAInformation", true,
    MEM(0, "username", lemf_Utf8_0_64), OPT(1, "password", lemf_Utf8_0_64),
    OPT(2, "aAAResult", lemf_em_AAAResult));
ENUM(LOCAL, lemf_em_AAAauthMethod, "AAAauthMethod", true, {1, "undefinedAuthMethod"},
    {2, "cramMD5"}, {3, "digestMD5"});
SEQ(LOCAL, lemf_em_ASMTPAAAInformation, "ASMTPAAAInformation", true,
    MEM(0, "username", lemf_Utf8_0_64), OPT(1, "authMethod", lemf_em_AAAauthMethod),
    OPT(2, "challenge", lemf_Octets), OPT(3, "response", lemf_Octets),
    OPT(4, "aAAResult", lemf_em_AAAResult));
SEQ(LOCAL, lemf_em_IMAPAAAInformation, "IMAPAAAInformation", true,
    MEM(0, "username", lemf_Utf8_0_64), OPT(1, "password", lemf_Utf8_0_64),
    OPT(2, "aAAResult", lemf_em_AAAResult));
CHOICE(LOCAL, lemf_em_AAAInformation, "AAAInformation", true,
    MEM(0, "pOP3AAAInformation", lemf_em_POP3AAAInformation),
    MEM(1, "aSMTPAAAInformation", lemf_em_ASMTPAAAInformation),
    MEM(2, "iMAPAAAInformation", lemf_em_IMAPAAAInformation));
ENUM(LOCAL, lemf_em_EmailIRI_e_mail_Sender_Validity, "e-mail-Sender-Validity", true,
    {0, "validated"}, {1, "nonvalidated"});
SEQ(SHARED, lemf_em_EmailIRI, "EmailIRI", true, MEM(0, "emailIRIObjId", lemf_RelOid_5_2_1),
    MEM(1, "eventType", lemf_em_E_mail_Event), OPT(2, "client-Address", lemf_li_IPAddress),
    OPT(3, "server-Address", lemf_li_IPAddress), OPT(4, "client-Port", lemf_Integer),
    OPT(5, "server-Port", lemf_Integer), MEM(6, "server-Octets-Sent", lemf_Integer),
    MEM(7, "client-Octets-Sent", lemf_Integer), MEM(8, "protocol-ID", lemf_em_E_mail_Protocol),
    OPT(9, "e-mail-Sender", lemf_Utf8_0_255),
    OPT(10, "e-mail-Recipients", lemf_em_E_mail_Address_List),
    MEM(11, "status", lemf_em_E_mail_Status),
    OPT(12, "total-Recipient-Count", lemf_Int_0_4294967295), OPT(13, "message-ID", lemf_Octets),
    OPT(14, "nationalParameter", lemf_Octets),
    OPT(15, "national-EM-ASN1parameters", lemf_em_National_EM_ASN1parameters),
    OPT(16, "aAAInformation", lemf_em_AAAInformation),
    OPT(17, "e-mail-Sender-Validity", lemf_em_EmailIRI_e_mail_Sender_Validity));
ENUM(LOCAL, lemf_ip_AccessEventType, "AccessEventType", true, {0, "accessAttempt"},
    {1, "accessAccept"}, {2, "accessReject"}, {3, "accessFailed"}, {4, "sessionStart"},
    {5, "sessionEnd"}, {6, "interimUpdate"}, {7, "startOfInterceptionWithSessionActive"},
    {8, "accessEnd"}, {9, "endOfInterceptionWithSessionActive"}, {10, "unknown"},
    {11, "startOfInterceptionWithoutNetworkSession"},
    {12, "endOfInterceptionWithoutNetworkSession"}, {13, "sessionExpired"});
ENUM(LOCAL, lemf_ip_InternetAccessType, "InternetAccessType", true, {0, "undefined"}, {1, "dialUp"},
    {2, "xDSL"}, {3, "cableModem"}, {4, "lAN"}, {5, "wirelessLAN"}, {6, "fTTx"},
    {7, "wIMAX-HIPERMAN"}, {8, "satellite"}, {9, "wireless-other"});
ENUM(LOCAL, lemf_ip_IPVersion, "IPVersion", true, {1, "iPV4"}, {2, "iPV6"}, {3, "iPV4andV6"});
ENUM(LOCAL, lemf_ip_EndReason, "EndReason", true, {0, "undefined"}, {1, "regularLogoff"},
    {2, "connectionLoss"}, {3, "connectionTimeout"}, {4, "leaseExpired"});
CHOICE(LOCAL, lemf_ip_IPIRIIDType, "IPIRIIDType", true, MEM(0, "printableIDType", lemf_Utf8_1_128),
    MEM(1, "macAddressType", lemf_Octets_6_6), MEM(2, "ipAddressType", lemf_li_IPAddress));
SEQ(LOCAL, lemf_ip_NationalIPIRIParameters, "NationalIPIRIParameters", true,
    MEM(1, "countryCode", lemf_Printable_2_2));
ENUM(LOCAL, lemf_ip_AuthenticationType, "AuthenticationType", true, {0, "unknown"}, {1, "static"},
    {2, "radiusAAA"}, {3, "dhcpAAA"}, {4, "diameterAAA"});
CHOICE(LOCAL, lemf_ip_OtherTargetIdentifiers, "OtherTargetIdentifiers", true,
    MEM(0, "iPAddress", lemf_li_IPAddress));
CHOICE(LOCAL, lemf_ip_FramedRoute, "FramedRoute", true, MEM(0, "framedRoute", lemf_Octets));
SEQ_OF(LOCAL, lemf_ip_IPIRIContents_otherTargetIdentifiers, "otherTargetIdentifiers", 0, 0,
    lemf_ip_OtherTargetIdentifiers);
SEQ_OF(LOCAL, lemf_ip_IPIRIContents_framedRoutes, "framedRoutes", 0, 0, lemf_ip_FramedRoute);
SEQ(LOCAL, lemf_ip_IPIRIContents, "IPIRIContents", true,
    MEM(0, "accessEventType", lemf_ip_AccessEventType), MEM(1, "targetUsername", lemf_Octets),
    MEM(2, "internetAccessType", lemf_ip_InternetAccessType),
    MEM(3, "iPVersion", lemf_ip_IPVersion), OPT(4, "targetIPAddress", lemf_li_IPAddress),
    OPT(5, "targetNetworkID", lemf_Utf8_1_20), OPT(6, "targetCPEID", lemf_Utf8_1_128),
    OPT(7, "targetLocation", lemf_Utf8_1_64), OPT(8, "pOPPortNumber", lemf_Int_0_4294967295),
    OPT(9, "callBackNumber", lemf_Utf8_1_20), OPT(10, "startTime", lemf_Time),
    OPT(11, "endTime", lemf_Time), OPT(12, "endReason", lemf_ip_EndReason),
    OPT(13, "octetsReceived", lemf_Int_0_18446744073709551615),
    OPT(14, "octetsTransmitted", lemf_Int_0_18446744073709551615),
    OPT(15, "rawAAAData", lemf_Octets), OPT(16, "expectedEndTime", lemf_Time),
    OPT(17, "pOPPhoneNumber", lemf_Utf8_1_20), OPT(18, "pOPIdentifier", lemf_ip_IPIRIIDType),
    OPT(19, "pOPIPAddress", lemf_li_IPAddress),
    OPT(20, "nationalIPIRIParameters", lemf_ip_NationalIPIRIParameters),
    OPT(21, "additionalIPAddress", lemf_li_IPAddress),
    OPT(22, "authenticationType", lemf_ip_AuthenticationType),
    OPT(23, "otherTargetIdentifiers", lemf_ip_IPIRIContents_otherTargetIdentifiers),
    OPT(24, "location", lemf_li_Location), OPT(25, "pOPPortID", lemf_Octets),
    OPT(26, "framedRoutes", lemf_ip_IPIRIContents_framedRoutes));
SEQ(SHARED, lemf_ip_IPIRI, "IPIRI", true, MEM(0, "iPIRIObjId", lemf_RelOid_5_3_1),
    MEM(1, "iPIRIContents", lemf_ip_IPIRIContents));
SEQ(LOCAL, lemf_ip_IPv4Information, "IPv4Information", false, OPT(0, "headerLength", lemf_Octets),
    OPT(1, "typeOfService", lemf_Octets), OPT(2, "totalLength", lemf_Octets_2_2),
    OPT(3, "identification", lemf_Octets_2_2), OPT(4, "fragment", lemf_Octets_2_2),
    OPT(5, "ttl", lemf_Octets), OPT(6, "protocol", lemf_Octets),
    OPT(7, "headerChecksum", lemf_Octets_2_2), MEM(8, "source", lemf_Octets_4_4),
    MEM(9, "destination", lemf_Octets_4_4), OPT(10, "options", lemf_Octets_0_40));
SEQ(LOCAL, lemf_ip_IPv6Information, "IPv6Information", false, OPT(0, "trafficClass", lemf_Octets),
    OPT(1, "flowLabel", lemf_Octets_20_20), OPT(2, "payloadLength", lemf_Octets_4_4),
    OPT(3, "nextHeader", lemf_Octets), OPT(4, "hopLimit", lemf_Octets),
    MEM(5, "source", lemf_Octets_16_16), MEM(6, "destination", lemf_Octets_16_16));
CHOICE(LOCAL, lemf_ip_IPInformation, "IPInformation", false,
    MEM(0, "iPv4Information", lemf_ip_IPv4Information),
    MEM(1, "iPv6Information", lemf_ip_IPv6Information));
SEQ(LOCAL, lemf_ip_TCPInformation, "TCPInformation", false, OPT(0, "sourcePort", lemf_Octets_2_2),
    OPT(1, "destinationPort", lemf_Octets_2_2), OPT(2, "sequenceNumber", lemf_Octets_4_4),
    OPT(3, "ackNumber", lemf_Octets_4_4), OPT(4, "dataOffset", lemf_Bits_4_4),
    OPT(5, "controlBits", lemf_Bits_6_6), OPT(6, "windowSize", lemf_Octets_2_2),
    OPT(7, "checkSum", lemf_Octets_2_2), OPT(8, "urgentPointer", lemf_Octets_2_2),
    OPT(9, "options", lemf_Octets_0_40));
SEQ(LOCAL, lemf_ip_UDPInformation, "UDPInformation", false, OPT(0, "sourcePort", lemf_Octets_2_2),
    OPT(1, "destinationPort", lemf_Octets_2_2), OPT(2, "length", lemf_Octets_2_2),
    OPT(3, "checkSum", lemf_Octets_2_2));
CHOICE(LOCAL, lemf_ip_ProtocolInformation, "ProtocolInformation", true, MEM(0, "none", lemf_Null),
    MEM(1, "tCPInformation", lemf_ip_TCPInformation),
    MEM(2, "uDPInformation", lemf_ip_UDPInformation));
ENUM(LOCAL, lemf_ip_PDSRSummaryTrigger, "PDSRSummaryTrigger", true, {0, "startOfFlow"},
    {1, "timerExpiry"}, {2, "packetCount"}, {3, "byteCount"}, {4, "endOfFlow"});
SEQ(LOCAL, lemf_ip_PDSRInformation, "PDSRInformation", true,
    MEM(0, "summaryTrigger", lemf_ip_PDSRSummaryTrigger), MEM(1, "firstPacketTimestamp", lemf_Time),
    MEM(2, "lastPacketTimestamp", lemf_Time), MEM(3, "packetCount", lemf_Integer),
    MEM(4, "byteCount", lemf_Integer));
SEQ(SHARED, lemf_ip_IPIRIOnly, "IPIRIOnly", true, MEM(0, "iPIRIOnlyObjId", lemf_RelOid_5_3_3),
    MEM(1, "iPInformation", lemf_ip_IPInformation),
    MEM(2, "protocolInformation", lemf_ip_ProtocolInformation),
    OPT(3, "iPAggregatedNbrOfPackets", lemf_Integer),
    OPT(4, "iPAggregatedNbrOfBytes", lemf_Integer),
    OPT(5, "pDSRInformation", lemf_ip_PDSRInformation));
ENUM(LOCAL, lemf_l2_AccessEventType, "AccessEventType", true, {0, "accessAttempt"},
    {1, "accessAccept"}, {2, "accessReject"}, {3, "accessFailed"}, {4, "sessionStart"},
    {5, "sessionEnd"}, {6, "interimUpdate"}, {7, "unknown"},
    {8, "startOfInterceptionWithSessionActive"}, {9, "accessEnd"},
    {10, "endOfInterceptionWithSessionActive"}, {11, "startOfInterceptionWithoutNetworkSession"},
    {12, "endOfInterceptionWithoutNetworkSession"}, {13, "sessionExpired"});
ENUM(LOCAL, lemf_l2_InternetAccessType, "InternetAccessType", true, {0, "undefined"}, {1, "dialUp"},
    {2, "xDSL"}, {3, "cableModem"}, {4, "lAN"}, {5, "wirelessLAN"}, {6, "fTTx"},
    {7, "wIMAX-HIPERMAN"}, {8, "satellite"});
SEQ(LOCAL, lemf_l2_L2IRIContents, "L2IRIContents", true,
    MEM(0, "accessEventType", lemf_l2_AccessEventType),
    OPT(2, "internetAccessType", lemf_l2_InternetAccessType),
    OPT(5, "targetNetworkID", lemf_Utf8_1_128), OPT(6, "targetCPEID", lemf_Utf8_1_128),
    OPT(7, "targetLocation", lemf_Utf8_1_64), OPT(8, "nASPortNumber", lemf_Int_0_4294967295),
    OPT(9, "callBackNumber", lemf_Utf8_1_20), OPT(10, "startTime", lemf_Time),
    OPT(11, "endTime", lemf_Time), OPT(12, "endReason", lemf_ip_EndReason),
    OPT(13, "octetsReceived", lemf_Int_0_18446744073709551615),
    OPT(14, "octetsTransmitted", lemf_Int_0_18446744073709551615),
    OPT(15, "rawAAAData", lemf_Octets), OPT(16, "authenticationType", lemf_ip_AuthenticationType));
SEQ(SHARED, lemf_l2_L2IRI, "L2IRI", true, MEM(0, "l2IRIObjId", lemf_RelOid_5_4_1),
    MEM(1, "l2IRIContents", lemf_l2_L2IRIContents));
ENUM(LOCAL, lemf_l2_L2ProtocolInformation, "L2ProtocolInformation", true, {1, "l2ProtocolL2tp"},
    {2, "l2ProtocolL2f"}, {3, "l2ProtocolPptp"}, {4, "l2ProtocolPpp"}, {5, "ethernetProtocol"},
    {6, "undefined"}, {7, "l2ProtocolATM2684"}, {8, "l2ProtocolFR2427"});
SEQ(SHARED, lemf_l2_L2IRIOnly, "L2IRIOnly", true, MEM(0, "l2IRIOnlyObjId", lemf_RelOid_5_4_3),
    MEM(2, "l2protocolInformation", lemf_l2_L2ProtocolInformation),
    OPT(3, "l2AggregatedNbrOfPackets", lemf_Integer),
    OPT(4, "l2AggregatedNbrOfBytes", lemf_Integer));
SEQ(LOCAL, lemf_pi_InformationAppliesTo, "InformationAppliesTo", true,
    MEM(0, "payloadDirection", lemf_li_PayloadDirection), OPT(1, "cCLinkID", lemf_Int_0_65535),
    OPT(2, "firstPDUNumber", lemf_Int_0_4294967295));
ENUM(LOCAL, lemf_pi_FrameType, "FrameType", true, {0, "ipFrame"}, {1, "udpFrame"},
    {2, "applicationFrame"}, {3, "audioFrame"}, {4, "artificialRtpFrame"});
ENUM(LOCAL, lemf_pi_AlternateProtocol, "AlternateProtocol", true, {1, "uDPTL"});
SEQ(LOCAL, lemf_pi_SupplementaryInfo, "SupplementaryInfo", true,
    MEM(0, "informationAppliesTo", lemf_pi_InformationAppliesTo),
    MEM(1, "mediaFormat", lemf_Int_0_127), OPT(2, "mediaAttributes", lemf_Octets),
    OPT(3, "encryptionKey", lemf_Octets), OPT(4, "sessionName", lemf_Octets),
    OPT(5, "sessionInfo", lemf_Octets), OPT(6, "copyOfSDPMessage", lemf_Octets),
    OPT(7, "frameType", lemf_pi_FrameType), OPT(8, "alternateProtocol", lemf_pi_AlternateProtocol));
CHOICE(LOCAL, lemf_pi_PstnIsdnIRIContents, "PstnIsdnIRIContents", true,
    MEM(0, "supplementaryInfo", lemf_pi_SupplementaryInfo));
SEQ(SHARED, lemf_pi_PstnIsdnIRI, "PstnIsdnIRI", false,
    MEM(0, "pstnIsdnIRIObjId", lemf_RelOid_5_6_1),
    MEM(1, "pstnIsdnIRIContents", lemf_pi_PstnIsdnIRIContents));
SEQ(LOCAL, lemf_mm_SIPMessage, "SIPMessage", true, MEM(0, "iPSourceAddress", lemf_li_IPAddress),
    MEM(1, "iPDestinationAddress", lemf_li_IPAddress), MEM(2, "sIPContent", lemf_Octets));
CHOICE(LOCAL, lemf_mm_H323MessageContent, "H323MessageContent", true,
    MEM(0, "h225CSMessageContent", lemf_Octets), MEM(1, "h225RASMessageContent", lemf_Octets),
    MEM(2, "h245MessageContent", lemf_Octets), MEM(3, "genericMessageContent", lemf_Octets));
SEQ(LOCAL, lemf_mm_H323Message, "H323Message", true, MEM(0, "iPSourceAddress", lemf_li_IPAddress),
    MEM(1, "iPDestinationAddress", lemf_li_IPAddress),
    MEM(2, "h323Content", lemf_mm_H323MessageContent));
SEQ(LOCAL, lemf_mm_NationalIPMMIRIParameters, "NationalIPMMIRIParameters", true,
    MEM(1, "countryCode", lemf_Printable_2_2));
CHOICE(LOCAL, lemf_mm_IPIRIContents, "IPIRIContents", true,
    MEM(0, "originalIPMMMessage", lemf_Octets), MEM(1, "sIPMessage", lemf_mm_SIPMessage),
    MEM(2, "h323Message", lemf_mm_H323Message),
    MEM(3, "nationalIPMMIRIParameters", lemf_mm_NationalIPMMIRIParameters),
    MEM(4, "xCAPMessage", lemf_Octets), MEM(5, "iRIOnlyOriginalIPMMMessage", lemf_Octets),
    MEM(6, "iRIOnlySIPMessage", lemf_mm_SIPMessage), MEM(7, "iRIOnlyRTPPacket", lemf_Octets));
CHOICE(LOCAL, lemf_mm_AdditionalSignalling, "AdditionalSignalling", true,
    MEM(0, "sipHeaderLine", lemf_Octets));
SEQ_OF(LOCAL, lemf_mm_IPMMIRI_additionalSignalling, "additionalSignalling", 0, 0,
    lemf_mm_AdditionalSignalling);
SEQ(SHARED, lemf_mm_IPMMIRI, "IPMMIRI", true, MEM(0, "iPMMIRIObjId", lemf_RelOid_5_5_1),
    MEM(1, "iPMMIRIContents", lemf_mm_IPIRIContents), OPT(2, "targetLocation", lemf_li_Location),
    OPT(3, "additionalSignalling", lemf_mm_IPMMIRI_additionalSignalling));
ENUM(LOCAL, lemf_em_Messaging_System_Type, "Messaging-System-Type", true, {1, "unified-messaging"});
ENUM(LOCAL, lemf_em_Messaging_Event, "Messaging-Event", true, {1, "deposit"}, {2, "retrieve"},
    {3, "delete"}, {4, "save"}, {5, "slamdown"}, {6, "calendar"}, {7, "contact"});
ENUM(LOCAL, lemf_em_Messaging_Box_Event, "Messaging-Box-Event", true, {1, "login"}, {2, "logout"},
    {3, "lock"}, {4, "unlock"}, {5, "activate"}, {6, "deactivate"}, {7, "delete"},
    {8, "pin-change"}, {9, "greeting-record"}, {10, "greeting-change"}, {11, "greeting-delete"},
    {12, "greeting-enable"}, {13, "greeting-disable"}, {14, "notification-enable"},
    {15, "notification-disable"}, {16, "disconnect"}, {17, "connect"}, {0, "unknown"},
    {18, "greeting-play"}, {19, "language-change"}, {20, "pin-security-enable"},
    {21, "pin-security-disable"}, {22, "personal-operator-add"}, {23, "personal-operator-change"},
    {24, "personal-operator-remove"}, {25, "additional-destination-add"},
    {26, "additional-destination-change"}, {27, "additional-destination-remove"},
    {28, "auto-play-enable"}, {29, "auto-play-disable"}, {30, "header-play-enable"},
    {31, "header-play-disable"});
ENUM(LOCAL, lemf_em_Messaging_Notification_Event, "Messaging-Notification-Event", true, {1, "sms"},
    {2, "sms-deposit"}, {3, "sms-slamdown"}, {4, "sms-pin-reminder"}, {5, "email"},
    {6, "fax-to-email"}, {7, "mms"}, {8, "generic"});
ENUM(LOCAL, lemf_em_Messaging_Call_Event, "Messaging-Call-Event", true, {1, "callout"});
CHOICE(LOCAL, lemf_em_Messaging_Event_Category, "Messaging-Event-Category", true,
    MEM(0, "message", lemf_em_Messaging_Event), MEM(1, "message-box", lemf_em_Messaging_Box_Event),
    MEM(2, "message-notification", lemf_em_Messaging_Notification_Event),
    MEM(3, "call", lemf_em_Messaging_Call_Event));
ENUM(LOCAL, lemf_em_Messaging_Status, "Messaging-Status", true, {0, "unknown"},
    {1, "not-applicable"}, {2, "operation-failed"}, {3, "operation-succeeded"},
    {4, "operation-cancelled"}, {5, "operation-started"}, {6, "operation-lost"});
ENUM(LOCAL, lemf_em_Messaging_Party_Qualifier, "Messaging-Party-Qualifier", true,
    {0, "unknown-party"}, {1, "originating-party"}, {2, "terminating-party"},
    {3, "associated-party"});
SEQ(LOCAL, lemf_em_IP_Address_And_Port, "IP-Address-And-Port", true,
    MEM(0, "ip-address", lemf_li_IPAddress), MEM(1, "port-number", lemf_Integer));
CHOICE(LOCAL, lemf_em_Messaging_Party_Identity, "Messaging-Party-Identity", true,
    MEM(0, "msisdn", lemf_Octets_1_9), MEM(1, "e164-format", lemf_Octets_1_25),
    MEM(2, "email-address", lemf_em_E_mail_Address_List), MEM(3, "ip-address", lemf_li_IPAddress),
    MEM(4, "alphanumeric", lemf_Utf8), MEM(5, "ip-address-and-port", lemf_em_IP_Address_And_Port),
    MEM(6, "imsi", lemf_Octets_3_8), MEM(7, "imei", lemf_Octets_8_8),
    MEM(8, "fax-url", lemf_Octets), MEM(9, "tel-url", lemf_Octets),
    MEM(10, "modem-url", lemf_Octets), MEM(11, "sip-uri", lemf_Octets),
    MEM(12, "sips-uri", lemf_Octets), MEM(13, "nai", lemf_Octets));
ENUM(LOCAL, lemf_em_Messaging_Party_Validity, "Messaging-Party-Validity", true, {0, "unknown"},
    {1, "trusted"}, {2, "untrusted"});
ENUM(LOCAL, lemf_em_Messaging_Copy_Qualifier, "Messaging-Copy-Qualifier", true, {0, "unknown"},
    {1, "none"}, {2, "cc"}, {3, "bcc"});
SEQ(LOCAL, lemf_em_Messaging_Party_Information, "Messaging-Party-Information", true,
    MEM(0, "party-qualifier", lemf_em_Messaging_Party_Qualifier),
    MEM(1, "party-identity", lemf_em_Messaging_Party_Identity),
    OPT(2, "party-validity", lemf_em_Messaging_Party_Validity),
    OPT(3, "copy-qualifier", lemf_em_Messaging_Copy_Qualifier));
ENUM(LOCAL, lemf_em_Messaging_Trigger, "Messaging-Trigger", true, {0, "unknown"}, {1, "user"},
    {2, "user-agent"}, {3, "system"}, {4, "system-operator"});
ENUM(LOCAL, lemf_em_Messaging_Property_Priority, "Messaging-Property-Priority", true, {1, "low"},
    {2, "medium"}, {3, "high"}, {4, "private"});
ENUM(LOCAL, lemf_em_Messaging_Property_Greeting_Type, "Messaging-Property-Greeting-Type", true,
    {1, "general"}, {2, "name"}, {3, "personal"}, {4, "absence"}, {5, "number"});
ENUM(LOCAL, lemf_em_Messaging_Property_Notification_Type, "Messaging-Property-Notification-Type",
    true, {1, "empty-call"}, {2, "lost-call"}, {3, "message-to-email"}, {4, "read-report"},
    {5, "delivery-report"}, {6, "allow-delivery-report"}, {7, "deny-delivery-report"},
    {8, "message-wait-indication"}, {9, "voice-to-text"}, {10, "new-message-sms"},
    {11, "new-message-outcall"}, {12, "new-message-reminder"});
ENUM(LOCAL, lemf_em_Messaging_Property_Message_Status, "Messaging-Property-Message-Status", true,
    {0, "indeterminate"}, {1, "expired"}, {2, "retrieved"}, {3, "rejected"}, {4, "deferred"},
    {5, "forwarded"}, {6, "unrecognized"}, {7, "unreachable"}, {8, "read"},
    {9, "deleted-without-being-read"}, {10, "delivery-condition-not-met"});
ENUM(LOCAL, lemf_em_Messaging_Property_Requested_Reports, "Messaging-Property-Requested-Reports",
    true, {0, "none"}, {1, "delivery"}, {2, "read"}, {3, "delivery-and-read"});
CHOICE(LOCAL, lemf_em_Messaging_Property, "Messaging-Property", true,
    MEM(0, "pincode", lemf_Octets_1_32), MEM(1, "priority", lemf_em_Messaging_Property_Priority),
    MEM(2, "greeting-type", lemf_em_Messaging_Property_Greeting_Type),
    MEM(3, "notification-type", lemf_em_Messaging_Property_Notification_Type),
    MEM(4, "language", lemf_Octets), MEM(5, "message-identifier", lemf_Octets),
    MEM(6, "subject", lemf_Utf8), MEM(7, "user-agent", lemf_Utf8), MEM(8, "password", lemf_Octets),
    MEM(9, "message-status", lemf_em_Messaging_Property_Message_Status),
    MEM(10, "requested-reports", lemf_em_Messaging_Property_Requested_Reports),
    MEM(11, "expires", lemf_Time), MEM(12, "message-date", lemf_Time));
SET_OF(LOCAL, lemf_em_MessagingIRI_party_information, "party-information", 0, 0,
    lemf_em_Messaging_Party_Information);
SEQ_OF(LOCAL, lemf_em_MessagingIRI_properties, "properties", 0, 0, lemf_em_Messaging_Property);
SEQ(SHARED, lemf_em_MessagingIRI, "MessagingIRI", true,
    MEM(0, "messaging-iri-obj-id", lemf_RelOid_5_2_3),
    MEM(1, "system-type", lemf_em_Messaging_System_Type), OPT(2, "system-identifier", lemf_Octets),
    OPT(3, "category", lemf_em_Messaging_Event_Category),
    MEM(4, "status", lemf_em_Messaging_Status),
    OPT(5, "party-information", lemf_em_MessagingIRI_party_information),
    MEM(6, "trigger", lemf_em_Messaging_Trigger),
    OPT(7, "properties", lemf_em_MessagingIRI_properties),
    OPT(8, "event-identifier", lemf_Int_0_4294967295), OPT(9, "original-message", lemf_Octets),
    OPT(10, "box-identifier", lemf_Octets),
    OPT(11, "total-recipient-count", lemf_Int_0_4294967295));
SEQ(LOCAL, lemf_ip_PacketReportHeader, "PacketReportHeader", true, MEM(1, "header", lemf_Octets));
ENUM(LOCAL, lemf_ip_PacketReportTrigger, "PacketReportTrigger", true, {1, "flowStart"},
    {2, "flowEnd"}, {3, "flowTimeout"}, {4, "flowTimerExpiration"}, {5, "flowPacketCount"},
    {6, "flowByteCount"}, {7, "sessionTimerExpiration"}, {8, "sessionPacketCount"},
    {9, "sessionByteCount"}, {10, "reportEnd"});
SEQ(LOCAL, lemf_ip_PacketReportSummary, "PacketReportSummary", true, MEM(1, "header", lemf_Octets),
    MEM(2, "indications", lemf_Bits), MEM(3, "trigger", lemf_ip_PacketReportTrigger),
    OPT(4, "packetCount", lemf_Integer), OPT(5, "byteCount", lemf_Integer),
    OPT(6, "firstTimestamp", lemf_Time), OPT(7, "lastTimestamp", lemf_Time));
CHOICE(LOCAL, lemf_ip_PacketReport, "PacketReport", true,
    MEM(1, "header", lemf_ip_PacketReportHeader), MEM(2, "summary", lemf_ip_PacketReportSummary));
SEQ(SHARED, lemf_ip_IPIRIPacketReport, "IPIRIPacketReport", true,
    MEM(0, "iPIRIPacketReportObjId", lemf_RelOid_5_3_4), MEM(1, "report", lemf_ip_PacketReport));
ENUM(LOCAL, lemf_em_Email_Format, "Email-Format", false, {1, "ip-packet"}, {2, "application"});
SEQ(SHARED, lemf_em_EmailCC, "EmailCC", false, MEM(0, "emailCCObjId", lemf_RelOid_5_2_2),
    MEM(1, "email-Format", lemf_em_Email_Format), MEM(2, "content", lemf_Octets));
SEQ(LOCAL, lemf_ip_IPTruncatedPacket, "IPTruncatedPacket", true,
    MEM(0, "truncatedPacket", lemf_Octets), OPT(1, "originalLength", lemf_Integer));
CHOICE(LOCAL, lemf_ip_IPCCContents, "IPCCContents", true, MEM(0, "iPPackets", lemf_Octets),
    MEM(1, "iPTruncatedPacket", lemf_ip_IPTruncatedPacket));
SEQ(SHARED, lemf_ip_IPCC, "IPCC", false, MEM(0, "iPCCObjId", lemf_RelOid_5_3_2),
    MEM(1, "iPCCContents", lemf_ip_IPCCContents));
SEQ(LOCAL, lemf_l2_L2TruncatedDatagram, "L2TruncatedDatagram", true,
    MEM(0, "truncatedDatagram", lemf_Octets), MEM(1, "originalLength", lemf_Integer));
CHOICE(LOCAL, lemf_l2_L2CC_l2CCContents, "l2CCContents", true, MEM(1, "l2TP", lemf_Octets),
    MEM(2, "l2F", lemf_Octets), MEM(3, "pPTP", lemf_Octets), MEM(4, "pPP", lemf_Octets),
    MEM(5, "ethernet", lemf_Octets), MEM(6, "l2ATM2684", lemf_Octets),
    MEM(7, "l2FR2427", lemf_Octets), MEM(8, "truncatedL2TP", lemf_l2_L2TruncatedDatagram),
    MEM(9, "truncatedL2F", lemf_l2_L2TruncatedDatagram),
    MEM(10, "truncatedPPTP", lemf_l2_L2TruncatedDatagram),
    MEM(11, "truncatedPPP", lemf_l2_L2TruncatedDatagram),
    MEM(12, "truncatedEthernet", lemf_l2_L2TruncatedDatagram),
    MEM(13, "truncatedL2ATM2684", lemf_l2_L2TruncatedDatagram),
    MEM(14, "truncatedL2FR2427", lemf_l2_L2TruncatedDatagram));
SEQ(SHARED, lemf_l2_L2CC, "L2CC", false, MEM(0, "l2CCObjId", lemf_RelOid_5_4_2),
    MEM(1, "l2CCContents", lemf_l2_L2CC_l2CCContents));
SEQ(SHARED, lemf_pi_PstnIsdnCC, "PstnIsdnCC", true, MEM(0, "pstnIsdnCCObjId", lemf_RelOid_5_6_2),
    MEM(1, "pstnIsdnCCContents", lemf_Octets), OPT(2, "cCLinkID", lemf_Int_0_65535),
    OPT(3, "supplementaryInfo", lemf_pi_SupplementaryInfo));
ENUM(LOCAL, lemf_mm_FrameType, "FrameType", true, {0, "ipFrame"}, {1, "udpFrame"}, {2, "rtpFrame"},
    {3, "audioFrame"}, {4, "tcpFrame"}, {5, "artificialRtpFrame"}, {6, "udptlFrame"},
    {7, "msrpFrame"});
ENUM(LOCAL, lemf_mm_MMCCprotocol, "MMCCprotocol", true, {0, "rTP"}, {1, "mSRP"}, {2, "uDPTL"});
SEQ(SHARED, lemf_mm_IPMMCC, "IPMMCC", true, MEM(0, "iPMMCCObjId", lemf_RelOid_5_5_2),
    MEM(1, "mMCCContents", lemf_Octets), OPT(2, "frameType", lemf_mm_FrameType),
    OPT(3, "streamIdentifier", lemf_Octets), OPT(4, "mMCCprotocol", lemf_mm_MMCCprotocol));
SEQ(SHARED, lemf_em_MessagingCC, "MessagingCC", true,
    MEM(0, "messaging-cc-obj-id", lemf_RelOid_5_2_4),
    MEM(1, "event-identifier", lemf_Int_0_4294967295),
    OPT(2, "content-identifier", lemf_Int_0_4294967295),
    OPT(3, "sequence-number", lemf_Int_0_4294967295), OPT(4, "end-of-sequence", lemf_Bool),
    MEM(5, "content-type", lemf_Octets), MEM(6, "content", lemf_Octets),
    OPT(7, "content-transfer-encoding", lemf_Octets));
SEQ(SHARED, lemf_em_MessagingMMCC, "MessagingMMCC", true,
    MEM(0, "messaging-mm-cc-obj-id", lemf_RelOid_5_2_5),
    MEM(1, "event-identifier", lemf_Int_0_4294967295),
    OPT(2, "content-identifier", lemf_Int_0_4294967295), MEM(3, "content", lemf_mm_IPMMCC));
