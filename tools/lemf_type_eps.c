/* SPDX-License-Identifier: Apache-2.0 */
/* EpsHI2Operations r15 and Eps-HI3-PS (TS 33.108 B.9, B.10) as tables of members, for
 * lemf_decode.c. See lemf_type.h. */
#include "lemf_type.h"

/* clang-format off */
SET_OF(LOCAL, lemf_eps_IRI_to_CC_Correlation_cc, "cc", 0, 0, lemf_Octets);
SEQ(LOCAL, lemf_eps_IRI_to_CC_Correlation, "IRI-to-CC-Correlation", false,
    MEM(0, "cc", lemf_eps_IRI_to_CC_Correlation_cc), OPT(1, "iri", lemf_Octets));
SEQ(LOCAL, lemf_eps_CorrelationValues_both_IRI_CC, "both-IRI-CC", false,
    MEM(0, "iri-CC", lemf_eps_IRI_to_CC_Correlation), MEM(1, "iri-IRI", lemf_Octets));
CHOICE(SHARED, lemf_eps_CorrelationValues, "CorrelationValues", false,
    MEM(0, "iri-to-CC", lemf_eps_IRI_to_CC_Correlation), MEM(1, "iri-to-iri", lemf_Octets),
    MEM(2, "both-IRI-CC", lemf_eps_CorrelationValues_both_IRI_CC));
ENUM(LOCAL, lemf_eps_MapDatum, "MapDatum", true, {0, "wGS84"}, {1, "wGS72"}, {2, "eD50"});
SEQ(LOCAL, lemf_eps_GSMLocation_geoCoordinates, "geoCoordinates", true,
    MEM(1, "latitude", lemf_Printable_7_10), MEM(2, "longitude", lemf_Printable_8_11),
    OPT(3, "mapDatum", lemf_eps_MapDatum), OPT(4, "azimuth", lemf_Int_0_359));
SEQ(LOCAL, lemf_eps_GSMLocation_utmCoordinates, "utmCoordinates", true,
    MEM(1, "utm-East", lemf_Printable_10_10), MEM(2, "utm-North", lemf_Printable_7_7),
    OPT(3, "mapDatum", lemf_eps_MapDatum), OPT(4, "azimuth", lemf_Int_0_359));
SEQ(LOCAL, lemf_eps_GSMLocation_utmRefCoordinates, "utmRefCoordinates", true,
    MEM(LEMF_UNIVERSAL(19), "utmref-string", lemf_Printable_13_13),
    OPT(LEMF_UNIVERSAL(10), "mapDatum", lemf_eps_MapDatum));
CHOICE(SHARED, lemf_eps_GSMLocation, "GSMLocation", false,
    MEM(1, "geoCoordinates", lemf_eps_GSMLocation_geoCoordinates),
    MEM(2, "utmCoordinates", lemf_eps_GSMLocation_utmCoordinates),
    MEM(3, "utmRefCoordinates", lemf_eps_GSMLocation_utmRefCoordinates),
    MEM(4, "wGS84Coordinates", lemf_Octets));
ENUM(LOCAL, lemf_eps_GeographicalCoordinates_latitudeSign, "latitudeSign", false, {0, "north"},
    {1, "south"});
SEQ(LOCAL, lemf_eps_GeographicalCoordinates, "GeographicalCoordinates", true,
    MEM(LEMF_UNIVERSAL(10), "latitudeSign", lemf_eps_GeographicalCoordinates_latitudeSign),
    MEM(LEMF_UNIVERSAL(2), "latitude", lemf_Int_0_8388607),
    MEM(LEMF_UNIVERSAL(2), "longitude", lemf_Int_m8388608_8388607));
SEQ(SHARED, lemf_eps_GA_Point, "GA-Point", true,
    MEM(LEMF_UNIVERSAL(16), "geographicalCoordinates", lemf_eps_GeographicalCoordinates));
SEQ(SHARED, lemf_eps_GA_PointWithUnCertainty, "GA-PointWithUnCertainty", false,
    MEM(LEMF_UNIVERSAL(16), "geographicalCoordinates", lemf_eps_GeographicalCoordinates),
    MEM(LEMF_UNIVERSAL(2), "uncertaintyCode", lemf_Int_0_127));
SEQ(LOCAL, lemf_eps_GA_Polygon_el, "GA-Polygon", true,
    MEM(LEMF_UNIVERSAL(16), "geographicalCoordinates", lemf_eps_GeographicalCoordinates));
SEQ_OF(SHARED, lemf_eps_GA_Polygon, "GA-Polygon", 1, 15, lemf_eps_GA_Polygon_el);
CHOICE(SHARED, lemf_eps_UMTSLocation, "UMTSLocation", false, MEM(1, "point", lemf_eps_GA_Point),
    MEM(2, "pointWithUnCertainty", lemf_eps_GA_PointWithUnCertainty),
    MEM(3, "polygon", lemf_eps_GA_Polygon));
CHOICE(LOCAL, lemf_eps_EPSLocation_uELocationTimestamp, "uELocationTimestamp", true,
    MEM(0, "timestamp", lemf_hi2_TimeStamp), MEM(1, "timestampUnknown", lemf_Null));
SEQ(SHARED, lemf_eps_EPSLocation, "EPSLocation", true, OPT(1, "userLocationInfo", lemf_Octets_1_39),
    OPT(2, "gsmLocation", lemf_eps_GSMLocation), OPT(3, "umtsLocation", lemf_eps_UMTSLocation),
    OPT(4, "olduserLocationInfo", lemf_Octets_1_39), OPT(5, "lastVisitedTAI", lemf_Octets_1_5),
    OPT(6, "tAIlist", lemf_Octets_7_97), OPT(7, "threeGPP2Bsid", lemf_Octets_1_12),
    OPT(8, "civicAddress", lemf_umts_CivicAddress), OPT(9, "operatorSpecificInfo", lemf_Octets),
    OPT(10, "uELocationTimestamp", lemf_eps_EPSLocation_uELocationTimestamp));
SEQ(LOCAL, lemf_eps_GPRS_parameters, "GPRS-parameters", true,
    OPT(1, "pDP-address-allocated-to-the-target", lemf_hi2_DataNodeAddress),
    OPT(2, "aPN", lemf_Octets_1_100), OPT(3, "pDP-type", lemf_Octets_2_2),
    OPT(4, "nSAPI", lemf_Octets_1_1), OPT(5, "additionalIPaddress", lemf_hi2_DataNodeAddress));
