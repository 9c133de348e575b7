/* SPDX-License-Identifier: Apache-2.0 */
/* HI2Operations 18 (TS 101 671) and the conference, ProSe, GCSE and voice modules of TS 33.108
 * as tables of members, for lemf_decode.c. See lemf_type.h. */
#include "lemf_type.h"

/* clang-format off */
CHOICE(LOCAL, lemf_hi2_IP_value, "IP-value", true, MEM(1, "iPBinaryAddress", lemf_Octets_4_16),
    MEM(2, "iPTextAddress", lemf_Ia5_7_45));
ENUM(LOCAL, lemf_hi2_IPAddress_iP_type, "iP-type", true, {0, "iPV4"}, {1, "iPV6"});
ENUM(LOCAL, lemf_hi2_IPAddress_iP_assignment, "iP-assignment", true, {1, "static"}, {2, "dynamic"},
    {3, "notKnown"});
SEQ(SHARED, lemf_hi2_IPAddress, "IPAddress", true, MEM(1, "iP-type", lemf_hi2_IPAddress_iP_type),
    MEM(2, "iP-value", lemf_hi2_IP_value),
    OPT(3, "iP-assignment", lemf_hi2_IPAddress_iP_assignment),
    OPT(4, "iPv6PrefixLength", lemf_Int_1_128), OPT(5, "iPv4SubnetMask", lemf_Octets_4_4));
CHOICE(SHARED, lemf_hi2_Network_Element_Identifier, "Network-Element-Identifier", true,
    MEM(1, "e164-Format", lemf_Octets_1_25), MEM(2, "x25-Format", lemf_Octets_1_25),
    MEM(3, "iP-Format", lemf_Octets_1_25), MEM(4, "dNS-Format", lemf_Octets_1_25),
    MEM(5, "iP-Address", lemf_hi2_IPAddress));
ENUM(LOCAL, lemf_hi2_LocalTimeStamp_winterSummerIndication, "winterSummerIndication", true,
    {0, "notProvided"}, {1, "winterTime"}, {2, "summerTime"});
SEQ(LOCAL, lemf_hi2_LocalTimeStamp, "LocalTimeStamp", false, MEM(0, "generalizedTime", lemf_Time),
    MEM(1, "winterSummerIndication", lemf_hi2_LocalTimeStamp_winterSummerIndication));
CHOICE(SHARED, lemf_hi2_TimeStamp, "TimeStamp", false, MEM(0, "localTime", lemf_hi2_LocalTimeStamp),
    MEM(1, "utcTime", lemf_Utc));
SEQ(LOCAL, lemf_hi2_TetraLocation_ms_Loc, "ms-Loc", false, MEM(1, "mcc", lemf_Int_0_1023),
    MEM(2, "mnc", lemf_Int_0_16383), MEM(3, "lai", lemf_Int_0_65535), OPT(4, "ci", lemf_Integer));
CHOICE(LOCAL, lemf_hi2_TetraLocation, "TetraLocation", false,
    MEM(1, "ms-Loc", lemf_hi2_TetraLocation_ms_Loc), MEM(2, "ls-Loc", lemf_Integer));
CHOICE(LOCAL, lemf_hi2_UMTSLocation, "UMTSLocation", true, MEM(1, "point", lemf_eps_GA_Point),
    MEM(2, "pointWithUnCertainty", lemf_eps_GA_PointWithUnCertainty),
    MEM(3, "polygon", lemf_eps_GA_Polygon));
SEQ(SHARED, lemf_hi2_ETSI671HI2Location, "ETSI671HI2Location", true,
    OPT(1, "e164-Number", lemf_Octets_1_25), OPT(2, "globalCellID", lemf_Octets_5_7),
    OPT(3, "tetraLocation", lemf_hi2_TetraLocation), OPT(4, "rAI", lemf_Octets_6_6),
    OPT(5, "gsmLocation", lemf_eps_GSMLocation), OPT(6, "umtsLocation", lemf_hi2_UMTSLocation),
    OPT(7, "sAI", lemf_Octets_7_7), OPT(8, "oldRAI", lemf_Octets_6_6),
    OPT(9, "tAI", lemf_Octets_6_6), OPT(10, "eCGI", lemf_Octets_8_8));
CHOICE(SHARED, lemf_hi2_DataNodeAddress, "DataNodeAddress", true,
    MEM(1, "ipAddress", lemf_hi2_IPAddress), MEM(2, "x25Address", lemf_Octets_1_25));
SET_OF(SHARED, lemf_hi2_National_Parameters, "National-Parameters", 1, 40, lemf_Octets_1_256);
SEQ(SHARED, lemf_hi2_Network_Identifier, "Network-Identifier", true,
    MEM(0, "operator-Identifier", lemf_Octets_1_5),
    OPT(1, "network-Element-Identifier", lemf_hi2_Network_Element_Identifier));
SEQ(SHARED, lemf_hi2_National_HI2_ASN1parameters, "National-HI2-ASN1parameters", true,
    MEM(1, "countryCode", lemf_Printable_2_2));
SEQ(SHARED, lemf_hi2_CommunicationIdentifier, "CommunicationIdentifier", true,
    OPT(0, "communication-Identity-Number", lemf_Octets_1_8),
    MEM(1, "network-Identifier", lemf_hi2_Network_Identifier));
ENUM(SHARED, lemf_hi2_Intercepted_Call_State, "Intercepted-Call-State", true, {1, "idle"},
    {2, "setUpInProcess"}, {3, "connected"});
