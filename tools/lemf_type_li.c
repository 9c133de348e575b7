/* SPDX-License-Identifier: Apache-2.0 */
/* LI-PS-PDU version43 (TS 102 232-1), Common-Parameters (TS 103 280), the HI1 and ILHI
 * operations as tables of members, for lemf_decode.c. See lemf_type.h. */
#include "lemf_type.h"

/* clang-format off */
SEQ(LOCAL, lemf_li_NetworkIdentifier, "NetworkIdentifier", true,
    MEM(0, "operatorIdentifier", lemf_Octets_1_16),
    OPT(1, "networkElementIdentifier", lemf_Octets_1_16),
    OPT(2, "eTSI671NEID", lemf_hi2_Network_Element_Identifier));
SEQ(LOCAL, lemf_li_CommunicationIdentifier, "CommunicationIdentifier", true,
    MEM(0, "networkIdentifier", lemf_li_NetworkIdentifier),
    OPT(1, "communicationIdentityNumber", lemf_Int_0_4294967295),
    OPT(2, "deliveryCountryCode", lemf_Printable_2_2),
    OPT(3, "cINExtension", lemf_eps_CorrelationValues));
SEQ(LOCAL, lemf_li_MicroSecondTimeStamp, "MicroSecondTimeStamp", true,
    MEM(0, "seconds", lemf_Int_0_18446744073709551615), MEM(1, "microSeconds", lemf_Int_0_999999));
ENUM(LOCAL, lemf_li_TimeStampQualifier, "TimeStampQualifier", true, {0, "unknown"},
    {1, "timeOfInterception"}, {2, "timeOfMediation"}, {3, "timeOfAggregation"});
SEQ(LOCAL, lemf_li_PSHeader, "PSHeader", true, MEM(0, "li-psDomainId", lemf_Oid_0_4_0_2_2_5_1),
    MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    OPT(2, "authorizationCountryCode", lemf_Printable_2_2),
    MEM(3, "communicationIdentifier", lemf_li_CommunicationIdentifier),
    MEM(4, "sequenceNumber", lemf_Int_0_4294967295), OPT(5, "timeStamp", lemf_Time),
    OPT(6, "interceptionPointID", lemf_Printable_1_8),
    OPT(7, "microSecondTimeStamp", lemf_li_MicroSecondTimeStamp),
    OPT(8, "timeStampQualifier", lemf_li_TimeStampQualifier),
    OPT(9, "extendedInterceptionPointID", lemf_Octets_1_65535),
    OPT(10, "networkFunctionIdentifier", lemf_Octets_1_65535));
ENUM(LOCAL, lemf_li_IRIType, "IRIType", false, {1, "iRI-Begin"}, {2, "iRI-End"},
    {3, "iRI-Continue"}, {4, "iRI-Report"});
CHOICE(LOCAL, lemf_li_IP_value, "IP-value", true, MEM(1, "iPBinaryAddress", lemf_Octets_4_16),
    MEM(2, "iPTextAddress", lemf_Ia5_7_45));
ENUM(LOCAL, lemf_li_IPAddress_iP_type, "iP-type", true, {0, "iPV4"}, {1, "iPV6"});
ENUM(LOCAL, lemf_li_IPAddress_iP_assignment, "iP-assignment", true, {1, "static"}, {2, "dynamic"},
    {3, "notKnown"});
SEQ(SHARED, lemf_li_IPAddress, "IPAddress", true, MEM(1, "iP-type", lemf_li_IPAddress_iP_type),
    MEM(2, "iP-value", lemf_li_IP_value), OPT(3, "iP-assignment", lemf_li_IPAddress_iP_assignment),
    OPT(4, "iPv6PrefixLength", lemf_Int_1_128), OPT(5, "iPv4SubnetMask", lemf_Octets_4_4),
    OPT(6, "iP-NAT-translated", lemf_Bool));
SEQ(LOCAL, lemf_li_WlanLocationAttributes, "WlanLocationAttributes", true,
    OPT(0, "wlanAPMACAddress", lemf_Octets_6_6));
SEQ(LOCAL, lemf_cp_WGS84CoordinateDecimal, "WGS84CoordinateDecimal", true,
    MEM(0, "latitude", lemf_Octets_10_10), MEM(1, "longitude", lemf_Octets_11_11));