SEQ(SHARED, lemf_eps_Services_Data_Information, "Services-Data-Information", true,
    OPT(1, "gPRS-parameters", lemf_eps_GPRS_parameters));
ENUM(LOCAL, lemf_eps_SMS_report_sMS_Contents_sms_initiator, "sms-initiator", true, {0, "target"},
    {1, "server"}, {2, "undefined-party"});
ENUM(LOCAL, lemf_eps_SMS_report_sMS_Contents_transfer_status, "transfer-status", true,
    {0, "succeed-transfer"}, {1, "not-succeed-transfer"}, {2, "undefined"});
ENUM(LOCAL, lemf_eps_SMS_report_sMS_Contents_other_message, "other-message", true, {0, "yes"},
    {1, "no"}, {2, "undefined"});
SEQ(LOCAL, lemf_eps_SMS_report_sMS_Contents, "sMS-Contents", true,
    MEM(1, "sms-initiator", lemf_eps_SMS_report_sMS_Contents_sms_initiator),
    OPT(2, "transfer-status", lemf_eps_SMS_report_sMS_Contents_transfer_status),
    OPT(3, "other-message", lemf_eps_SMS_report_sMS_Contents_other_message),
    OPT(4, "content", lemf_Octets_1_270));
SEQ(SHARED, lemf_eps_SMS_report, "SMS-report", false,
    MEM(3, "sMS-Contents", lemf_eps_SMS_report_sMS_Contents));
CHOICE(SHARED, lemf_eps_UmtsQos, "UmtsQos", false, MEM(1, "qosMobileRadio", lemf_Octets),
    MEM(2, "qosGn", lemf_Octets));
ENUM(SHARED, lemf_eps_LDIevent, "LDIevent", true, {1, "targetEntersIA"}, {2, "targetLeavesIA"});
SEQ(SHARED, lemf_eps_CCKeyInfo, "CCKeyInfo", true, MEM(1, "cCCSID", lemf_Octets),
    MEM(2, "cCDecKey", lemf_Octets), OPT(3, "cCSalt", lemf_Octets));
ENUM(LOCAL, lemf_eps_TPDU_direction, "TPDU-direction", false, {1, "from-target"}, {2, "to-target"},
    {3, "unknown"});
SEQ(LOCAL, lemf_eps_PacketDataHeaderMapped, "PacketDataHeaderMapped", true,
    MEM(1, "sourceIPAddress", lemf_hi2_IPAddress), OPT(2, "sourcePortNumber", lemf_Int_0_65535),
    MEM(3, "destinationIPAddress", lemf_hi2_IPAddress),
    OPT(4, "destinationPortNumber", lemf_Int_0_65535), MEM(5, "transportProtocol", lemf_Integer),
    OPT(6, "packetsize", lemf_Integer), OPT(7, "flowLabel", lemf_Integer),
    OPT(8, "packetCount", lemf_Integer), MEM(9, "direction", lemf_eps_TPDU_direction));
SEQ(LOCAL, lemf_eps_PacketDataHeaderCopy, "PacketDataHeaderCopy", true,
    MEM(1, "direction", lemf_eps_TPDU_direction), MEM(2, "headerCopy", lemf_Octets));
CHOICE(LOCAL, lemf_eps_PacketDataHeaderReport, "PacketDataHeaderReport", true,
    MEM(1, "packetDataHeaderMapped", lemf_eps_PacketDataHeaderMapped),
    MEM(2, "packetDataHeaderCopy", lemf_eps_PacketDataHeaderCopy));
SEQ(LOCAL, lemf_eps_ReportInterval, "ReportInterval", true,
    MEM(0, "firstPacketTimeStamp", lemf_hi2_TimeStamp),
    MEM(1, "lastPacketTimeStamp", lemf_hi2_TimeStamp));
ENUM(LOCAL, lemf_eps_ReportReason, "ReportReason", true, {0, "timerExpired"},
    {1, "countThresholdHit"}, {2, "pDPComtextDeactivated"}, {3, "pDPContextModification"},
    {4, "otherOrUnknown"});
SEQ(LOCAL, lemf_eps_PacketFlowSummary, "PacketFlowSummary", true,
    MEM(1, "sourceIPAddress", lemf_hi2_IPAddress), OPT(2, "sourcePortNumber", lemf_Int_0_65535),
    MEM(3, "destinationIPAddress", lemf_hi2_IPAddress),
    OPT(4, "destinationPortNumber", lemf_Int_0_65535), MEM(5, "transportProtocol", lemf_Integer),
    OPT(6, "flowLabel", lemf_Integer), MEM(7, "summaryPeriod", lemf_eps_ReportInterval),
    MEM(8, "packetCount", lemf_Integer), MEM(9, "sumOfPacketSizes", lemf_Integer),
    MEM(10, "packetDataSummaryReason", lemf_eps_ReportReason));
SEQ_OF(LOCAL, lemf_eps_PacketDataSummaryReport, "PacketDataSummaryReport", 0, 0,
    lemf_eps_PacketFlowSummary);
CHOICE(SHARED, lemf_eps_PacketDataHeaderInformation, "PacketDataHeaderInformation", true,
    MEM(1, "packetDataHeader", lemf_eps_PacketDataHeaderReport),
    MEM(2, "packetDataSummary", lemf_eps_PacketDataSummaryReport));
ENUM(SHARED, lemf_eps_MediaSecFailureIndication, "MediaSecFailureIndication", true,
    {0, "genericFailure"});
SEQ(LOCAL, lemf_eps_IMS_VoIP_Correlation_el, "IMS-VoIP-Correlation", false,
    MEM(0, "ims-iri", lemf_Octets), OPT(1, "ims-cc", lemf_eps_IRI_to_CC_Correlation));
SET_OF(SHARED, lemf_eps_IMS_VoIP_Correlation, "IMS-VoIP-Correlation", 0, 0,
    lemf_eps_IMS_VoIP_Correlation_el);