CHOICE(LOCAL, lemf_hi2_CallingPartyNumber, "CallingPartyNumber", true,
    MEM(1, "iSUP-Format", lemf_Octets_1_25), MEM(2, "dSS1-Format", lemf_Octets_1_25),
    MEM(3, "mAP-Format", lemf_Octets_1_25));
CHOICE(SHARED, lemf_hi2_CalledPartyNumber, "CalledPartyNumber", true,
    MEM(1, "iSUP-Format", lemf_Octets_1_25), MEM(2, "mAP-Format", lemf_Octets_1_25),
    MEM(3, "dSS1-Format", lemf_Octets_1_25));
SET_OF(LOCAL, lemf_hi2_ISUP_parameters, "ISUP-parameters", 1, 256, lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_parameters_codeset_0, "DSS1-parameters-codeset-0", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_MAP_parameters, "MAP-parameters", 1, 256, lemf_Octets_1_256);
SEQ(LOCAL, lemf_hi2_Services_Information, "Services-Information", true,
    OPT(1, "iSUP-parameters", lemf_hi2_ISUP_parameters),
    OPT(2, "dSS1-parameters-codeset-0", lemf_hi2_DSS1_parameters_codeset_0),
    OPT(3, "mAP-parameters", lemf_hi2_MAP_parameters));
SET_OF(LOCAL, lemf_hi2_ISUP_SS_parameters, "ISUP-SS-parameters", 1, 256, lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_parameters_codeset_0, "DSS1-SS-parameters-codeset-0", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_parameters_codeset_4, "DSS1-SS-parameters-codeset-4", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_parameters_codeset_5, "DSS1-SS-parameters-codeset-5", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_parameters_codeset_6, "DSS1-SS-parameters-codeset-6", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_parameters_codeset_7, "DSS1-SS-parameters-codeset-7", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_DSS1_SS_Invoke_Components, "DSS1-SS-Invoke-Components", 1, 256,
    lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_MAP_SS_Parameters, "MAP-SS-Parameters", 1, 256, lemf_Octets_1_256);
SET_OF(LOCAL, lemf_hi2_MAP_SS_Invoke_Components, "MAP-SS-Invoke-Components", 1, 256,
    lemf_Octets_1_256);
SEQ(LOCAL, lemf_hi2_Standard_Supplementary_Services, "Standard-Supplementary-Services", true,
    OPT(1, "iSUP-SS-parameters", lemf_hi2_ISUP_SS_parameters),
    OPT(2, "dSS1-SS-parameters-codeset-0", lemf_hi2_DSS1_SS_parameters_codeset_0),
    OPT(3, "dSS1-SS-parameters-codeset-4", lemf_hi2_DSS1_SS_parameters_codeset_4),
    OPT(4, "dSS1-SS-parameters-codeset-5", lemf_hi2_DSS1_SS_parameters_codeset_5),
    OPT(5, "dSS1-SS-parameters-codeset-6", lemf_hi2_DSS1_SS_parameters_codeset_6),
    OPT(6, "dSS1-SS-parameters-codeset-7", lemf_hi2_DSS1_SS_parameters_codeset_7),
    OPT(7, "dSS1-SS-Invoke-components", lemf_hi2_DSS1_SS_Invoke_Components),
    OPT(8, "mAP-SS-Parameters", lemf_hi2_MAP_SS_Parameters),
    OPT(9, "mAP-SS-Invoke-Components", lemf_hi2_MAP_SS_Invoke_Components));
ENUM(LOCAL, lemf_hi2_SimpleIndication, "SimpleIndication", true, {0, "call-Waiting-Indication"},
    {1, "add-conf-Indication"}, {2, "call-on-hold-Indication"}, {3, "retrieve-Indication"},
    {4, "suspend-Indication"}, {5, "resume-Indication"}, {6, "answer-Indication"});
CHOICE(LOCAL, lemf_hi2_Non_Standard_Supplementary_Services_el,
    "Non-Standard-Supplementary-Services", true,
    MEM(1, "simpleIndication", lemf_hi2_SimpleIndication), MEM(2, "sciData", lemf_Octets_1_256));
SET_OF(LOCAL, lemf_hi2_Non_Standard_Supplementary_Services, "Non-Standard-Supplementary-Services",
    1, 20, lemf_hi2_Non_Standard_Supplementary_Services_el);
SET_OF(LOCAL, lemf_hi2_Other_Services, "Other-Services", 1, 50, lemf_Octets_1_256);
SEQ(LOCAL, lemf_hi2_Supplementary_Services, "Supplementary-Services", true,
    OPT(1, "standard-Supplementary-Services", lemf_hi2_Standard_Supplementary_Services),
    OPT(2, "non-Standard-Supplementary-Services", lemf_hi2_Non_Standard_Supplementary_Services),
    OPT(3, "other-Services", lemf_hi2_Other_Services));
ENUM(LOCAL, lemf_hi2_PartyInformation_party_Qualifier, "party-Qualifier", true,
    {0, "originating-Party"}, {1, "terminating-Party"}, {2, "forwarded-to-Party"},
    {3, "gPRS-Target"});
ENUM(LOCAL, lemf_hi2_PartyInformation_partyIdentity_party_Validity, "party-Validity", true,
    {0, "trusted"}, {1, "untrusted"}, {2, "operator-added"});