SEQ(LOCAL, lemf_cp_WGS84CoordinateAngular, "WGS84CoordinateAngular", true,
    MEM(0, "latitude", lemf_Octets_10_10), MEM(1, "longitude", lemf_Octets_11_11));
CHOICE(LOCAL, lemf_cp_WGS84Coordinate, "WGS84Coordinate", true,
    MEM(0, "decimal", lemf_cp_WGS84CoordinateDecimal),
    MEM(1, "angular", lemf_cp_WGS84CoordinateAngular));
CHOICE(LOCAL, lemf_cp_Altitude, "Altitude", true,
    MEM(0, "altitudeAboveGroundLevel", lemf_Int_m1000_50000),
    MEM(1, "altitudeAboveMeanSeaLevel", lemf_Int_m1000_50000));
SEQ(LOCAL, lemf_cp_WGS84Location, "WGS84Location", true,
    MEM(0, "location", lemf_cp_WGS84Coordinate), OPT(1, "altitude", lemf_cp_Altitude));
CHOICE(LOCAL, lemf_cp_GeoPoint, "GeoPoint", true, MEM(0, "wGS84Point", lemf_cp_WGS84Location));
SEQ(LOCAL, lemf_cp_GeoSphere, "GeoSphere", true, MEM(0, "centerPoint", lemf_cp_GeoPoint),
    MEM(1, "radiusMeters", lemf_Int_1_18446744073709551615));
SEQ(LOCAL, lemf_cp_XYEllipsoid, "XYEllipsoid", true, MEM(0, "centerPoint", lemf_cp_GeoPoint),
    MEM(1, "uncertaintyLongitude", lemf_Int_1_18446744073709551615),
    MEM(2, "uncertaintyLatitude", lemf_Int_1_18446744073709551615),
    OPT(3, "uncertaintyAltitude", lemf_Int_1_18446744073709551615));
CHOICE(LOCAL, lemf_cp_GMLShape, "GMLShape", true, MEM(0, "point", lemf_cp_GeoPoint),
    MEM(1, "sphere", lemf_cp_GeoSphere), MEM(2, "xyEllipsoid", lemf_cp_XYEllipsoid));
SEQ(LOCAL, lemf_cp_GeoShape, "GeoShape", true, MEM(0, "shape", lemf_cp_GMLShape),
    OPT(1, "confidence", lemf_Int_0_100));
ENUM(LOCAL, lemf_cp_FixMode, "FixMode", true, {0, "unknown"}, {1, "noFix"}, {2, "fix2D"},
    {3, "fix3D"});
SEQ(LOCAL, lemf_cp_GNSSLocation, "GNSSLocation", true, MEM(0, "location", lemf_cp_GeoShape),
    MEM(1, "fixMode", lemf_cp_FixMode));
SEQ(LOCAL, lemf_li_CPEProvidedLocationAttributes, "CPEProvidedLocationAttributes", true,
    OPT(0, "wGS84CoordinateDecimal", lemf_cp_WGS84CoordinateDecimal),
    OPT(1, "gNSSLocation", lemf_cp_GNSSLocation));
SEQ(SHARED, lemf_li_Location, "Location", true,
    OPT(0, "umtsHI2Location", lemf_umts_UmtsHI2Location),
    OPT(1, "epsLocation", lemf_eps_EPSLocation),
    OPT(2, "wlanLocationAttributes", lemf_li_WlanLocationAttributes),
    OPT(3, "eTSI671HI2Location", lemf_hi2_ETSI671HI2Location),
    OPT(4, "threeGPP33128UserLocation", lemf_g_UserLocation),
    OPT(5, "cPEProvidedLocationAttributes", lemf_li_CPEProvidedLocationAttributes));
CHOICE(LOCAL, lemf_li_UMTSIRI, "UMTSIRI", true,
    MEM(0, "iRI-Parameters", lemf_umts_UmtsIRI_Parameters),
    MEM(1, "umtsIRIsContent", lemf_umts_UmtsIRIsContent),
    MEM(2, "iRI-CS-Parameters", lemf_umtscs_UmtsCS_IRI_Parameters),
    MEM(3, "umtsCS-IRIsContent", lemf_umtscs_UmtsCS_IRIsContent));