ENUM(SHARED, lemf_eps_Requesting_Node_Type, "Requesting-Node-Type", true, {1, "mSC"},
    {2, "sMS-Centre"}, {3, "gMLC"}, {4, "mME"}, {5, "sGSN"});
SEQ(SHARED, lemf_eps_AccessPolicyType, "AccessPolicyType", true,
    MEM(1, "userAccessPolicyAttempt", lemf_Bool),
    MEM(2, "groupAuthorizationRulesAttempt", lemf_Bool), MEM(3, "userAccessPolicyQuery", lemf_Bool),
    MEM(4, "groupAuthorizationRulesQuery", lemf_Bool), MEM(5, "userAccessPolicyResult", lemf_Utf8),
    MEM(6, "groupAuthorizationRulesResult", lemf_Utf8));
ENUM(SHARED, lemf_eps_AlertIndicator, "AlertIndicator", true, {1, "sent"}, {2, "received"},
    {3, "cancelled"});
ENUM(LOCAL, lemf_eps_PresenceType, "PresenceType", true, {1, "pTCClient"}, {2, "pTCGroup"});
SEQ(SHARED, lemf_eps_AssociatePresenceStatus, "AssociatePresenceStatus", true,
    MEM(1, "presenceID", lemf_Utf8), MEM(2, "presenceType", lemf_eps_PresenceType),
    MEM(3, "presenceStatus", lemf_Bool));
ENUM(SHARED, lemf_eps_Emergency, "Emergency", true, {1, "imminent"}, {2, "peril"}, {3, "cancel"});
ENUM(LOCAL, lemf_eps_EmergencyGroupState_clientEmergencyState, "clientEmergencyState", true,
    {1, "inform"}, {2, "response"}, {3, "cancelInform"}, {4, "cancelResponse"});
ENUM(LOCAL, lemf_eps_EmergencyGroupState_groupEmergencyState, "groupEmergencyState", true,
    {1, "inForm"}, {2, "reSponse"}, {3, "cancelInform"}, {4, "cancelResponse"});
SEQ(SHARED, lemf_eps_EmergencyGroupState, "EmergencyGroupState", true,
    OPT(1, "clientEmergencyState", lemf_eps_EmergencyGroupState_clientEmergencyState),
    MEM(2, "groupEmergencyState", lemf_eps_EmergencyGroupState_groupEmergencyState));
ENUM(SHARED, lemf_eps_PTCType, "PTCType", true, {1, "pTCStartofInterception"},
    {2, "pTCServinSystem"}, {3, "pTCSessionInitiation"}, {4, "pTCSessionAbandonEndRecord"},
    {5, "pTCSessionStartContinueRecord"}, {6, "pTCSessionEndRecord"},
    {7, "pTCPre-EstablishedSessionSessionRecord"}, {8, "pTCInstantPersonalAlert"},
    {9, "pTCPartyJoin"}, {10, "pTCPartyDrop"}, {11, "pTCPartyHold-RetrieveRecord"},
    {12, "pTCMediaModification"}, {13, "pTCGroupAdvertizement"}, {14, "pTCFloorConttrol"},
    {15, "pTCTargetPressence"}, {16, "pTCAssociatePressence"}, {17, "pTCListManagementEvents"},
    {18, "pTCAccessPolicyEvents"}, {19, "pTCMediaTypeNotification"}, {20, "pTCGroupCallRequest"},
    {21, "pTCGroupCallCancel"}, {22, "pTCGroupCallResponse"}, {23, "pTCGroupCallInterrogate"},
    {24, "pTCMCPTTImminentGroupCall"}, {25, "pTCCC"}, {26, "pTCRegistration"},
    {27, "pTCEncryption"});
SEQ(SHARED, lemf_eps_FloorActivity, "FloorActivity", true, MEM(1, "tBCP-Request", lemf_Bool),
    MEM(2, "tBCP-Granted", lemf_Bool), MEM(3, "tBCP-Deny", lemf_Bool),
    MEM(4, "tBCP-Queued", lemf_Bool), MEM(5, "tBCP-Release", lemf_Bool),
    MEM(6, "tBCP-Revoke", lemf_Bool), MEM(7, "tBCP-Taken", lemf_Bool),
    MEM(8, "tBCP-Idle", lemf_Bool));
SEQ(SHARED, lemf_eps_PTCAddress, "PTCAddress", true, MEM(0, "uri", lemf_Utf8),
    MEM(1, "privacy-setting", lemf_Bool), OPT(2, "privacy-alias", lemf_Ia5),
    OPT(3, "nickname", lemf_Utf8));
ENUM(SHARED, lemf_eps_GroupAuthRule, "GroupAuthRule", true, {0, "allow-Initiating-PtcSession"},
    {1, "block-Initiating-PtcSession"}, {2, "allow-Joining-PtcSession"},
    {3, "block-Joining-PtcSession"}, {4, "allow-Add-Participants"}, {5, "block-Add-Participants"},
    {6, "allow-Subscription-PtcSession-State"}, {7, "block-Subscription-PtcSession-State"},
    {8, "allow-Anonymity"}, {9, "forbid-Anonymity"});
ENUM(SHARED, lemf_eps_ImminentPerilInd, "ImminentPerilInd", true, {1, "request"}, {2, "response"},
    {3, "cancel"});
ENUM(SHARED, lemf_eps_ImplicitFloorReq, "ImplicitFloorReq", true, {1, "join"}, {2, "rejoin"},
    {3, "release"});
ENUM(SHARED, lemf_eps_InitiationCause, "InitiationCause", true, {1, "requests"}, {2, "received"},
    {3, "pTCOriginatingId"});
ENUM(SHARED, lemf_eps_IPADirection, "IPADirection", true, {0, "toTarget"}, {1, "fromTarget"});
ENUM(SHARED, lemf_eps_ListManagementAction, "ListManagementAction", true, {1, "create"},
    {2, "modify"}, {3, "retrieve"}, {4, "delete"}, {5, "notify"});
ENUM(SHARED, lemf_eps_ListManagementType, "ListManagementType", true,
    {1, "contactListManagementAttempt"}, {2, "groupListManagementAttempt"},
    {3, "contactListManagementResult"}, {4, "groupListManagementResult"}, {5, "requestSuccessful"});