SEQ(LOCAL, lemf_hi2_PartyInformation_partyIdentity, "partyIdentity", true,
    OPT(1, "imei", lemf_Octets_8_8), OPT(2, "tei", lemf_Octets_1_15),
    OPT(3, "imsi", lemf_Octets_3_8), OPT(4, "callingPartyNumber", lemf_hi2_CallingPartyNumber),
    OPT(5, "calledPartyNumber", lemf_hi2_CalledPartyNumber), OPT(6, "msISDN", lemf_Octets_1_9),
    OPT(7, "e164-Format", lemf_Octets_1_25), OPT(8, "sip-uri", lemf_Octets),
    OPT(9, "tel-url", lemf_Octets),
    OPT(10, "party-Validity", lemf_hi2_PartyInformation_partyIdentity_party_Validity),
    OPT(11, "alphanumeric", lemf_Utf8));
SEQ(SHARED, lemf_hi2_PartyInformation, "PartyInformation", true,
    MEM(0, "party-Qualifier", lemf_hi2_PartyInformation_party_Qualifier),
    MEM(1, "partyIdentity", lemf_hi2_PartyInformation_partyIdentity),
    OPT(2, "services-Information", lemf_hi2_Services_Information),
    OPT(3, "supplementary-Services-Information", lemf_hi2_Supplementary_Services),
    OPT(4, "services-Data-Information", lemf_eps_Services_Data_Information));
ENUM(LOCAL, lemf_hi2_CCLink_State, "CCLink-State", true, {1, "setUpInProcess"}, {2, "callActive"},
    {3, "callReleased"}, {4, "lack-of-resource"});
SEQ(SHARED, lemf_hi2_CallContentLinkCharacteristics, "CallContentLinkCharacteristics", true,
    OPT(1, "cCLink-State", lemf_hi2_CCLink_State), OPT(2, "release-Time", lemf_hi2_TimeStamp),
    OPT(3, "release-Reason", lemf_Octets_2_2), OPT(4, "lEMF-Address", lemf_hi2_CalledPartyNumber));
ENUM(LOCAL, lemf_hi2_SMS_report_sMS_Contents_initiator, "initiator", true, {0, "target"},
    {1, "server"}, {2, "undefined-party"});
ENUM(LOCAL, lemf_hi2_SMS_report_sMS_Contents_transfer_status, "transfer-status", true,
    {0, "succeed-transfer"}, {1, "not-succeed-transfer"}, {2, "undefined"});
ENUM(LOCAL, lemf_hi2_SMS_report_sMS_Contents_other_message, "other-message", true, {0, "yes"},
    {1, "no"}, {2, "undefined"});
ENUM(LOCAL, lemf_hi2_SMS_report_sMS_Contents_enhancedContent_character_encoding,
    "character-encoding", true, {0, "gsm-7-bit-ascii"}, {1, "eight-bit-ascii"},
    {2, "eight-bit-binary"}, {3, "ucs-2"}, {4, "utf-8"}, {5, "utf-16"}, {6, "other"});
SEQ(LOCAL, lemf_hi2_SMS_report_sMS_Contents_enhancedContent, "enhancedContent", false,
    MEM(1, "content", lemf_Octets),
    MEM(2, "character-encoding", lemf_hi2_SMS_report_sMS_Contents_enhancedContent_character_encoding));
SEQ(LOCAL, lemf_hi2_SMS_report_sMS_Contents, "sMS-Contents", true,
    MEM(1, "initiator", lemf_hi2_SMS_report_sMS_Contents_initiator),
    OPT(2, "transfer-status", lemf_hi2_SMS_report_sMS_Contents_transfer_status),
    OPT(3, "other-message", lemf_hi2_SMS_report_sMS_Contents_other_message),
    OPT(4, "content", lemf_Octets_1_270),
    OPT(5, "enhancedContent", lemf_hi2_SMS_report_sMS_Contents_enhancedContent));
SEQ(LOCAL, lemf_hi2_SMS_report, "SMS-report", false,
    MEM(1, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp),
    MEM(3, "sMS-Contents", lemf_hi2_SMS_report_sMS_Contents));
ENUM(LOCAL, lemf_hi2_GPRSEvent, "GPRSEvent", true, {1, "pDPContextActivation"},
    {2, "startOfInterceptionWithPDPContextActive"}, {4, "pDPContextDeactivation"},
    {5, "gPRSAttach"}, {6, "gPRSDetach"}, {10, "cellOrRAUpdate"}, {11, "sMS"},
    {13, "pDPContextModification"}, {14, "endOfInterceptionWithPDPContextActive"});
ENUM(LOCAL, lemf_hi2_HI2_IRI_Parameters_iRIversion, "iRIversion", true, {2, "version2"},
    {3, "version3"}, {4, "version4"}, {5, "version5"}, {6, "version6"}, {7, "version7"},
    {8, "lastVersion"});
ENUM(LOCAL, lemf_hi2_HI2_IRI_Parameters_intercepted_Call_Direct, "intercepted-Call-Direct", true,
    {0, "not-Available"}, {1, "originating-Target"}, {2, "terminating-Target"});
SET_OF(LOCAL, lemf_hi2_HI2_IRI_Parameters_partyInformation, "partyInformation", 1, 10,
    lemf_hi2_PartyInformation);
SEQ(LOCAL, lemf_hi2_HI2_IRI_Parameters_callContentLinkInformation, "callContentLinkInformation",
    true, OPT(1, "cCLink1Characteristics", lemf_hi2_CallContentLinkCharacteristics),
    OPT(2, "cCLink2Characteristics", lemf_hi2_CallContentLinkCharacteristics));