CHOICE(LOCAL, lemf_li_ETSI671IRI, "ETSI671IRI", true,
    MEM(0, "iRI-Parameters", lemf_hi2_HI2_IRI_Parameters),
    MEM(1, "iRIsContent", lemf_hi2_IRIsContent));
ENUM(SHARED, lemf_li_PayloadDirection, "PayloadDirection", true, {0, "fromTarget"}, {1, "toTarget"},
    {2, "indeterminate"}, {3, "combined"}, {4, "notapplicable"});
CHOICE(LOCAL, lemf_li_EPSIRI, "EPSIRI", true,
    MEM(0, "iRI-EPS-Parameters", lemf_eps_EpsIRI_Parameters),
    MEM(1, "epsIRIsContent", lemf_eps_EpsIRIsContent));
CHOICE(LOCAL, lemf_li_ConfIRI, "ConfIRI", true,
    MEM(0, "iRI-Conf-Parameters", lemf_conf_ConfIRI_Parameters),
    MEM(1, "confIRIsContent", lemf_conf_ConfIRIsContent));
CHOICE(LOCAL, lemf_li_ProSeIRI, "ProSeIRI", true,
    MEM(0, "iRI-ProSe-Parameters", lemf_prose_ProSeIRI_Parameters),
    MEM(1, "proseIRIsContent", lemf_prose_ProSeIRIsContent));
CHOICE(LOCAL, lemf_li_GcseIRI, "GcseIRI", true,
    MEM(0, "iRI-Gcse-Parameters", lemf_gcse_GcseIRI_Parameters),
    MEM(1, "gcseIRIsContent", lemf_gcse_GcseIRIsContent));
HOLDS(LOCAL, lemf_li_IRIContents_threeGPP33128DefinedIRI, "threeGPP33128DefinedIRI",
    lemf_g_IRIPayload);
CHOICE(LOCAL, lemf_li_IRIContents, "IRIContents", true, MEM(1, "emailIRI", lemf_em_EmailIRI),
    MEM(2, "iPIRI", lemf_ip_IPIRI), MEM(3, "iPIRIOnly", lemf_ip_IPIRIOnly),
    MEM(4, "uMTSIRI", lemf_li_UMTSIRI), MEM(5, "eTSI671IRI", lemf_li_ETSI671IRI),
    MEM(6, "l2IRI", lemf_l2_L2IRI), MEM(7, "l2IRIOnly", lemf_l2_L2IRIOnly),
    MEM(8, "tARGETACTIVITYMONITOR-1", lemf_Any), MEM(9, "tARGETACTIVITYMONITOR-2", lemf_Any),
    MEM(10, "pstnIsdnIRI", lemf_pi_PstnIsdnIRI), MEM(11, "iPMMIRI", lemf_mm_IPMMIRI),
    MEM(14, "messagingIRI", lemf_em_MessagingIRI), MEM(15, "ePSIRI", lemf_li_EPSIRI),
    MEM(16, "confIRI", lemf_li_ConfIRI), MEM(17, "proseIRI", lemf_li_ProSeIRI),
    MEM(18, "gcseIRI", lemf_li_GcseIRI),
    MEM(19, "threeGPP33128DefinedIRI", lemf_li_IRIContents_threeGPP33128DefinedIRI),
    MEM(20, "iPIRIPacketReport", lemf_ip_IPIRIPacketReport));
SEQ(LOCAL, lemf_li_IRIPayload, "IRIPayload", true, OPT(0, "iRIType", lemf_li_IRIType),
    OPT(1, "timeStamp", lemf_Time), MEM(2, "iRIContents", lemf_li_IRIContents),
    OPT(3, "microSecondTimeStamp", lemf_li_MicroSecondTimeStamp),
    OPT(4, "timeStampQualifier", lemf_li_TimeStampQualifier),
    OPT(5, "sessionDirection", lemf_li_PayloadDirection),
    OPT(6, "payloadDirection", lemf_li_PayloadDirection));