ENUM(SHARED, lemf_eps_Priority_Level, "Priority-Level", true, {0, "pre-emptive"},
    {1, "high-priority"}, {2, "normal-priority"}, {3, "listen-only"});
ENUM(SHARED, lemf_eps_PreEstStatus, "PreEstStatus", true, {1, "established"}, {2, "modify"},
    {3, "released"});
ENUM(SHARED, lemf_eps_RegistrationRequest, "RegistrationRequest", true, {1, "register"},
    {2, "re-register"}, {3, "de-register"});
ENUM(SHARED, lemf_eps_RegistrationOutcome, "RegistrationOutcome", true, {0, "success"},
    {1, "failure"});
SEQ(SHARED, lemf_eps_RTPSetting, "RTPSetting", true, MEM(0, "ip-address", lemf_hi2_IPAddress),
    MEM(1, "port-number", lemf_Int_0_65535));
SET_OF(LOCAL, lemf_eps_TalkburstControlSetting_talk_Burst_parameters, "talk-Burst-parameters", 0, 0,
    lemf_Ia5);
SEQ(SHARED, lemf_eps_TalkburstControlSetting, "TalkburstControlSetting", true,
    MEM(1, "talk-BurstControlProtocol", lemf_Utf8),
    MEM(2, "talk-Burst-parameters", lemf_eps_TalkburstControlSetting_talk_Burst_parameters),
    MEM(3, "tBCP-PortNumber", lemf_Int_0_65535));
SEQ(SHARED, lemf_eps_PTCEncryptionInfo, "PTCEncryptionInfo", true, MEM(1, "cipher", lemf_Utf8),
    OPT(2, "cryptoContext", lemf_Utf8), MEM(3, "key", lemf_Utf8), MEM(4, "keyEncoding", lemf_Utf8),
    OPT(5, "salt", lemf_Utf8), OPT(6, "pTCOther", lemf_Utf8));
CHOICE(LOCAL, lemf_eps_Location_uELocationTimestamp, "uELocationTimestamp", true,
    MEM(0, "timestamp", lemf_hi2_TimeStamp), MEM(1, "timestampUnknown", lemf_Null));
SEQ(LOCAL, lemf_eps_Location, "Location", true, OPT(1, "e164-Number", lemf_Octets_1_25),
    OPT(2, "globalCellID", lemf_Octets_5_7), OPT(4, "rAI", lemf_Octets_6_6),
    OPT(5, "gsmLocation", lemf_eps_GSMLocation), OPT(6, "umtsLocation", lemf_eps_UMTSLocation),
    OPT(7, "sAI", lemf_Octets_7_7), OPT(8, "oldRAI", lemf_Octets_6_6),
    OPT(9, "civicAddress", lemf_umts_CivicAddress), OPT(10, "operatorSpecificInfo", lemf_Octets),
    OPT(11, "uELocationTimestamp", lemf_eps_Location_uELocationTimestamp));
ENUM(LOCAL, lemf_eps_PartyInformation_party_Qualifier, "party-Qualifier", true,
    {3, "gPRSorEPS-Target"});
SEQ(LOCAL, lemf_eps_PartyInformation_partyIdentity, "partyIdentity", true,
    OPT(1, "imei", lemf_Octets_8_8), OPT(3, "imsi", lemf_Octets_3_8),
    OPT(6, "msISDN", lemf_Octets_1_9), OPT(7, "e164-Format", lemf_Octets_1_25),
    OPT(8, "sip-uri", lemf_Octets), OPT(9, "tel-uri", lemf_Octets), OPT(10, "nai", lemf_Octets),
    OPT(11, "x-3GPP-Asserted-Identity", lemf_Octets), OPT(12, "xUI", lemf_Octets),
    OPT(13, "iMPI", lemf_Octets));
SEQ(LOCAL, lemf_eps_PartyInformation, "PartyInformation", true,
    MEM(0, "party-Qualifier", lemf_eps_PartyInformation_party_Qualifier),
    MEM(1, "partyIdentity", lemf_eps_PartyInformation_partyIdentity),
    OPT(4, "services-Data-Information", lemf_eps_Services_Data_Information));
ENUM(LOCAL, lemf_eps_EPSEvent, "EPSEvent", true, {1, "pDPContextActivation"},
    {2, "startOfInterceptionWithPDPContextActive"}, {4, "pDPContextDeactivation"},
    {5, "gPRSAttach"}, {6, "gPRSDetach"}, {10, "locationInfoUpdate"}, {11, "sMS"},
    {13, "pDPContextModification"}, {14, "servingSystem"},
    {15, "startOfInterceptionWithMSAttached"}, {16, "e-UTRANAttach"}, {17, "e-UTRANDetach"},
    {18, "bearerActivation"}, {19, "startOfInterceptionWithActiveBearer"},
    {20, "bearerModification"}, {21, "bearerDeactivation"},
    {22, "uERequestedBearerResourceModification"}, {23, "uERequestedPDNConnectivity"},
    {24, "uERequestedPDNDisconnection"}, {25, "trackingAreaEpsLocationUpdate"},
    {26, "servingEvolvedPacketSystem"}, {27, "pMIPAttachTunnelActivation"},
    {28, "pMIPDetachTunnelDeactivation"}, {29, "startOfInterceptWithActivePMIPTunnel"},
    {30, "pMIPPdnGwInitiatedPdnDisconnection"}, {31, "mIPRegistrationTunnelActivation"},
    {32, "mIPDeregistrationTunnelDeactivation"}, {33, "startOfInterceptWithActiveMIPTunnel"},
    {34, "dSMIPRegistrationTunnelActivation"}, {35, "dSMIPDeregistrationTunnelDeactivation"},
    {36, "startOfInterceptWithActiveDsmipTunnel"}, {37, "dSMipHaSwitch"},
    {38, "pMIPResourceAllocationDeactivation"}, {39, "mIPResourceAllocationDeactivation"},
    {40, "pMIPsessionModification"}, {41, "startOfInterceptWithEUTRANAttachedUE"},
    {42, "dSMIPSessionModification"}, {43, "packetDataHeaderInformation"},
    {44, "hSS-Subscriber-Record-Change"}, {45, "registration-Termination"},
    {46, "location-Up-Date"}, {47, "cancel-Location"}, {48, "register-Location"},
    {49, "location-Information-Request"}, {50, "proSeRemoteUEReport"},
    {51, "proSeRemoteUEStartOfCommunication"}, {52, "proSeRemoteUEEndOfCommunication"},
    {53, "startOfLIwithProSeRemoteUEOngoingComm"}, {54, "startOfLIforProSeUEtoNWRelay"});