ENUM(LOCAL, lemf_hi2_HI2_IRI_Parameters_nature_Of_The_intercepted_call,
    "nature-Of-The-intercepted-call", true, {0, "gSM-ISDN-PSTN-circuit-call"},
    {1, "gSM-SMS-Message"}, {2, "uUS4-Messages"}, {3, "tETRA-circuit-call"},
    {4, "teTRA-Packet-Data"}, {5, "gPRS-Packet-Data"}, {6, "uMTS-circuit-call"},
    {7, "lTE-SMS-Message"}, {8, "lTE-circuit-call"});
SEQ(SHARED, lemf_hi2_HI2_IRI_Parameters, "IRI-Parameters", true, OPT(0, "domainID", lemf_Oid),
    OPT(23, "iRIversion", lemf_hi2_HI2_IRI_Parameters_iRIversion),
    MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    MEM(2, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(3, "timeStamp", lemf_hi2_TimeStamp),
    OPT(4, "intercepted-Call-Direct", lemf_hi2_HI2_IRI_Parameters_intercepted_Call_Direct),
    OPT(5, "intercepted-Call-State", lemf_hi2_Intercepted_Call_State),
    OPT(6, "ringingDuration", lemf_Octets_3_3), OPT(7, "conversationDuration", lemf_Octets_3_3),
    OPT(8, "locationOfTheTarget", lemf_hi2_ETSI671HI2Location),
    OPT(9, "partyInformation", lemf_hi2_HI2_IRI_Parameters_partyInformation),
    OPT(10, "callContentLinkInformation", lemf_hi2_HI2_IRI_Parameters_callContentLinkInformation),
    OPT(11, "release-Reason-Of-Intercepted-Call", lemf_Octets_2_2),
    OPT(12, "nature-Of-The-intercepted-call", lemf_hi2_HI2_IRI_Parameters_nature_Of_The_intercepted_call),
    OPT(13, "serverCenterAddress", lemf_hi2_PartyInformation), OPT(14, "sMS", lemf_hi2_SMS_report),
    OPT(15, "cC-Link-Identifier", lemf_Octets_1_8),
    OPT(16, "national-Parameters", lemf_hi2_National_Parameters),
    OPT(18, "gPRSCorrelationNumber", lemf_Octets_8_20), OPT(20, "gPRSevent", lemf_hi2_GPRSEvent),
    OPT(21, "sgsnAddress", lemf_hi2_DataNodeAddress),
    OPT(22, "gPRSOperationErrorCode", lemf_Octets_2_2),
    OPT(24, "ggsnAddress", lemf_hi2_DataNodeAddress), OPT(25, "qOS", lemf_eps_UmtsQos),
    OPT(26, "networkIdentifier", lemf_hi2_Network_Identifier),
    OPT(27, "sMSOriginatingAddress", lemf_hi2_DataNodeAddress),
    OPT(28, "sMSTerminatingAddress", lemf_hi2_DataNodeAddress),
    OPT(29, "iMSevent", lemf_umts_IMSevent), OPT(30, "sIPMessage", lemf_Octets),
    OPT(31, "servingSGSN-number", lemf_Octets_1_20),
    OPT(32, "servingSGSN-address", lemf_Octets_5_17), OPT(33, "tARGETACTIVITYMONITOR", lemf_Any),
    OPT(34, "ldiEvent", lemf_eps_LDIevent), OPT(35, "correlation", lemf_eps_CorrelationValues),
    OPT(36, "tARGETACTIVITYMONITORind", lemf_Any), OPT(37, "tARGETCOMMSMONITORind", lemf_Any),
    OPT(38, "tTRAFFICind", lemf_Any), OPT(39, "cTTRAFFICind", lemf_Any),
    OPT(40, "servingSystem", lemf_hi2_Network_Element_Identifier),
    OPT(255, "national-HI2-ASN1parameters", lemf_hi2_National_HI2_ASN1parameters));
CHOICE(LOCAL, lemf_hi2_IRIContent, "IRIContent", true,
    MEM(1, "iRI-Begin-record", lemf_hi2_HI2_IRI_Parameters),
    MEM(2, "iRI-End-record", lemf_hi2_HI2_IRI_Parameters),
    MEM(3, "iRI-Continue-record", lemf_hi2_HI2_IRI_Parameters),
    MEM(4, "iRI-Report-record", lemf_hi2_HI2_IRI_Parameters));
SEQ_OF(LOCAL, lemf_hi2_IRISequence, "IRISequence", 0, 0, lemf_hi2_IRIContent);
CHOICE(SHARED, lemf_hi2_IRIsContent, "IRIsContent", false,
    MEM(LEMF_OPEN_TAG, "iRIContent", lemf_hi2_IRIContent),
    MEM(LEMF_UNIVERSAL(16), "iRISequence", lemf_hi2_IRISequence));
SEQ(LOCAL, lemf_conf_IMSIdentity, "IMSIdentity", true, OPT(1, "sip-uri", lemf_Octets),
    OPT(2, "tel-uri", lemf_Octets));
SET_OF(LOCAL, lemf_conf_PartyIdentity_iMPU, "iMPU", 0, 0, lemf_conf_IMSIdentity);
SET_OF(LOCAL, lemf_conf_PartyIdentity_iMPI, "iMPI", 0, 0, lemf_conf_IMSIdentity);
SEQ(LOCAL, lemf_conf_PartyIdentity, "PartyIdentity", true,
    OPT(3, "iMPU", lemf_conf_PartyIdentity_iMPU), OPT(4, "iMPI", lemf_conf_PartyIdentity_iMPI));
ENUM(LOCAL, lemf_conf_ConfEvent, "ConfEvent", true, {1, "confStartSuccessfull"},
    {2, "confStartUnsuccessfull"}, {3, "startOfInterceptionConferenceActive"},
    {4, "confPartyJoinSuccessfull"}, {5, "confPartyJoinUnsuccessfull"},
    {6, "confPartyLeaveSuccessfull"}, {7, "confPartyLeaveUnsuccessfull"},
    {8, "confPartyBearerModifySuccessfull"}, {9, "confPartyBearerModifyUnsuccessfull"},
    {10, "confEndSuccessfull"}, {11, "confEndUnsuccessfull"}, {12, "confServCreation"},
    {13, "confServUpdate"});
CHOICE(LOCAL, lemf_conf_ConfCorrelation, "ConfCorrelation", true,
    MEM(1, "correlationValues", lemf_eps_CorrelationValues),
    MEM(2, "correlationNumber", lemf_Octets), MEM(3, "imsVoIP", lemf_eps_IMS_VoIP_Correlation));
SEQ(LOCAL, lemf_conf_SupportedMedia, "SupportedMedia", true,
    OPT(1, "confServerSideSDP", lemf_Octets), OPT(2, "confUserSideSDP", lemf_Octets));
SEQ(LOCAL, lemf_conf_ConfPartyInformation, "ConfPartyInformation", true,
    OPT(1, "partyIdentity", lemf_conf_PartyIdentity),
    OPT(2, "supportedmedia", lemf_conf_SupportedMedia));
CHOICE(LOCAL, lemf_conf_ConfEventInitiator, "ConfEventInitiator", true,
    MEM(1, "confServer", lemf_Null), MEM(2, "confTargetID", lemf_conf_PartyIdentity),
    MEM(3, "confPartyID", lemf_conf_PartyIdentity));
CHOICE(LOCAL, lemf_conf_ConfEventFailureReason, "ConfEventFailureReason", true,
    MEM(1, "failedConfStartReason", lemf_Octets), MEM(2, "failedPartyJoinReason", lemf_Octets),
    MEM(3, "failedPartyLeaveReason", lemf_Octets), MEM(4, "failedBearerModifyReason", lemf_Octets),
    MEM(5, "failedConfEndReason", lemf_Octets));
SEQ(LOCAL, lemf_conf_RecurrenceInfo, "RecurrenceInfo", true,
    OPT(1, "recurrenceStartDateAndTime", lemf_hi2_TimeStamp),
    OPT(2, "recurrenceEndDateAndTime", lemf_hi2_TimeStamp), OPT(3, "recurrencePattern", lemf_Utf8));
ENUM(LOCAL, lemf_conf_MediaModification, "MediaModification", true, {1, "add"}, {2, "remove"},
    {3, "change"}, {4, "unknown"});
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_partyInformation, "partyInformation", 1, 10,
    lemf_conf_PartyIdentity);
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_listOfPotConferees, "listOfPotConferees", 0, 0,
    lemf_conf_PartyIdentity);
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_listOfConferees, "listOfConferees", 0, 0,
    lemf_conf_ConfPartyInformation);
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_listOfBearerAffectedParties,
    "listOfBearerAffectedParties", 0, 0, lemf_conf_ConfPartyInformation);
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_confControllerIDs, "confControllerIDs", 0, 0,
    lemf_conf_PartyIdentity);