HOLDS(LOCAL, lemf_li_CCContents_uMTSCC, "uMTSCC", lemf_umtscc_UmtsCC_PDU);
HOLDS(LOCAL, lemf_li_CCContents_ePSCC, "ePSCC", lemf_epscc_EpsCC_PDU);
HOLDS(LOCAL, lemf_li_CCContents_threeGPP33128DefinedCC, "threeGPP33128DefinedCC", lemf_g_CCPayload);
CHOICE(LOCAL, lemf_li_CCContents, "CCContents", true, MEM(1, "emailCC", lemf_em_EmailCC),
    MEM(2, "iPCC", lemf_ip_IPCC), MEM(4, "uMTSCC", lemf_li_CCContents_uMTSCC),
    MEM(6, "l2CC", lemf_l2_L2CC), MEM(7, "tTRAFFIC-1", lemf_Any), MEM(8, "cTTRAFFIC-1", lemf_Any),
    MEM(9, "tTRAFFIC-2", lemf_Any), MEM(10, "cTTRAFFIC-2", lemf_Any),
    MEM(11, "pstnIsdnCC", lemf_pi_PstnIsdnCC), MEM(12, "iPMMCC", lemf_mm_IPMMCC),
    MEM(14, "messagingCC", lemf_em_MessagingCC), MEM(15, "ePSCC", lemf_li_CCContents_ePSCC),
    MEM(16, "uMTSCC-CC-PDU", lemf_umtscc_UmtsCC_PDU), MEM(17, "ePSCC-CC-PDU", lemf_epscc_EpsCC_PDU),
    MEM(18, "messagingMMCC", lemf_em_MessagingMMCC),
    MEM(19, "confCC-CC-PDU", lemf_confcc_Conf_CC_PDU),
    MEM(20, "voipCC-CC-PDU", lemf_voip_Voip_CC_PDU),
    MEM(21, "gcseCC-CC-PDU", lemf_gcsecc_Gcse_CC_PDU),
    MEM(22, "cSvoice-CC-PDU", lemf_csv_CSvoice_CC_PDU),
    MEM(23, "threeGPP33128DefinedCC", lemf_li_CCContents_threeGPP33128DefinedCC));
SEQ(LOCAL, lemf_li_CCPayload, "CCPayload", true,
    OPT(0, "payloadDirection", lemf_li_PayloadDirection), OPT(1, "timeStamp", lemf_Time),
    MEM(2, "cCContents", lemf_li_CCContents),
    OPT(3, "microSecondTimeStamp", lemf_li_MicroSecondTimeStamp),
    OPT(4, "timeStampQualifier", lemf_li_TimeStampQualifier));
ENUM(LOCAL, lemf_li_CheckType, "CheckType", true, {1, "hash"}, {2, "signature"});
ENUM(LOCAL, lemf_li_DataType, "DataType", true, {1, "iRI"}, {2, "cC"}, {3, "iLHI"});
ENUM(LOCAL, lemf_li_HashAlgorithm, "HashAlgorithm", true, {1, "sHA-1"}, {2, "sHA-256"},
    {3, "sHA-384"}, {4, "sHA-512"});
ENUM(LOCAL, lemf_li_SignatureAlgorithm, "SignatureAlgorithm", true, {1, "dSA"}, {2, "eCDSA"},
    {3, "edDSA"});
SEQ_OF(LOCAL, lemf_li_IntegrityCheck_includedSequenceNumbers, "includedSequenceNumbers", 0, 0,
    lemf_Int_0_4294967295);
SEQ(LOCAL, lemf_li_IntegrityCheck, "IntegrityCheck", true,
    MEM(0, "includedSequenceNumbers", lemf_li_IntegrityCheck_includedSequenceNumbers),
    MEM(1, "checkType", lemf_li_CheckType), OPT(2, "dataType", lemf_li_DataType),
    MEM(3, "checkValue", lemf_Octets), OPT(4, "hashAlgorithm", lemf_li_HashAlgorithm),
    OPT(5, "signatureAlgorithm", lemf_li_SignatureAlgorithm));
ENUM(LOCAL, lemf_li_OperatorLeaMessagePriority, "OperatorLeaMessagePriority", true, {1, "error"},
    {2, "informational"});