ENUM(LOCAL, lemf_eps_IMSevent, "IMSevent", true, {1, "unfilteredSIPmessage"}, {2, "sIPheaderOnly"},
    {3, "decryptionKeysAvailable"}, {4, "startOfInterceptionForIMSEstablishedSession"},
    {5, "xCAPRequest"}, {6, "xCAPResponse"}, {7, "ccUnavailable"}, {8, "sMSOverIMS"},
    {9, "servingSystem"}, {10, "subscriberRecordChange"}, {11, "registrationTermination"},
    {12, "locationInformationRequest"});
SEQ(LOCAL, lemf_eps_ProtConfigOptions, "ProtConfigOptions", true,
    OPT(1, "ueToNetwork", lemf_Octets_1_251), OPT(2, "networkToUe", lemf_Octets_1_251));
ENUM(LOCAL, lemf_eps_TypeOfBearer, "TypeOfBearer", true, {1, "defaultBearer"},
    {2, "dedicatedBearer"});
SEQ(LOCAL, lemf_eps_RemoteUEContext, "RemoteUEContext", true, MEM(1, "remoteUserID", lemf_Octets),
    MEM(2, "remoteUEIPInformation", lemf_Octets));
SEQ_OF(LOCAL, lemf_eps_RemoteUeContextConnected, "RemoteUeContextConnected", 0, 0,
    lemf_eps_RemoteUEContext);
SEQ(LOCAL, lemf_eps_EPS_GTPV2_SpecificParameters, "EPS-GTPV2-SpecificParameters", true,
    OPT(1, "pDNAddressAllocation", lemf_Octets), OPT(2, "aPN", lemf_Octets_1_100),
    OPT(3, "protConfigOptions", lemf_eps_ProtConfigOptions), OPT(4, "attachType", lemf_Octets_1_1),
    OPT(5, "ePSBearerIdentity", lemf_Octets), OPT(6, "detachType", lemf_Octets_1_1),
    OPT(7, "rATType", lemf_Octets_1_1), OPT(8, "failedBearerActivationReason", lemf_Octets_1_1),
    OPT(9, "ePSBearerQoS", lemf_Octets), OPT(10, "bearerActivationType", lemf_eps_TypeOfBearer),
    OPT(11, "aPN-AMBR", lemf_Octets), OPT(12, "procedureTransactionId", lemf_Octets),
    OPT(13, "linkedEPSBearerId", lemf_Octets), OPT(14, "tFT", lemf_Octets),
    OPT(15, "handoverIndication", lemf_Null), OPT(16, "failedBearerModReason", lemf_Octets_1_1),
    OPT(17, "trafficAggregateDescription", lemf_Octets),
    OPT(18, "failedTAUReason", lemf_Octets_1_1),
    OPT(19, "failedEUTRANAttachReason", lemf_Octets_1_1), OPT(20, "servingMMEaddress", lemf_Octets),
    OPT(21, "bearerDeactivationType", lemf_eps_TypeOfBearer),
    OPT(22, "bearerDeactivationCause", lemf_Octets_1_1),
    OPT(23, "ePSlocationOfTheTarget", lemf_eps_EPSLocation), OPT(24, "pDNType", lemf_Octets_1_1),
    OPT(25, "requestType", lemf_Octets_1_1), OPT(26, "uEReqPDNConnFailReason", lemf_Octets_1_1),
    OPT(27, "extendedHandoverIndication", lemf_Octets_1_1),
    OPT(28, "uLITimestamp", lemf_Octets_8_8), OPT(29, "uELocalIPAddress", lemf_Octets),
    OPT(30, "uEUdpPort", lemf_Octets_2_2), OPT(31, "tWANIdentifier", lemf_Octets),
    OPT(32, "tWANIdentifierTimestamp", lemf_Octets_4_4),
    OPT(33, "proSeRemoteUeContextConnected", lemf_eps_RemoteUeContextConnected),
    OPT(34, "proSeRemoteUeContextDisconnected", lemf_Octets),
    OPT(35, "secondaryRATUsageIndication", lemf_Null));
SEQ(LOCAL, lemf_eps_EPS_PMIP_SpecificParameters, "EPS-PMIP-SpecificParameters", true,
    OPT(1, "lifetime", lemf_Int_0_65535), OPT(2, "accessTechnologyType", lemf_Octets_4_4),
    OPT(3, "aPN", lemf_Octets_1_100), OPT(4, "iPv6HomeNetworkPrefix", lemf_Octets_20_20),
    OPT(5, "protConfigurationOption", lemf_Octets), OPT(6, "handoverIndication", lemf_Octets_4_4),
    OPT(7, "status", lemf_Int_0_255), OPT(8, "revocationTrigger", lemf_Int_0_255),
    OPT(9, "iPv4HomeAddress", lemf_Octets_4_4), OPT(10, "iPv6careOfAddress", lemf_Octets),
    OPT(11, "iPv4careOfAddress", lemf_Octets), OPT(12, "servingNetwork", lemf_Octets_3_3),
    OPT(13, "dHCPv4AddressAllocationInd", lemf_Octets_1_1),
    OPT(14, "ePSlocationOfTheTarget", lemf_eps_EPSLocation));
SEQ(LOCAL, lemf_eps_EPS_DSMIP_SpecificParameters, "EPS-DSMIP-SpecificParameters", true,
    OPT(1, "lifetime", lemf_Int_0_65535), OPT(2, "requestedIPv6HomePrefix", lemf_Octets_25_25),
    OPT(3, "homeAddress", lemf_Octets_8_8), OPT(4, "iPv4careOfAddress", lemf_Octets_8_8),
    OPT(5, "iPv6careOfAddress", lemf_Octets_16_16), OPT(6, "aPN", lemf_Octets_1_100),
    OPT(7, "status", lemf_Int_0_255), OPT(8, "hSS-AAA-address", lemf_Octets),
    OPT(9, "targetPDN-GW-Address", lemf_Octets));