SET_OF(LOCAL, lemf_conf_ConfIRI_Parameters_listOfWaitConferees, "listOfWaitConferees", 0, 0,
    lemf_conf_ConfPartyInformation);
SEQ(SHARED, lemf_conf_ConfIRI_Parameters, "ConfIRI-Parameters", true,
    MEM(0, "hi2confDomainId", lemf_Oid), MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp),
    OPT(3, "partyInformation", lemf_conf_ConfIRI_Parameters_partyInformation),
    OPT(4, "national-Parameters", lemf_hi2_National_Parameters),
    OPT(5, "networkIdentifier", lemf_hi2_Network_Identifier),
    MEM(6, "confEvent", lemf_conf_ConfEvent), OPT(7, "correlation", lemf_conf_ConfCorrelation),
    OPT(8, "confID", lemf_conf_IMSIdentity), OPT(9, "tempConfID", lemf_conf_IMSIdentity),
    OPT(10, "listOfPotConferees", lemf_conf_ConfIRI_Parameters_listOfPotConferees),
    OPT(11, "listOfConferees", lemf_conf_ConfIRI_Parameters_listOfConferees),
    OPT(12, "joinPartyID", lemf_conf_ConfPartyInformation),
    OPT(13, "leavePartyID", lemf_conf_ConfPartyInformation),
    OPT(14, "listOfBearerAffectedParties", lemf_conf_ConfIRI_Parameters_listOfBearerAffectedParties),
    OPT(15, "confEventInitiator", lemf_conf_ConfEventInitiator),
    OPT(16, "confEventFailureReason", lemf_conf_ConfEventFailureReason),
    OPT(17, "confEndReason", lemf_Octets), OPT(18, "potConfStartInfo", lemf_hi2_TimeStamp),
    OPT(19, "potConfEndInfo", lemf_hi2_TimeStamp),
    OPT(20, "recurrenceInfo", lemf_conf_RecurrenceInfo),
    OPT(21, "confControllerIDs", lemf_conf_ConfIRI_Parameters_confControllerIDs),
    OPT(23, "mediamodification", lemf_conf_MediaModification),
    OPT(24, "bearerModifyPartyID", lemf_conf_ConfPartyInformation),
    OPT(25, "listOfWaitConferees", lemf_conf_ConfIRI_Parameters_listOfWaitConferees));