SEQ(LOCAL, lemf_li_OperatorLeaMessage, "OperatorLeaMessage", true,
    MEM(0, "messagePriority", lemf_li_OperatorLeaMessagePriority),
    MEM(1, "message", lemf_Octets_1_255));
CHOICE(LOCAL, lemf_li_Option, "Option", true, MEM(0, "pDUAcknowledgement", lemf_Null));
SEQ_OF(LOCAL, lemf_li_OptionRequest_requestedOptions, "requestedOptions", 0, 0, lemf_li_Option);
SEQ(LOCAL, lemf_li_OptionRequest, "OptionRequest", true,
    MEM(0, "requestedOptions", lemf_li_OptionRequest_requestedOptions));
SEQ_OF(LOCAL, lemf_li_OptionResponse_acceptedOptions, "acceptedOptions", 0, 0, lemf_li_Option);
SEQ_OF(LOCAL, lemf_li_OptionResponse_declinedOptions, "declinedOptions", 0, 0, lemf_li_Option);
SEQ(LOCAL, lemf_li_OptionResponse, "OptionResponse", true,
    MEM(0, "acceptedOptions", lemf_li_OptionResponse_acceptedOptions),
    MEM(1, "declinedOptions", lemf_li_OptionResponse_declinedOptions));
CHOICE(LOCAL, lemf_li_TRIPayload, "TRIPayload", true,
    MEM(0, "integrityCheck", lemf_li_IntegrityCheck), MEM(1, "testPDU", lemf_Null),
    MEM(2, "paddingPDU", lemf_Octets), MEM(3, "keep-alive", lemf_Null),
    MEM(4, "keep-aliveResponse", lemf_Null), MEM(5, "firstSegmentFlag", lemf_Null),
    MEM(6, "lastSegmentFlag", lemf_Null), MEM(7, "cINReset", lemf_Null),
    MEM(8, "operatorLeaMessage", lemf_li_OperatorLeaMessage),
    MEM(9, "optionRequest", lemf_li_OptionRequest),
    MEM(10, "optionResponse", lemf_li_OptionResponse), MEM(11, "optionComplete", lemf_Null),
    MEM(12, "pDUAcknowledgementRequest", lemf_Null),
    MEM(13, "pDUAcknowledgementResponse", lemf_Null));
SEQ(LOCAL, lemf_hi1_National_HI1_ASN1parameters, "National-HI1-ASN1parameters", true,
    OPT(0, "domainID", lemf_Oid), MEM(1, "countryCode", lemf_Printable_2_2));