SEQ(LOCAL, lemf_eps_EPS_MIP_SpecificParameters, "EPS-MIP-SpecificParameters", true,
    OPT(1, "lifetime", lemf_Int_0_65535), OPT(2, "homeAddress", lemf_Octets_4_4),
    OPT(3, "careOfAddress", lemf_Octets_4_4), OPT(4, "homeAgentAddress", lemf_Octets_4_4),
    OPT(5, "code", lemf_Int_0_255), OPT(7, "foreignDomainAddress", lemf_Octets_4_4));
SEQ_OF(LOCAL, lemf_eps_MediaDecryption_info, "MediaDecryption-info", 0, 0, lemf_eps_CCKeyInfo);
CHOICE(LOCAL, lemf_eps_TunnelProtocol, "TunnelProtocol", true,
    MEM(0, "rfc2868ValueField", lemf_Octets), MEM(1, "nativeIPSec", lemf_Null));
SEQ(LOCAL, lemf_eps_PANI_Location, "PANI-Location", true, OPT(1, "raw-Location", lemf_Octets),
    OPT(2, "location", lemf_eps_Location), OPT(3, "ePSLocation", lemf_eps_EPSLocation));
SEQ(LOCAL, lemf_eps_PANI_Header_Info, "PANI-Header-Info", true, OPT(1, "access-Type", lemf_Octets),
    OPT(2, "access-Class", lemf_Octets), OPT(3, "network-Provided", lemf_Null),
    OPT(4, "pANI-Location", lemf_eps_PANI_Location));
ENUM(LOCAL, lemf_eps_LogicalFunctionType, "LogicalFunctionType", true, {0, "pDNGW"}, {1, "mME"},
    {2, "sGW"}, {3, "ePDG"}, {4, "hSS"});
SEQ(LOCAL, lemf_eps_DataNodeIdentifier, "DataNodeIdentifier", true,
    OPT(1, "dataNodeAddress", lemf_hi2_DataNodeAddress),
    OPT(2, "logicalFunctionType", lemf_eps_LogicalFunctionType),
    OPT(3, "dataNodeName", lemf_Printable_7_25));
SEQ(LOCAL, lemf_eps_Current_Previous_Systems, "Current-Previous-Systems", true,
    OPT(1, "serving-System-Identifier", lemf_Octets),
    OPT(2, "current-Serving-MME-Address", lemf_eps_DataNodeIdentifier),
    OPT(3, "previous-Serving-System-Identifier", lemf_Octets),
    OPT(4, "previous-Serving-MME-Address", lemf_eps_DataNodeIdentifier));
SEQ(LOCAL, lemf_eps_Change_Of_Target_Identity, "Change-Of-Target-Identity", true,
    OPT(1, "new-MSISDN", lemf_eps_PartyInformation),
    OPT(2, "new-A-MSISDN", lemf_eps_PartyInformation),
    OPT(3, "old-MSISDN", lemf_eps_PartyInformation),
    OPT(4, "old-A-MSISDN", lemf_eps_PartyInformation),
    OPT(5, "new-IMSI", lemf_eps_PartyInformation), OPT(6, "old-IMSI", lemf_eps_PartyInformation),
    OPT(7, "new-IMEI", lemf_eps_PartyInformation), OPT(8, "old-IMEI", lemf_eps_PartyInformation),
    OPT(9, "new-IMPI", lemf_eps_PartyInformation), OPT(10, "old-IMPI", lemf_eps_PartyInformation),
    OPT(11, "new-SIP-URI", lemf_eps_PartyInformation),
    OPT(12, "old-SIP-URI", lemf_eps_PartyInformation),
    OPT(13, "new-TEL-URI", lemf_eps_PartyInformation),
    OPT(14, "old-TEL-URI", lemf_eps_PartyInformation));
ENUM(LOCAL, lemf_eps_ProSeTargetType, "ProSeTargetType", true, {1, "pRoSeRemoteUE"},
    {2, "pRoSeUEtoNwRelay"});
CHOICE(LOCAL, lemf_eps_DeregistrationReason, "DeregistrationReason", true,
    MEM(1, "reason-CodeAVP", lemf_Integer), MEM(2, "server-AssignmentType", lemf_Integer));
ENUM(LOCAL, lemf_eps_VoIPRoamingIndication, "VoIPRoamingIndication", true, {1, "roamingLBO"},
    {2, "roamingS8HR"});