CHOICE(LOCAL, lemf_conf_ConfIRIContent, "ConfIRIContent", true,
    MEM(1, "iRI-Begin-record", lemf_conf_ConfIRI_Parameters),
    MEM(2, "iRI-End-record", lemf_conf_ConfIRI_Parameters),
    MEM(3, "iRI-Continue-record", lemf_conf_ConfIRI_Parameters),
    MEM(4, "iRI-Report-record", lemf_conf_ConfIRI_Parameters));
SEQ_OF(LOCAL, lemf_conf_ConfIRISequence, "ConfIRISequence", 0, 0, lemf_conf_ConfIRIContent);
CHOICE(SHARED, lemf_conf_ConfIRIsContent, "ConfIRIsContent", false,
    MEM(LEMF_OPEN_TAG, "confiRIContent", lemf_conf_ConfIRIContent),
    MEM(LEMF_UNIVERSAL(16), "confIRISequence", lemf_conf_ConfIRISequence));
ENUM(LOCAL, lemf_prose_ProSeDirectDiscoveryEvent, "ProSeDirectDiscoveryEvent", true,
    {1, "proseDiscoveryRequest"}, {2, "proseMatchReport"});
ENUM(LOCAL, lemf_prose_TargetRole, "TargetRole", true, {1, "announcingUE"}, {2, "monitoringUE"});
SEQ_OF(LOCAL, lemf_prose_ProSeMaskSequence, "ProSeMaskSequence", 0, 0, lemf_Octets_23_23);
CHOICE(LOCAL, lemf_prose_ProSeAppMask, "ProSeAppMask", false,
    MEM(1, "proseMask", lemf_Octets_23_23),
    MEM(2, "proseMaskSequence", lemf_prose_ProSeMaskSequence));
SEQ(LOCAL, lemf_prose_DirectDiscoveryData, "DirectDiscoveryData", true,
    MEM(1, "discoveryPLMNID", lemf_Utf8), MEM(2, "proseAppIdName", lemf_Utf8),
    MEM(3, "proseAppCode", lemf_Octets_23_23), OPT(4, "proseAppMask", lemf_prose_ProSeAppMask),
    MEM(5, "timer", lemf_Integer));
SEQ(LOCAL, lemf_prose_ProSeDirectDiscovery, "ProSeDirectDiscovery", true,
    MEM(0, "proseDirectDiscoveryEvent", lemf_prose_ProSeDirectDiscoveryEvent),
    MEM(1, "targetImsi", lemf_Octets_3_8), MEM(2, "targetRole", lemf_prose_TargetRole),
    MEM(3, "directDiscoveryData", lemf_prose_DirectDiscoveryData), OPT(4, "metadata", lemf_Utf8),
    OPT(5, "otherUeImsi", lemf_Octets_3_8));
CHOICE(LOCAL, lemf_prose_ProSeEventData, "ProSeEventData", true,
    MEM(0, "proseDirectDiscovery", lemf_prose_ProSeDirectDiscovery));
SEQ(SHARED, lemf_prose_ProSeIRI_Parameters, "ProSeIRI-Parameters", true,
    MEM(0, "hi2ProSeDomainId", lemf_Oid), MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp),
    MEM(3, "networkIdentifier", lemf_hi2_Network_Identifier),
    MEM(4, "proseEventData", lemf_prose_ProSeEventData),
    OPT(5, "national-Parameters", lemf_hi2_National_Parameters),
    OPT(6, "national-HI2-ASN1parameters", lemf_hi2_National_HI2_ASN1parameters));
CHOICE(LOCAL, lemf_prose_ProSeIRIContent, "ProSeIRIContent", true,
    MEM(1, "iRI-Report-record", lemf_prose_ProSeIRI_Parameters));
SEQ_OF(LOCAL, lemf_prose_ProSeIRISequence, "ProSeIRISequence", 0, 0, lemf_prose_ProSeIRIContent);
CHOICE(SHARED, lemf_prose_ProSeIRIsContent, "ProSeIRIsContent", false,
    MEM(1, "proseIRIContent", lemf_prose_ProSeIRIContent),
    MEM(2, "proseIRISequence", lemf_prose_ProSeIRISequence));
SEQ(LOCAL, lemf_gcse_OtherIdentity, "OtherIdentity", true,
    OPT(1, "otherIdentityEncoding", lemf_Utf8), OPT(2, "otherIDInfo", lemf_Octets));
SET_OF(LOCAL, lemf_gcse_GcsePartyIdentity_iMPU, "iMPU", 0, 0, lemf_conf_IMSIdentity);
SET_OF(LOCAL, lemf_gcse_GcsePartyIdentity_iMPI, "iMPI", 0, 0, lemf_conf_IMSIdentity);
SET_OF(LOCAL, lemf_gcse_GcsePartyIdentity_proseUEID, "proseUEID", 0, 0, lemf_Octets);
SEQ(LOCAL, lemf_gcse_GcsePartyIdentity, "GcsePartyIdentity", true, OPT(1, "imei", lemf_Octets_8_8),
    OPT(2, "imsi", lemf_Octets_3_8), OPT(3, "iMPU", lemf_gcse_GcsePartyIdentity_iMPU),
    OPT(4, "iMPI", lemf_gcse_GcsePartyIdentity_iMPI),
    OPT(6, "proseUEID", lemf_gcse_GcsePartyIdentity_proseUEID),
    OPT(7, "otherID", lemf_gcse_OtherIdentity));
