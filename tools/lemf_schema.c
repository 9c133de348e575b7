/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_schema.h.  Tables in the order of the wire; leaves first. */
#include "lemf_schema.h"

#include <stddef.h>

/* clang-format off */
#define END {0, NULL, NULL, false}
#define MEM(t, n, ty) {t, n, &ty, false}
#define OPT(t, n, ty) {t, n, &ty, true}
#define NAMED_SEQ(id, nm, ext, ...) \
	static const struct lemf_member id##_m[] = {__VA_ARGS__, END}; \
	static const struct lemf_type id = {.kind = LEMF_SEQ, .name = nm, .open = ext, .members = id##_m}
#define SEQ(id, ext, ...) NAMED_SEQ(id, #id, ext, __VA_ARGS__)
#define CHOICE(id, ext, ...) \
	static const struct lemf_member id##_m[] = {__VA_ARGS__, END}; \
	static const struct lemf_type id = {.kind = LEMF_CHOICE, .name = #id, .open = ext, .members = id##_m}
#define ENUM(id, ext, ...) \
	static const struct lemf_name id##_n[] = {__VA_ARGS__, {0, NULL}}; \
	static const struct lemf_type id = {.kind = LEMF_ENUM, .name = #id, .open = ext, .names = id##_n}
#define SEQ_OF(id, el) static const struct lemf_type id = {.kind = LEMF_SEQ_OF, .name = #id, .elem = &el}
#define STR(id, k, lo, hi) static const struct lemf_type id = {.kind = k, .name = #id, .min = lo, .max = hi}
#define RELOID(id, pat) static const struct lemf_type id = {.kind = LEMF_RELOID, .name = #id, .oid = pat}

STR(U32, LEMF_INT, 0, UINT32_MAX);
STR(U64, LEMF_INT, 0, UINT64_MAX);
STR(Micro, LEMF_INT, 0, 999999);
STR(QFI, LEMF_INT, 0, 63);
STR(PrefixLength, LEMF_INT, 1, 128);
STR(Any, LEMF_ANY, 0, 0);
STR(Null, LEMF_NULL, 0, 0);
STR(Boolean, LEMF_BOOL, 0, 0);
STR(Bits, LEMF_BITS, 0, 0);
STR(Octets, LEMF_OCTETS, 0, 0);
STR(Octets4, LEMF_OCTETS, 4, 4);
STR(Octets6, LEMF_OCTETS, 6, 6);
STR(Octets16, LEMF_OCTETS, 16, 16);
STR(Octets1to16, LEMF_OCTETS, 1, 16);
STR(Octets4to16, LEMF_OCTETS, 4, 16);
STR(Octets1to255, LEMF_OCTETS, 1, 255);
STR(Octets1to65535, LEMF_OCTETS, 1, 65535);
STR(LIID, LEMF_OCTETS, 1, 25);
STR(Country, LEMF_PRINTABLE, 2, 2);
STR(PointID, LEMF_PRINTABLE, 1, 8);
STR(IpText, LEMF_PRINTABLE, 7, 45);
STR(Utf8, LEMF_UTF8, 0, 0);
STR(Utf8to20, LEMF_UTF8, 1, 20);
STR(Utf8to64, LEMF_UTF8, 1, 64);
STR(Utf8to128, LEMF_UTF8, 1, 128);
STR(Digits15, LEMF_NUMERIC, 1, 15);
STR(Digits16, LEMF_NUMERIC, 14, 16);
STR(Time, LEMF_TIME, 0, 0);
static const struct lemf_type DomainOid = {.kind = LEMF_OID, .name = "OBJECT IDENTIFIER", .oid = "0.4.0.2.2.5.1.*"};
RELOID(IpIriOid, "5.3.*.1");
RELOID(IpCcOid, "5.3.*.2");
RELOID(IpIriOnlyOid, "5.3.*.3");
RELOID(IpReportOid, "5.3.*.4");
RELOID(MmIriOid, "5.5.*.1");
RELOID(MmCcOid, "5.5.*.2");
RELOID(ThreeIriOid, "4.19.*.3");
RELOID(ThreeCcOid, "4.19.*.4");
RELOID(ThreeNoteOid, "4.19.*.5");
RELOID(AnyRelOid, "*");

ENUM(Qualifier, true, {0, "unknown"}, {1, "timeOfInterception"}, {2, "timeOfMediation"}, {3, "timeOfAggregation"});
ENUM(Direction, true, {0, "fromTarget"}, {1, "toTarget"}, {2, "indeterminate"}, {3, "combined"}, {4, "notapplicable"});
ENUM(IriType, false, {1, "iRI-Begin"}, {2, "iRI-End"}, {3, "iRI-Continue"}, {4, "iRI-Report"});
ENUM(CheckType, true, {1, "hash"}, {2, "signature"});
ENUM(DataType, true, {1, "iRI"}, {2, "cC"}, {3, "iLHI"});
ENUM(HashAlg, true, {1, "sHA-1"}, {2, "sHA-256"}, {3, "sHA-384"}, {4, "sHA-512"});
ENUM(SigAlg, true, {1, "dSA"}, {2, "eCDSA"}, {3, "edDSA"});
ENUM(Priority, true, {1, "error"}, {2, "informational"});
ENUM(CipherType, true, {1, "none"}, {2, "national-option"}, {3, "aES-192-CBC"}, {4, "aES-256-CBC"}, {5, "blowfish-192-CBC"},
    {6, "blowfish-256-CBC"}, {7, "threedes-cbc"});
ENUM(CipherPart, true, {1, "unknown"}, {2, "part2"}, {3, "part3"}, {4, "part4"}, {5, "part5"}, {6, "part6"}, {7, "part7"}, {8, "part1"});
ENUM(IpType, true, {0, "iPV4"}, {1, "iPV6"});
ENUM(IpAssign, true, {1, "static"}, {2, "dynamic"}, {3, "notKnown"});

SEQ(MicroTime, true, MEM(0, "seconds", U64), MEM(1, "microSeconds", Micro));
SEQ(NetworkId, true, MEM(0, "operatorIdentifier", Octets1to16), OPT(1, "networkElementIdentifier", Octets1to16), OPT(2, "eTSI671NEID", Any));
SEQ(CommId, true, MEM(0, "networkIdentifier", NetworkId), OPT(1, "communicationIdentityNumber", U32), OPT(2, "deliveryCountryCode", Country),
    OPT(3, "cINExtension", Any));
SEQ(PSHeader, true, MEM(0, "li-psDomainId", DomainOid), MEM(1, "lawfulInterceptionIdentifier", LIID), OPT(2, "authorizationCountryCode", Country),
    MEM(3, "communicationIdentifier", CommId), MEM(4, "sequenceNumber", U32), OPT(5, "timeStamp", Time), OPT(6, "interceptionPointID", PointID),
    OPT(7, "microSecondTimeStamp", MicroTime), OPT(8, "timeStampQualifier", Qualifier), OPT(9, "extendedInterceptionPointID", Octets1to65535),
    OPT(10, "networkFunctionIdentifier", Octets1to65535));

CHOICE(IpValue, true, MEM(1, "iPBinaryAddress", Octets4to16), MEM(2, "iPTextAddress", IpText));
SEQ(IPAddress, true, MEM(1, "iP-type", IpType), MEM(2, "iP-value", IpValue), OPT(3, "iP-assignment", IpAssign), OPT(4, "iPv6PrefixLength", PrefixLength),
    OPT(5, "iPv4SubnetMask", Octets4), OPT(6, "iP-NAT-translated", Boolean));

/* ---- IPAccessPDU */
SEQ(TruncatedPacket, true, MEM(0, "truncatedPacket", Octets), OPT(1, "originalLength", U64));
CHOICE(IpCcContents, true, MEM(0, "iPPackets", Octets), MEM(1, "iPTruncatedPacket", TruncatedPacket));
SEQ(IPCC, false, MEM(0, "iPCCObjId", IpCcOid), MEM(1, "iPCCContents", IpCcContents));
ENUM(AccessEvent, true, {0, "accessAttempt"}, {1, "accessAccept"}, {2, "accessReject"}, {3, "accessFailed"}, {4, "sessionStart"}, {5, "sessionEnd"},
    {6, "interimUpdate"}, {7, "startOfInterceptionWithSessionActive"}, {8, "accessEnd"}, {9, "endOfInterceptionWithSessionActive"}, {10, "unknown"},
    {11, "startOfInterceptionWithoutNetworkSession"}, {12, "endOfInterceptionWithoutNetworkSession"}, {13, "sessionExpired"});
ENUM(AccessType, true, {0, "undefined"}, {1, "dialUp"}, {2, "xDSL"}, {3, "cableModem"}, {4, "lAN"}, {5, "wirelessLAN"}, {6, "fTTx"},
    {7, "wIMAX-HIPERMAN"}, {8, "satellite"}, {9, "wireless-other"});
ENUM(IpVersion, true, {1, "iPV4"}, {2, "iPV6"}, {3, "iPV4andV6"});
ENUM(EndReason, true, {0, "undefined"}, {1, "regularLogoff"}, {2, "connectionLoss"}, {3, "connectionTimeout"}, {4, "leaseExpired"});
ENUM(AuthType, true, {0, "unknown"}, {1, "static"}, {2, "radiusAAA"}, {3, "dhcpAAA"}, {4, "diameterAAA"});
SEQ(IpIriContents, true, MEM(0, "accessEventType", AccessEvent), MEM(1, "targetUsername", Octets), MEM(2, "internetAccessType", AccessType),
    MEM(3, "iPVersion", IpVersion), OPT(4, "targetIPAddress", IPAddress), OPT(5, "targetNetworkID", Utf8to20), OPT(6, "targetCPEID", Utf8to128),
    OPT(7, "targetLocation", Utf8to64), OPT(8, "pOPPortNumber", U32), OPT(9, "callBackNumber", Utf8to20), OPT(10, "startTime", Time),
    OPT(11, "endTime", Time), OPT(12, "endReason", EndReason), OPT(13, "octetsReceived", U64), OPT(14, "octetsTransmitted", U64),
    OPT(15, "rawAAAData", Octets), OPT(16, "expectedEndTime", Time), OPT(17, "pOPPhoneNumber", Utf8to20), OPT(18, "pOPIdentifier", Any),
    OPT(19, "pOPIPAddress", IPAddress), OPT(20, "nationalIPIRIParameters", Any), OPT(21, "additionalIPAddress", IPAddress),
    OPT(22, "authenticationType", AuthType), OPT(23, "otherTargetIdentifiers", Any), OPT(24, "location", Any), OPT(25, "pOPPortID", Octets),
    OPT(26, "framedRoutes", Any));
SEQ(IPIRI, true, MEM(0, "iPIRIObjId", IpIriOid), MEM(1, "iPIRIContents", IpIriContents));
SEQ(IPIRIOnly, true, MEM(0, "iPIRIOnlyObjId", IpIriOnlyOid), MEM(1, "iPInformation", Any), MEM(2, "protocolInformation", Any),
    OPT(3, "iPAggregatedNbrOfPackets", U64), OPT(4, "iPAggregatedNbrOfBytes", U64), OPT(5, "pDSRInformation", Any));
ENUM(Trigger, true, {1, "flowStart"}, {2, "flowEnd"}, {3, "flowTimeout"}, {4, "flowTimerExpiration"}, {5, "flowPacketCount"}, {6, "flowByteCount"},
    {7, "sessionTimerExpiration"}, {8, "sessionPacketCount"}, {9, "sessionByteCount"}, {10, "reportEnd"});
SEQ(ReportHeader, true, MEM(1, "header", Octets));
SEQ(ReportSummary, true, MEM(1, "header", Octets), MEM(2, "indications", Bits), MEM(3, "trigger", Trigger), OPT(4, "packetCount", U64),
    OPT(5, "byteCount", U64), OPT(6, "firstTimestamp", Time), OPT(7, "lastTimestamp", Time));
CHOICE(PacketReport, true, MEM(1, "header", ReportHeader), MEM(2, "summary", ReportSummary));
SEQ(IPIRIPacketReport, true, MEM(0, "iPIRIPacketReportObjId", IpReportOid), MEM(1, "report", PacketReport));

/* ---- IPMultimediaPDU */
ENUM(FrameType, true, {0, "ipFrame"}, {1, "udpFrame"}, {2, "rtpFrame"}, {3, "audioFrame"}, {4, "tcpFrame"}, {5, "artificialRtpFrame"},
    {6, "udptlFrame"}, {7, "msrpFrame"});
ENUM(MmProtocol, true, {0, "rTP"}, {1, "mSRP"}, {2, "uDPTL"});
SEQ(IPMMCC, true, MEM(0, "iPMMCCObjId", MmCcOid), MEM(1, "mMCCContents", Octets), OPT(2, "frameType", FrameType), OPT(3, "streamIdentifier", Octets),
    OPT(4, "mMCCprotocol", MmProtocol));
SEQ(SIPMessage, true, MEM(0, "iPSourceAddress", IPAddress), MEM(1, "iPDestinationAddress", IPAddress), MEM(2, "sIPContent", Octets));
SEQ(National, true, MEM(1, "countryCode", Country));
CHOICE(MmIriContents, true, MEM(0, "originalIPMMMessage", Octets), MEM(1, "sIPMessage", SIPMessage), MEM(2, "h323Message", Any),
    MEM(3, "nationalIPMMIRIParameters", National), MEM(4, "xCAPMessage", Octets), MEM(5, "iRIOnlyOriginalIPMMMessage", Octets),
    MEM(6, "iRIOnlySIPMessage", SIPMessage), MEM(7, "iRIOnlyRTPPacket", Octets));
CHOICE(Signalling, true, MEM(0, "sipHeaderLine", Octets));
SEQ_OF(Signallings, Signalling);
SEQ(IPMMIRI, true, MEM(0, "iPMMIRIObjId", MmIriOid), MEM(1, "iPMMIRIContents", MmIriContents), OPT(2, "targetLocation", Any),
    OPT(3, "additionalSignalling", Signallings));

/* ---- TS33128Payloads */
CHOICE(SUPI, true, MEM(1, "iMSI", Digits15), MEM(2, "nAI", Utf8));
CHOICE(PEI, true, MEM(1, "iMEI", Digits16), MEM(2, "iMEISV", Digits16), MEM(3, "mACAddress", Octets6), MEM(4, "eUI64", Octets));
CHOICE(GPSI, true, MEM(1, "mSISDN", Digits15), MEM(2, "nAI", Utf8));
CHOICE(IMPU, true, MEM(1, "sIPURI", Utf8), MEM(2, "tELURI", Utf8));
CHOICE(TargetIdentifier, true, MEM(1, "sUPI", SUPI), MEM(2, "iMSI", Digits15), MEM(3, "pEI", PEI), MEM(4, "iMEI", Digits16), MEM(5, "gPSI", GPSI),
    MEM(6, "mSISDN", Digits15), MEM(7, "nAI", Utf8), MEM(8, "iPv4Address", Octets4), MEM(9, "iPv6Address", Octets16), MEM(10, "ethernetAddress", Octets6),
    MEM(11, "iMPU", IMPU), MEM(12, "iMPI", Utf8), MEM(13, "e164Number", Digits15), MEM(14, "emailAddress", Utf8), MEM(15, "mCPTTID", Utf8),
    MEM(16, "instanceIdentifierURN", Utf8), MEM(17, "pTCChatGroupID", Any));
ENUM(Provenance, true, {1, "lEAProvided"}, {2, "observed"}, {3, "matchedOn"}, {4, "other"});
SEQ(IRITargetIdentifier, true, MEM(1, "identifier", TargetIdentifier), OPT(2, "provenance", Provenance));
SEQ_OF(IRITargetIdentifiers, IRITargetIdentifier);
CHOICE(MediatedFrom, true, MEM(1, "xIRIRelativeOID", AnyRelOid));
static const struct lemf_type IRIEvent = {.kind = LEMF_EVENT, .name = "IRIEvent", .open = true};
NAMED_SEQ(ThreeIri, "IRIPayload", true, MEM(1, "iRIPayloadOID", ThreeIriOid), MEM(2, "event", IRIEvent), OPT(3, "targetIdentifiers", IRITargetIdentifiers),
    OPT(4, "mediatedFromIndicator", MediatedFrom));
CHOICE(UpfPayload, true, MEM(1, "uPFIPCC", Octets), MEM(2, "uPFEthernetCC", Octets), MEM(3, "uPFUnstructuredCC", Octets));
SEQ(ExtendedUpf, true, MEM(1, "payload", UpfPayload), OPT(2, "qFI", QFI));
SEQ(ImsCc, true, MEM(1, "payload", Octets), OPT(2, "sDPInfo", Octets));
CHOICE(ThreeCcPdu, true, MEM(1, "uPFCCPDU", Octets), MEM(2, "extendedUPFCCPDU", ExtendedUpf), MEM(3, "mMSCCPDU", Any), MEM(4, "nIDDCCPDU", Octets),
    MEM(5, "pTCCCPDU", Octets), MEM(6, "iMSCCPDU", ImsCc), MEM(7, "rCSCCPDU", Any));
NAMED_SEQ(ThreeCc, "CCPayload", true, MEM(1, "cCPayloadOID", ThreeCcOid), MEM(2, "pDU", ThreeCcPdu));
NAMED_SEQ(ThreeNote, "LINotificationPayload", true, MEM(1, "lINotificationPayloadOID", ThreeNoteOid), MEM(2, "notification", Any));
static const struct lemf_type ThreeIriOctets = {.kind = LEMF_HOLDS, .name = "threeGPP33128DefinedIRI", .elem = &ThreeIri};
static const struct lemf_type ThreeCcOctets = {.kind = LEMF_HOLDS, .name = "threeGPP33128DefinedCC", .elem = &ThreeCc};

/* ---- payloads */
CHOICE(CCContents, true, MEM(1, "emailCC", Any), MEM(2, "iPCC", IPCC), MEM(4, "uMTSCC", Octets), MEM(6, "l2CC", Any), MEM(7, "tTRAFFIC-1", Any),
    MEM(8, "cTTRAFFIC-1", Any), MEM(9, "tTRAFFIC-2", Any), MEM(10, "cTTRAFFIC-2", Any), MEM(11, "pstnIsdnCC", Any), MEM(12, "iPMMCC", IPMMCC),
    MEM(14, "messagingCC", Any), MEM(15, "ePSCC", Octets), MEM(16, "uMTSCC-CC-PDU", Any), MEM(17, "ePSCC-CC-PDU", Any), MEM(18, "messagingMMCC", Any),
    MEM(19, "confCC-CC-PDU", Any), MEM(20, "voipCC-CC-PDU", Any), MEM(21, "gcseCC-CC-PDU", Any), MEM(22, "cSvoice-CC-PDU", Any),
    MEM(23, "threeGPP33128DefinedCC", ThreeCcOctets));
CHOICE(IRIContents, true, MEM(1, "emailIRI", Any), MEM(2, "iPIRI", IPIRI), MEM(3, "iPIRIOnly", IPIRIOnly), MEM(4, "uMTSIRI", Any),
    MEM(5, "eTSI671IRI", Any), MEM(6, "l2IRI", Any), MEM(7, "l2IRIOnly", Any), MEM(8, "tARGETACTIVITYMONITOR-1", Any),
    MEM(9, "tARGETACTIVITYMONITOR-2", Any), MEM(10, "pstnIsdnIRI", Any), MEM(11, "iPMMIRI", IPMMIRI), MEM(14, "messagingIRI", Any),
    MEM(15, "ePSIRI", Any), MEM(16, "confIRI", Any), MEM(17, "proseIRI", Any), MEM(18, "gcseIRI", Any),
    MEM(19, "threeGPP33128DefinedIRI", ThreeIriOctets), MEM(20, "iPIRIPacketReport", IPIRIPacketReport));
SEQ(CCPayload, true, OPT(0, "payloadDirection", Direction), OPT(1, "timeStamp", Time), MEM(2, "cCContents", CCContents),
    OPT(3, "microSecondTimeStamp", MicroTime), OPT(4, "timeStampQualifier", Qualifier));
SEQ(IRIPayload, true, OPT(0, "iRIType", IriType), OPT(1, "timeStamp", Time), MEM(2, "iRIContents", IRIContents),
    OPT(3, "microSecondTimeStamp", MicroTime), OPT(4, "timeStampQualifier", Qualifier), OPT(5, "sessionDirection", Direction),
    OPT(6, "payloadDirection", Direction));
SEQ_OF(CCPayloads, CCPayload);
SEQ_OF(IRIPayloads, IRIPayload);

/* ---- TRI */
SEQ_OF(Numbers, U32);
SEQ(IntegrityCheck, true, MEM(0, "includedSequenceNumbers", Numbers), MEM(1, "checkType", CheckType), OPT(2, "dataType", DataType),
    MEM(3, "checkValue", Octets), OPT(4, "hashAlgorithm", HashAlg), OPT(5, "signatureAlgorithm", SigAlg));
CHOICE(Option, true, MEM(0, "pDUAcknowledgement", Null));
SEQ_OF(Options, Option);
SEQ(OptionRequest, true, MEM(0, "requestedOptions", Options));
SEQ(OptionResponse, true, MEM(0, "acceptedOptions", Options), MEM(1, "declinedOptions", Options));
SEQ(OperatorLeaMessage, true, MEM(0, "messagePriority", Priority), MEM(1, "message", Octets1to255));
CHOICE(TRIPayload, true, MEM(0, "integrityCheck", IntegrityCheck), MEM(1, "testPDU", Null), MEM(2, "paddingPDU", Octets), MEM(3, "keep-alive", Null),
    MEM(4, "keep-aliveResponse", Null), MEM(5, "firstSegmentFlag", Null), MEM(6, "lastSegmentFlag", Null), MEM(7, "cINReset", Null),
    MEM(8, "operatorLeaMessage", OperatorLeaMessage), MEM(9, "optionRequest", OptionRequest), MEM(10, "optionResponse", OptionResponse),
    MEM(11, "optionComplete", Null), MEM(12, "pDUAcknowledgementRequest", Null), MEM(13, "pDUAcknowledgementResponse", Null));
SEQ(EncryptionContainer, true, MEM(0, "encryptionType", CipherType), MEM(1, "encryptedPayload", Octets), OPT(2, "encryptedPayloadType", CipherPart));
CHOICE(HI4Payload, true, MEM(1, "threeGPP-LI-Notification", ThreeNote), MEM(2, "hi4Notification", Any));
SEQ_OF(HI4Payloads, HI4Payload);
CHOICE(Payload, true, MEM(0, "iRIPayloadSequence", IRIPayloads), MEM(1, "cCPayloadSequence", CCPayloads), MEM(2, "tRIPayload", TRIPayload),
    MEM(3, "hI1-Operation", Any), MEM(4, "encryptionContainer", EncryptionContainer), MEM(5, "threeGPP-HI1-Operation", Any), MEM(6, "iLHIPayload", Any),
    MEM(7, "hI4Payload", HI4Payloads));

static const struct lemf_member ps_pdu_m[] = {MEM(1, "pSHeader", PSHeader), MEM(2, "payload", Payload), END};
const struct lemf_type lemf_schema_ps_pdu = {.kind = LEMF_SEQ, .name = "PS-PDU", .members = ps_pdu_m};
/* clang-format on */

const char *
lemf_schema_name(const struct lemf_name *names, uint64_t value)
{
	for (; names && names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}