SEQ(LOCAL, lemf_hi1_Notification, "Notification", true, OPT(0, "domainID", lemf_Oid),
    MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    OPT(2, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(3, "timeStamp", lemf_hi2_TimeStamp),
    OPT(5, "national-HI1-ASN1parameters", lemf_hi1_National_HI1_ASN1parameters),
    OPT(6, "target-Information", lemf_Octets_1_256));
SEQ(LOCAL, lemf_hi1_Alarm_Indicator, "Alarm-Indicator", true, OPT(0, "domainID", lemf_Oid),
    OPT(1, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp), MEM(3, "alarm-information", lemf_Octets_1_256),
    OPT(4, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    OPT(5, "national-HI1-ASN1parameters", lemf_hi1_National_HI1_ASN1parameters));
CHOICE(LOCAL, lemf_hi1_HI1_Operation, "HI1-Operation", true,
    MEM(1, "liActivated", lemf_hi1_Notification), MEM(2, "liDeactivated", lemf_hi1_Notification),
    MEM(3, "liModified", lemf_hi1_Notification),
    MEM(4, "alarms-indicator", lemf_hi1_Alarm_Indicator),
    MEM(5, "national-HI1-ASN1parameters", lemf_hi1_National_HI1_ASN1parameters));
ENUM(LOCAL, lemf_li_EncryptionType, "EncryptionType", true, {1, "none"}, {2, "national-option"},
    {3, "aES-192-CBC"}, {4, "aES-256-CBC"}, {5, "blowfish-192-CBC"}, {6, "blowfish-256-CBC"},
    {7, "threedes-cbc"});
ENUM(LOCAL, lemf_li_EncryptedPayloadType, "EncryptedPayloadType", true, {1, "unknown"},
    {2, "part2"}, {3, "part3"}, {4, "part4"}, {5, "part5"}, {6, "part6"}, {7, "part7"},
    {8, "part1"});
SEQ(LOCAL, lemf_li_EncryptionContainer, "EncryptionContainer", true,
    MEM(0, "encryptionType", lemf_li_EncryptionType), MEM(1, "encryptedPayload", lemf_Octets),
    OPT(2, "encryptedPayloadType", lemf_li_EncryptedPayloadType));
SEQ(LOCAL, lemf_hi1g_ThreeGPP_National_HI1_ASN1parameters, "ThreeGPP-National-HI1-ASN1parameters",
    true, OPT(0, "domainID", lemf_Oid), MEM(1, "countryCode", lemf_Printable_2_2));
ENUM(LOCAL, lemf_hi1g_TargetType, "TargetType", true, {0, "mSISDN"}, {1, "iMSI"}, {2, "iMEI"},
    {3, "e164-Format"}, {4, "nAI"}, {5, "sip-URI"}, {6, "tel-URI"}, {7, "iMPU"}, {8, "iMPI"});
SEQ(LOCAL, lemf_hi1g_DeliveryInformation, "DeliveryInformation", true,
    OPT(0, "hi2DeliveryNumber", lemf_hi2_CalledPartyNumber),
    OPT(1, "hi3DeliveryNumber", lemf_hi2_CalledPartyNumber),
    OPT(2, "hi2DeliveryIpAddress", lemf_hi2_IPAddress),
    OPT(3, "hi3DeliveryIpAddress", lemf_hi2_IPAddress));
ENUM(LOCAL, lemf_hi1g_InterceptionType, "InterceptionType", true, {0, "voiceIriCc"},
    {1, "voiceIriOnly"}, {2, "dataIriCc"}, {3, "dataIriOnly"}, {4, "voiceAndDataIriCc"},
    {5, "voiceAndDataIriOnly"});
SEQ(LOCAL, lemf_hi1g_Target_Information, "Target-Information", true,
    OPT(0, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    OPT(1, "network-Identifier", lemf_hi2_Network_Identifier),
    OPT(2, "broadcastArea", lemf_Octets_1_256), OPT(3, "targetType", lemf_hi1g_TargetType),
    OPT(4, "deliveryInformation", lemf_hi1g_DeliveryInformation),
    OPT(5, "liActivatedTime", lemf_hi2_TimeStamp), OPT(6, "liDeactivatedTime", lemf_hi2_TimeStamp),
    OPT(7, "liModificationTime", lemf_hi2_TimeStamp),
    OPT(8, "interceptionType", lemf_hi1g_InterceptionType),
    OPT(9, "liSetUpTime", lemf_hi2_TimeStamp));
ENUM(LOCAL, lemf_hi1g_BroadcastStatus, "BroadcastStatus", true, {0, "succesfull"},
    {1, "unsuccesfull"});
SEQ(LOCAL, lemf_hi1g_Notification, "Notification", true, OPT(0, "domainID", lemf_Oid),
    MEM(1, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    OPT(2, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(3, "timeStamp", lemf_hi2_TimeStamp),
    OPT(5, "threeGPP-National-HI1-ASN1parameters", lemf_hi1g_ThreeGPP_National_HI1_ASN1parameters),
    OPT(6, "target-Information", lemf_hi1g_Target_Information),
    OPT(7, "network-Identifier", lemf_hi2_Network_Identifier),
    OPT(8, "broadcastStatus", lemf_hi1g_BroadcastStatus));
SEQ(LOCAL, lemf_hi1g_Alarm_Indicator, "Alarm-Indicator", true, OPT(0, "domainID", lemf_Oid),
    OPT(1, "communicationIdentifier", lemf_hi2_CommunicationIdentifier),
    MEM(2, "timeStamp", lemf_hi2_TimeStamp), MEM(3, "alarm-information", lemf_Octets_1_25),
    OPT(4, "lawfulInterceptionIdentifier", lemf_Octets_1_25),
    OPT(5, "threeGPP-National-HI1-ASN1parameters", lemf_hi1g_ThreeGPP_National_HI1_ASN1parameters),
    OPT(6, "target-Information", lemf_hi1g_Target_Information),
    OPT(7, "network-Identifier", lemf_hi2_Network_Identifier),
    OPT(8, "network-Element-Information", lemf_Octets_1_256));
CHOICE(LOCAL, lemf_hi1g_ThreeGPP_HI1_Operation, "ThreeGPP-HI1-Operation", true,
    MEM(1, "liActivated", lemf_hi1g_Notification), MEM(2, "liDeactivated", lemf_hi1g_Notification),
    MEM(3, "liModified", lemf_hi1g_Notification),
    MEM(4, "alarms-indicator", lemf_hi1g_Alarm_Indicator),
    MEM(5, "threeGPP-National-HI1-ASN1parameters", lemf_hi1g_ThreeGPP_National_HI1_ASN1parameters));
SEQ(LOCAL, lemf_ilhi_EncapsulationPayload, "EncapsulationPayload", true,
    MEM(0, "identifier", lemf_Oid), MEM(1, "contents", lemf_Octets));
CHOICE(LOCAL, lemf_ilhi_OriginalTimestamp, "OriginalTimestamp", true,
    MEM(1, "timeStamp", lemf_Time), MEM(2, "microSecondTimeStamp", lemf_li_MicroSecondTimeStamp),
    MEM(3, "otherTimeStamp", lemf_Utf8));
CHOICE(LOCAL, lemf_ilhi_ILHITimestamp, "ILHITimestamp", true,
    MEM(1, "qualifiedDateTime", lemf_Time), MEM(2, "qualifiedMicrosecondDateTime", lemf_Time),
    MEM(3, "unqualifiedDateTime", lemf_Null));
SEQ(LOCAL, lemf_ilhi_TimestampMapping, "TimestampMapping", true,
    MEM(0, "originalTimestamp", lemf_ilhi_OriginalTimestamp),
    MEM(1, "normalizedTimestamp", lemf_ilhi_ILHITimestamp),
    OPT(2, "timeStampQualifier", lemf_li_TimeStampQualifier));
CHOICE(LOCAL, lemf_ilhi_GeocodedLocationData, "GeocodedLocationData", true,
    MEM(1, "wGS84CoordinateDecimal", lemf_cp_WGS84CoordinateDecimal),
    MEM(2, "wGS84CoordinateAngular", lemf_cp_WGS84CoordinateAngular));
SEQ(LOCAL, lemf_ilhi_SupplementaryLocationData, "SupplementaryLocationData", true,
    OPT(0, "azimuth", lemf_Int_0_359));
SEQ(LOCAL, lemf_ilhi_NormalizedLocationData, "NormalizedLocationData", true,
    MEM(0, "geocodedLocationData", lemf_ilhi_GeocodedLocationData),
    OPT(1, "supplementaryLocationData", lemf_ilhi_SupplementaryLocationData));
SEQ(LOCAL, lemf_ilhi_LocationMapping, "LocationMapping", true,
    MEM(0, "originalLocation", lemf_li_Location),
    MEM(1, "normalizedLocation", lemf_ilhi_NormalizedLocationData));
SEQ_OF(LOCAL, lemf_ilhi_MappingInfo_timestampMapping, "timestampMapping", 0, 0,
    lemf_ilhi_TimestampMapping);
SEQ_OF(LOCAL, lemf_ilhi_MappingInfo_locationMapping, "locationMapping", 0, 0,
    lemf_ilhi_LocationMapping);
SEQ(LOCAL, lemf_ilhi_MappingInfo, "MappingInfo", true,
    OPT(0, "timestampMapping", lemf_ilhi_MappingInfo_timestampMapping),
    OPT(1, "locationMapping", lemf_ilhi_MappingInfo_locationMapping));
SEQ(LOCAL, lemf_ilhi_ILHIPayload, "ILHIPayload", true, MEM(0, "iLHIObjId", lemf_Oid),
    MEM(1, "resPayload", lemf_ilhi_EncapsulationPayload),
    OPT(2, "mappingInfo", lemf_ilhi_MappingInfo),
    OPT(3, "originalPayload", lemf_ilhi_EncapsulationPayload));
SEQ(LOCAL, lemf_li_TargetIdentifierFormat, "TargetIdentifierFormat", true,
    MEM(1, "formatOwner", lemf_Utf8_1_255), MEM(2, "formatName", lemf_Utf8_1_255),
    MEM(3, "targetValue", lemf_Utf8_1_65535));
CHOICE(LOCAL, lemf_li_TargetIdentifier, "TargetIdentifier", true,
    MEM(1, "targetIdentifierFormat", lemf_li_TargetIdentifierFormat));
SEQ(LOCAL, lemf_li_DictionaryEntry, "DictionaryEntry", true, MEM(1, "owner", lemf_Utf8_1_255),
    MEM(2, "name", lemf_Utf8_1_255), MEM(3, "value", lemf_Utf8_1_255));
ENUM(LOCAL, lemf_li_InterceptType, "InterceptType", true, {1, "iriAndCc"}, {2, "iriOnly"},
    {3, "ccOnly"});
SEQ_OF(LOCAL, lemf_li_HI4LINotification_targetIdentifiers, "targetIdentifiers", 0, 0,
    lemf_li_TargetIdentifier);
SEQ(LOCAL, lemf_li_HI4LINotification, "HI4LINotification", true,
    OPT(1, "activationTime", lemf_Time), OPT(2, "deactivationTime", lemf_Time),
    OPT(3, "targetIdentifiers", lemf_li_HI4LINotification_targetIdentifiers),
    OPT(4, "serviceType", lemf_li_DictionaryEntry),
    OPT(5, "targetIdentifierSubtype", lemf_li_DictionaryEntry),
    OPT(6, "interceptType", lemf_li_InterceptType), OPT(7, "ownerIdentifier", lemf_Utf8_1_255),
    OPT(8, "authorizationReference", lemf_Utf8_1_65535));
CHOICE(LOCAL, lemf_li_HI4Notification, "HI4Notification", true,
    MEM(1, "liActivated", lemf_li_HI4LINotification),
    MEM(2, "liDeactivated", lemf_li_HI4LINotification),
    MEM(3, "liModified", lemf_li_HI4LINotification));
CHOICE(LOCAL, lemf_li_HI4Payload, "HI4Payload", true,
    MEM(1, "threeGPP-LI-Notification", lemf_g_LINotificationPayload),
    MEM(2, "hi4Notification", lemf_li_HI4Notification));
SEQ_OF(LOCAL, lemf_li_Payload_iRIPayloadSequence, "iRIPayloadSequence", 0, 0, lemf_li_IRIPayload);
SEQ_OF(LOCAL, lemf_li_Payload_cCPayloadSequence, "cCPayloadSequence", 0, 0, lemf_li_CCPayload);
SEQ_OF(LOCAL, lemf_li_Payload_iLHIPayload, "iLHIPayload", 0, 0, lemf_ilhi_ILHIPayload);
SEQ_OF(LOCAL, lemf_li_Payload_hI4Payload, "hI4Payload", 0, 0, lemf_li_HI4Payload);
CHOICE(LOCAL, lemf_li_Payload, "Payload", true,
    MEM(0, "iRIPayloadSequence", lemf_li_Payload_iRIPayloadSequence),
    MEM(1, "cCPayloadSequence", lemf_li_Payload_cCPayloadSequence),
    MEM(2, "tRIPayload", lemf_li_TRIPayload), MEM(3, "hI1-Operation", lemf_hi1_HI1_Operation),
    MEM(4, "encryptionContainer", lemf_li_EncryptionContainer),
    MEM(5, "threeGPP-HI1-Operation", lemf_hi1g_ThreeGPP_HI1_Operation),
    MEM(6, "iLHIPayload", lemf_li_Payload_iLHIPayload),
    MEM(7, "hI4Payload", lemf_li_Payload_hI4Payload));
SEQ(SHARED, lemf_li_PS_PDU, "PS-PDU", false, MEM(1, "pSHeader", lemf_li_PSHeader),
    MEM(2, "payload", lemf_li_Payload));
SEQ(SHARED, lemf_li_EncryptedPayload, "EncryptedPayload", true,
    MEM(0, "byteCounter", lemf_Int_0_18446744073709551615), MEM(1, "payload", lemf_li_Payload));