ENUM(LOCAL, lemf_eps_CSREvent, "CSREvent", true, {1, "cSREventMessage"});
SEQ(LOCAL, lemf_eps_PTC, "PTC", true, OPT(1, "abandonCause", lemf_Utf8),
    OPT(2, "accessPolicyFailure", lemf_Utf8), OPT(3, "accessPolicyType", lemf_eps_AccessPolicyType),
    OPT(5, "alertIndicator", lemf_eps_AlertIndicator),
    OPT(6, "associatePresenceStatus", lemf_eps_AssociatePresenceStatus),
    OPT(7, "bearer-capability", lemf_Utf8), OPT(8, "broadcastIndicator", lemf_Bool),
    OPT(9, "contactID", lemf_Utf8), OPT(10, "emergency", lemf_eps_Emergency),
    OPT(11, "emergencyGroupState", lemf_eps_EmergencyGroupState),
    MEM(12, "timeStamp", lemf_hi2_TimeStamp), OPT(13, "pTCType", lemf_eps_PTCType),
    OPT(14, "failureCode", lemf_Utf8), OPT(15, "floorActivity", lemf_eps_FloorActivity),
    OPT(16, "floorSpeakerID", lemf_eps_PTCAddress), OPT(17, "groupAdSender", lemf_Utf8),
    OPT(19, "groupAuthRule", lemf_eps_GroupAuthRule), OPT(20, "groupCharacteristics", lemf_Utf8),
    OPT(21, "holdRetrieveInd", lemf_Bool), OPT(23, "imminentPerilInd", lemf_eps_ImminentPerilInd),
    OPT(24, "implicitFloorReq", lemf_eps_ImplicitFloorReq),
    OPT(25, "initiationCause", lemf_eps_InitiationCause), OPT(26, "invitationCause", lemf_Utf8),
    OPT(27, "iPAPartyID", lemf_Utf8), OPT(28, "iPADirection", lemf_eps_IPADirection),
    OPT(29, "listManagementAction", lemf_eps_ListManagementAction),
    OPT(30, "listManagementFailure", lemf_Utf8),
    OPT(31, "listManagementType", lemf_eps_ListManagementType), OPT(32, "maxTBTime", lemf_Utf8),
    OPT(33, "mCPTTGroupID", lemf_Utf8), OPT(34, "mCPTTID", lemf_Utf8),
    OPT(35, "mCPTTInd", lemf_Bool), OPT(36, "location", lemf_eps_Location),
    OPT(37, "mCPTTOrganizationName", lemf_Utf8), OPT(38, "mediaStreamAvail", lemf_Bool),
    OPT(40, "priority-Level", lemf_eps_Priority_Level), OPT(41, "preEstSessionID", lemf_Utf8),
    OPT(42, "preEstStatus", lemf_eps_PreEstStatus), OPT(43, "pTCGroupID", lemf_Utf8),
    OPT(44, "pTCIDList", lemf_Utf8), OPT(45, "pTCMediaCapability", lemf_Utf8),
    OPT(46, "pTCOriginatingId", lemf_Utf8), OPT(47, "pTCOther", lemf_Utf8),
    OPT(48, "pTCParticipants", lemf_Utf8), OPT(49, "pTCParty", lemf_Utf8),
    OPT(50, "pTCPartyDrop", lemf_Utf8), OPT(51, "pTCSessionInfo", lemf_Utf8),
    OPT(52, "pTCServerURI", lemf_Utf8), OPT(53, "pTCUserAccessPolicy", lemf_Utf8),
    OPT(54, "pTCAddress", lemf_eps_PTCAddress), OPT(55, "queuedFloorControl", lemf_Bool),
    OPT(56, "queuedPosition", lemf_Utf8),
    OPT(57, "registrationRequest", lemf_eps_RegistrationRequest),
    OPT(58, "registrationOutcome", lemf_eps_RegistrationOutcome), OPT(59, "retrieveID", lemf_Utf8),
    OPT(60, "rTPSetting", lemf_eps_RTPSetting),
    OPT(61, "talkBurstPriority", lemf_eps_Priority_Level), OPT(62, "talkBurstReason", lemf_Ia5),
    OPT(63, "talkburstControlSetting", lemf_eps_TalkburstControlSetting),
    OPT(64, "targetPresenceStatus", lemf_Utf8), OPT(65, "port-Number", lemf_Int_0_65535));
SEQ(LOCAL, lemf_eps_PLMNID, "PLMNID", true, MEM(1, "mCC", lemf_Numeric_3_3),
    MEM(2, "mNC", lemf_Numeric_2_3));
SEQ(LOCAL, lemf_eps_NCGI, "NCGI", true, MEM(1, "pLMNID", lemf_eps_PLMNID),
    MEM(2, "nRCellID", lemf_Bits_36_36));
SEQ(LOCAL, lemf_eps_AdditionalCellID, "AdditionalCellID", true, MEM(1, "nCGI", lemf_eps_NCGI),
    OPT(2, "gsmLocation", lemf_eps_GSMLocation), OPT(3, "umtsLocation", lemf_eps_UMTSLocation),
    OPT(4, "timeOfLocation", lemf_Time));
ENUM(LOCAL, lemf_eps_EpsIRI_Parameters_initiator, "initiator", true, {0, "not-Available"},
    {1, "originating-Target"}, {2, "terminating-Target"});
SET_OF(LOCAL, lemf_eps_EpsIRI_Parameters_partyInformation, "partyInformation", 1, 10,
    lemf_eps_PartyInformation);
SEQ_OF(LOCAL, lemf_eps_EpsIRI_Parameters_pANI_Header_Info, "pANI-Header-Info", 0, 0,
    lemf_eps_PANI_Header_Info);
SEQ_OF(LOCAL, lemf_eps_EpsIRI_Parameters_otherIdentities, "otherIdentities", 0, 0,
    lemf_eps_PartyInformation);
SEQ_OF(LOCAL, lemf_eps_EpsIRI_Parameters_additionalCellIDs, "additionalCellIDs", 0, 0,
    lemf_eps_AdditionalCellID);