ENUM(LOCAL, lemf_gcse_GcseEvent, "GcseEvent", true, {1, "activationOfGcseGroupComms"},
    {2, "startOfInterceptionGcseGroupComms"}, {3, "userAdded"}, {4, "userDropped"},
    {5, "targetConnectionModification"}, {6, "targetdropped"}, {7, "deactivationOfGcseGroupComms"});
ENUM(LOCAL, lemf_gcse_AccessType, "AccessType", true, {1, "ePS-Unicast"}, {2, "ePS-Multicast"});
CHOICE(LOCAL, lemf_gcse_AccessID, "AccessID", true, MEM(1, "tMGI", lemf_Octets),
    MEM(2, "uEIPAddress", lemf_hi2_IPAddress));
SEQ(LOCAL, lemf_gcse_Upstream, "Upstream", true, MEM(1, "accessType", lemf_gcse_AccessType),
    MEM(2, "accessId", lemf_gcse_AccessID));
SEQ(LOCAL, lemf_gcse_Downstream, "Downstream", true, MEM(1, "accessType", lemf_gcse_AccessType),
    MEM(2, "accessId", lemf_gcse_AccessID));
SEQ(LOCAL, lemf_gcse_TargetConnectionMethod, "TargetConnectionMethod", true,
    MEM(1, "connectionStatus", lemf_Bool), OPT(2, "upstream", lemf_gcse_Upstream),
    OPT(3, "downstream", lemf_gcse_Downstream));
SEQ_OF(LOCAL, lemf_gcse_GcseGroup, "GcseGroup", 0, 0, lemf_gcse_GcsePartyIdentity);
SEQ(LOCAL, lemf_gcse_GcseGroupCharacteristics, "GcseGroupCharacteristics", true,
    OPT(1, "characteristicsEncoding", lemf_Utf8), OPT(2, "characteristics", lemf_Octets));
SET_OF(LOCAL, lemf_gcse_GcseIRI_Parameters_partyInformation, "partyInformation", 0, 0,
    lemf_gcse_GcsePartyIdentity);
SEQ(SHARED, lemf_gcse_GcseIRI_Parameters, "GcseIRI-Parameters", true,
    MEM(0, "hi2gcseDomainId", lemf_Oid), MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp),
    MEM(3, "partyInformation", lemf_gcse_GcseIRI_Parameters_partyInformation),
    OPT(4, "national-Parameters", lemf_hi2_National_Parameters),
    MEM(5, "networkIdentifier", lemf_hi2_Network_Identifier),
    MEM(6, "gcseEvent", lemf_gcse_GcseEvent), OPT(7, "correlation", lemf_Octets),
    OPT(8, "targetConnectionMethod", lemf_gcse_TargetConnectionMethod),
    OPT(9, "gcseGroupMembers", lemf_gcse_GcseGroup),
    OPT(10, "gcseGroupParticipants", lemf_gcse_GcseGroup),
    OPT(11, "gcseGroupID", lemf_gcse_GcsePartyIdentity),
    OPT(12, "gcseGroupCharacteristics", lemf_gcse_GcseGroupCharacteristics),
    OPT(13, "reservedTMGI", lemf_Octets), OPT(14, "tMGIReservationDuration", lemf_Octets),
    OPT(15, "visitedNetworkID", lemf_Utf8), OPT(16, "addedUserID", lemf_gcse_GcsePartyIdentity),
    OPT(17, "droppedUserID", lemf_gcse_GcsePartyIdentity), OPT(18, "reasonForCommsEnd", lemf_Utf8),
    OPT(19, "gcseLocationOfTheTarget", lemf_eps_EPSLocation));
CHOICE(LOCAL, lemf_gcse_GcseIRIContent, "GcseIRIContent", true,
    MEM(1, "iRI-Begin-record", lemf_gcse_GcseIRI_Parameters),
    MEM(2, "iRI-End-record", lemf_gcse_GcseIRI_Parameters),
    MEM(3, "iRI-Continue-record", lemf_gcse_GcseIRI_Parameters),
    MEM(4, "iRI-Report-record", lemf_gcse_GcseIRI_Parameters));
SEQ_OF(LOCAL, lemf_gcse_GcseIRISequence, "GcseIRISequence", 0, 0, lemf_gcse_GcseIRIContent);
CHOICE(SHARED, lemf_gcse_GcseIRIsContent, "GcseIRIsContent", false,
    MEM(LEMF_OPEN_TAG, "gcseiRIContent", lemf_gcse_GcseIRIContent),
    MEM(LEMF_UNIVERSAL(16), "gcseIRISequence", lemf_gcse_GcseIRISequence));
ENUM(LOCAL, lemf_confcc_TPDU_direction, "TPDU-direction", false, {1, "from-target"},
    {2, "to-target"}, {3, "unknown"}, {4, "conftarget"}, {5, "from-mixer"}, {6, "to-mixer"},
    {7, "combined"});
SEQ(LOCAL, lemf_confcc_MediaID, "MediaID", true,
    OPT(1, "sourceUserID", lemf_conf_ConfPartyInformation), OPT(2, "streamID", lemf_Octets));
SEQ(LOCAL, lemf_confcc_ConfLIC_header, "ConfLIC-header", true, MEM(0, "hi3DomainId", lemf_Oid),
    OPT(2, "lIID", lemf_Octets_1_25), MEM(3, "correlation", lemf_conf_ConfCorrelation),
    OPT(4, "timeStamp", lemf_hi2_TimeStamp), MEM(5, "sequence-number", lemf_Int_0_65535),
    MEM(6, "t-PDU-direction", lemf_confcc_TPDU_direction),
    OPT(7, "national-HI3-ASN1parameters", lemf_epscc_National_HI3_ASN1parameters),
    OPT(9, "mediaID", lemf_confcc_MediaID));
SEQ(SHARED, lemf_confcc_Conf_CC_PDU, "Conf-CC-PDU", false,
    MEM(1, "confLIC-header", lemf_confcc_ConfLIC_header), MEM(2, "payload", lemf_Octets));
ENUM(LOCAL, lemf_voip_TPDU_direction, "TPDU-direction", false, {1, "from-target"}, {2, "to-target"},
    {3, "combined"}, {4, "unknown"});
ENUM(LOCAL, lemf_voip_ICE_type, "ICE-type", true, {1, "ggsn"}, {2, "pDN-GW"}, {3, "aGW"},
    {4, "trGW"}, {5, "mGW"}, {6, "other"}, {7, "unknown"}, {8, "mRF"}, {9, "lmISF"}, {10, "sGW"});
SEQ(LOCAL, lemf_voip_Payload_description, "Payload-description", true,
    OPT(1, "copyOfSDPdescription", lemf_Octets), OPT(2, "mediaFormat", lemf_Int_0_127),
    OPT(3, "mediaAttributes", lemf_Octets));
SEQ(LOCAL, lemf_voip_VoipLIC_header, "VoipLIC-header", true, MEM(0, "hi3voipDomainId", lemf_Oid),
    OPT(2, "lIID", lemf_Octets_1_25), MEM(3, "voipCorrelationNumber", lemf_Octets),
    OPT(4, "timeStamp", lemf_hi2_TimeStamp), MEM(5, "sequence-number", lemf_Int_0_65535),
    MEM(6, "t-PDU-direction", lemf_voip_TPDU_direction),
    OPT(7, "national-HI3-ASN1parameters", lemf_epscc_National_HI3_ASN1parameters),
    OPT(8, "ice-type", lemf_voip_ICE_type),
    OPT(9, "payload-description", lemf_voip_Payload_description),
    OPT(10, "networkIdentifier", lemf_hi2_Network_Identifier),
    OPT(11, "pTCSessionInfo", lemf_Utf8));
SEQ(SHARED, lemf_voip_Voip_CC_PDU, "Voip-CC-PDU", false,
    MEM(1, "voipLIC-header", lemf_voip_VoipLIC_header), MEM(2, "payload", lemf_Octets));
ENUM(LOCAL, lemf_gcsecc_TPDU_direction, "TPDU-direction", true, {1, "from-target"},
    {2, "to-target"}, {3, "unknown"});
SEQ(LOCAL, lemf_gcsecc_MediaID, "MediaID", true,
    OPT(1, "sourceUserID", lemf_gcse_GcsePartyIdentity), OPT(2, "streamID", lemf_Octets));
SEQ(LOCAL, lemf_gcsecc_GcseLIC_header, "GcseLIC-header", true, MEM(1, "hi3gcseDomainId", lemf_Oid),
    OPT(2, "lIID", lemf_Octets_1_25), MEM(3, "correlation", lemf_Octets),
    OPT(4, "timeStamp", lemf_hi2_TimeStamp), MEM(5, "sequence-number", lemf_Int_0_65535),
    MEM(6, "t-PDU-direction", lemf_gcsecc_TPDU_direction),
    OPT(7, "national-HI3-ASN1parameters", lemf_epscc_National_HI3_ASN1parameters),
    OPT(8, "mediaID", lemf_gcsecc_MediaID));
SEQ(SHARED, lemf_gcsecc_Gcse_CC_PDU, "Gcse-CC-PDU", false,
    MEM(1, "gcseLIC-header", lemf_gcsecc_GcseLIC_header), MEM(2, "payload", lemf_Octets));
SEQ(LOCAL, lemf_csv_CSvoiceLIC_header, "CSvoiceLIC-header", true,
    MEM(0, "hi3CSvoiceDomainId", lemf_Oid), OPT(1, "lIID", lemf_Octets_1_25),
    MEM(2, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    OPT(3, "ccLID", lemf_Octets_1_8), OPT(4, "timeStamp", lemf_hi2_TimeStamp),
    MEM(5, "sequence-number", lemf_Int_0_65535),
    MEM(6, "t-PDU-direction", lemf_voip_TPDU_direction),
    OPT(7, "national-HI3-ASN1parameters", lemf_epscc_National_HI3_ASN1parameters),
    MEM(8, "payload-description", lemf_voip_Payload_description));
SEQ(SHARED, lemf_csv_CSvoice_CC_PDU, "CSvoice-CC-PDU", true,
    MEM(0, "cSvoiceLIC-header", lemf_csv_CSvoiceLIC_header), MEM(1, "payload", lemf_Octets));