SEQ(SHARED, lemf_eps_EpsIRI_Parameters, "EpsIRI-Parameters", true,
    MEM(0, "hi2epsDomainId", lemf_Oid_0_4_0_2_2_4_8),
    MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    MEM(3, "timeStamp", lemf_hi2_TimeStamp),
    OPT(4, "initiator", lemf_eps_EpsIRI_Parameters_initiator),
    OPT(8, "locationOfTheTarget", lemf_eps_Location),
    OPT(9, "partyInformation", lemf_eps_EpsIRI_Parameters_partyInformation),
    OPT(13, "serviceCenterAddress", lemf_eps_PartyInformation), OPT(14, "sMS", lemf_eps_SMS_report),
    OPT(16, "national-Parameters", lemf_hi2_National_Parameters),
    OPT(18, "ePSCorrelationNumber", lemf_Octets), OPT(20, "ePSevent", lemf_eps_EPSEvent),
    OPT(21, "sgsnAddress", lemf_hi2_DataNodeAddress),
    OPT(22, "gPRSOperationErrorCode", lemf_Octets),
    OPT(24, "ggsnAddress", lemf_hi2_DataNodeAddress), OPT(25, "qOS", lemf_eps_UmtsQos),
    OPT(26, "networkIdentifier", lemf_hi2_Network_Identifier),
    OPT(27, "sMSOriginatingAddress", lemf_hi2_DataNodeAddress),
    OPT(28, "sMSTerminatingAddress", lemf_hi2_DataNodeAddress),
    OPT(29, "iMSevent", lemf_eps_IMSevent), OPT(30, "sIPMessage", lemf_Octets),
    OPT(31, "servingSGSN-number", lemf_Octets_1_20),
    OPT(32, "servingSGSN-address", lemf_Octets_5_17), OPT(34, "ldiEvent", lemf_eps_LDIevent),
    OPT(35, "correlation", lemf_eps_CorrelationValues),
    OPT(36, "ePS-GTPV2-specificParameters", lemf_eps_EPS_GTPV2_SpecificParameters),
    OPT(37, "ePS-PMIP-specificParameters", lemf_eps_EPS_PMIP_SpecificParameters),
    OPT(38, "ePS-DSMIP-SpecificParameters", lemf_eps_EPS_DSMIP_SpecificParameters),
    OPT(39, "ePS-MIP-SpecificParameters", lemf_eps_EPS_MIP_SpecificParameters),
    OPT(40, "servingNodeAddress", lemf_Octets), OPT(41, "visitedNetworkId", lemf_Utf8),
    OPT(42, "mediaDecryption-info", lemf_eps_MediaDecryption_info),
    OPT(43, "servingS4-SGSN-address", lemf_Octets), OPT(44, "sipMessageHeaderOffer", lemf_Octets),
    OPT(45, "sipMessageHeaderAnswer", lemf_Octets), OPT(46, "sdpOffer", lemf_Octets),
    OPT(47, "sdpAnswer", lemf_Octets), OPT(48, "uLITimestamp", lemf_Octets_8_8),
    OPT(49, "packetDataHeaderInformation", lemf_eps_PacketDataHeaderInformation),
    OPT(50, "mediaSecFailureIndication", lemf_eps_MediaSecFailureIndication),
    OPT(51, "csgIdentity", lemf_Octets_4_4), OPT(52, "heNBIdentity", lemf_Octets),
    OPT(53, "heNBiPAddress", lemf_hi2_IPAddress), OPT(54, "heNBLocation", lemf_eps_EPSLocation),
    OPT(55, "tunnelProtocol", lemf_eps_TunnelProtocol),
    OPT(56, "pANI-Header-Info", lemf_eps_EpsIRI_Parameters_pANI_Header_Info),
    OPT(57, "imsVoIP", lemf_eps_IMS_VoIP_Correlation), OPT(58, "xCAPmessage", lemf_Octets),
    OPT(59, "logicalFunctionInformation", lemf_eps_DataNodeIdentifier),
    OPT(60, "ccUnavailableReason", lemf_Printable), OPT(61, "carrierSpecificData", lemf_Octets),
    OPT(62, "current-previous-systems", lemf_eps_Current_Previous_Systems),
    OPT(63, "change-Of-Target-Identity", lemf_eps_Change_Of_Target_Identity),
    OPT(64, "requesting-Network-Identifier", lemf_Octets),
    OPT(65, "requesting-Node-Type", lemf_eps_Requesting_Node_Type),
    OPT(66, "serving-System-Identifier", lemf_Octets),
    OPT(67, "proSeTargetType", lemf_eps_ProSeTargetType),
    OPT(68, "proSeRelayMSISDN", lemf_Octets_1_9), OPT(69, "proSeRelayIMSI", lemf_Octets_3_8),
    OPT(70, "proSeRelayIMEI", lemf_Octets_8_8),
    OPT(71, "extendedLocParameters", lemf_umts_ExtendedLocParameters),
    OPT(72, "locationErrorCode", lemf_Int_1_699),
    OPT(73, "otherIdentities", lemf_eps_EpsIRI_Parameters_otherIdentities),
    OPT(74, "deregistrationReason", lemf_eps_DeregistrationReason),
    OPT(75, "requesting-Node-Identifier", lemf_Octets),
    OPT(76, "roamingIndication", lemf_eps_VoIPRoamingIndication),
    OPT(77, "cSREvent", lemf_eps_CSREvent), OPT(78, "ptc", lemf_eps_PTC),
    OPT(79, "ptcEncryption", lemf_eps_PTCEncryptionInfo),
    OPT(80, "additionalCellIDs", lemf_eps_EpsIRI_Parameters_additionalCellIDs),
    OPT(255, "national-HI2-ASN1parameters", lemf_hi2_National_HI2_ASN1parameters));
CHOICE(LOCAL, lemf_eps_EpsIRIContent, "EpsIRIContent", false,
    MEM(1, "iRI-Begin-record", lemf_eps_EpsIRI_Parameters),
    MEM(2, "iRI-End-record", lemf_eps_EpsIRI_Parameters),
    MEM(3, "iRI-Continue-record", lemf_eps_EpsIRI_Parameters),
    MEM(4, "iRI-Report-record", lemf_eps_EpsIRI_Parameters));
SEQ_OF(LOCAL, lemf_eps_EpsIRISequence, "EpsIRISequence", 0, 0, lemf_eps_EpsIRIContent);
CHOICE(SHARED, lemf_eps_EpsIRIsContent, "EpsIRIsContent", false,
    MEM(LEMF_OPEN_TAG, "epsiRIContent", lemf_eps_EpsIRIContent),
    MEM(LEMF_UNIVERSAL(16), "epsIRISequence", lemf_eps_EpsIRISequence));
ENUM(SHARED, lemf_epscc_TPDU_direction, "TPDU-direction", false, {1, "from-target"},
    {2, "to-target"}, {3, "unknown"});
SEQ(SHARED, lemf_epscc_National_HI3_ASN1parameters, "National-HI3-ASN1parameters", true,
    MEM(1, "countryCode", lemf_Printable_2_2));
ENUM(LOCAL, lemf_epscc_ICE_type, "ICE-type", true, {1, "sgsn"}, {2, "ggsn"}, {3, "s-GW"},
    {4, "pDN-GW"}, {5, "colocated-SAE-GWs"}, {6, "ePDG"});
SEQ(LOCAL, lemf_epscc_ULIC_header, "ULIC-header", true, MEM(0, "hi3DomainId", lemf_Oid),
    OPT(2, "lIID", lemf_Octets_1_25), MEM(3, "correlation-Number", lemf_Octets),
    OPT(4, "timeStamp", lemf_hi2_TimeStamp), MEM(5, "sequence-number", lemf_Int_0_65535),
    MEM(6, "t-PDU-direction", lemf_epscc_TPDU_direction),
    OPT(7, "national-HI3-ASN1parameters", lemf_epscc_National_HI3_ASN1parameters),
    OPT(8, "ice-type", lemf_epscc_ICE_type));
SEQ(SHARED, lemf_epscc_EpsCC_PDU, "EpsCC-PDU", false, MEM(1, "uLIC-header", lemf_epscc_ULIC_header),
    MEM(2, "payload", lemf_Octets));
