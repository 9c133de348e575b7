/* SPDX-License-Identifier: Apache-2.0 */
/* TS33128Payloads r19 version3 (TS 33.128) as tables of members, for lemf_decode.c. See
 * lemf_type.h. */
#include "lemf_type.h"

/* clang-format off */
SEQ(LOCAL, lemf_g_PLMNID, "PLMNID", true, MEM(1, "mCC", lemf_Numeric_3_3),
    MEM(2, "mNC", lemf_Numeric_2_3));
SEQ(LOCAL, lemf_g_TAI, "TAI", true, MEM(1, "pLMNID", lemf_g_PLMNID), MEM(2, "tAC", lemf_Octets_2_3),
    OPT(3, "nID", lemf_Utf8_11_11));
SEQ(LOCAL, lemf_g_ECGI, "ECGI", true, MEM(1, "pLMNID", lemf_g_PLMNID),
    MEM(2, "eUTRACellID", lemf_Bits_28_28), OPT(3, "nID", lemf_Utf8_11_11));
CHOICE(LOCAL, lemf_g_NGENbID, "NGENbID", true, MEM(1, "macroNGENbID", lemf_Bits_20_20),
    MEM(2, "shortMacroNGENbID", lemf_Bits_18_18), MEM(3, "longMacroNGENbID", lemf_Bits_21_21));
CHOICE(LOCAL, lemf_g_ENbID, "ENbID", true, MEM(1, "macroENbID", lemf_Bits_20_20),
    MEM(2, "homeENbID", lemf_Bits_28_28), MEM(3, "shortMacroENbID", lemf_Bits_18_18),
    MEM(4, "longMacroENbID", lemf_Bits_21_21));
CHOICE(LOCAL, lemf_g_ANNodeID, "ANNodeID", true, MEM(1, "n3IWFID", lemf_Utf8),
    MEM(2, "gNbID", lemf_Bits_22_32), MEM(3, "nGENbID", lemf_g_NGENbID),
    MEM(4, "eNbID", lemf_g_ENbID), MEM(5, "wAGFID", lemf_Utf8), MEM(6, "tNGFID", lemf_Utf8));
SEQ(LOCAL, lemf_g_GlobalRANNodeID, "GlobalRANNodeID", true, MEM(1, "pLMNID", lemf_g_PLMNID),
    MEM(2, "aNNodeID", lemf_g_ANNodeID), OPT(3, "nID", lemf_Utf8_11_11));
SEQ(LOCAL, lemf_g_GeographicalCoordinates, "GeographicalCoordinates", true,
    MEM(1, "latitude", lemf_Utf8), MEM(2, "longitude", lemf_Utf8),
    OPT(3, "mapDatumInformation", lemf_Utf8));
SEQ(LOCAL, lemf_g_CellSiteInformation, "CellSiteInformation", true,
    MEM(1, "geographicalCoordinates", lemf_g_GeographicalCoordinates),
    OPT(2, "azimuth", lemf_Int_0_359), OPT(3, "operatorSpecificInformation", lemf_Utf8));
CHOICE(LOCAL, lemf_g_RANNodeName, "RANNodeName", true, MEM(1, "rANNodeNameVisible", lemf_Octets),
    MEM(2, "rANNodeNameUTF8", lemf_Utf8));
SEQ(LOCAL, lemf_g_SNSSAI, "SNSSAI", true, MEM(1, "sliceServiceType", lemf_Int_0_255),
    OPT(2, "sliceDifferentiator", lemf_Octets_3_3),
    OPT(3, "mappedHPLMNSliceServiceType", lemf_Int_0_255),
    OPT(4, "mappedHPLMNSliceDifferentiator", lemf_Octets_3_3));
SEQ_OF(LOCAL, lemf_g_TAISliceSupportList, "TAISliceSupportList", 1, 0, lemf_g_SNSSAI);
SEQ(LOCAL, lemf_g_BroadcastPLMNItem, "BroadcastPLMNItem", true,
    MEM(1, "pLMNIdentity", lemf_g_PLMNID),
    MEM(2, "tAISliceSupportList", lemf_g_TAISliceSupportList),
    MEM(3, "nPNSupport", lemf_Utf8_11_11));
ENUM(LOCAL, lemf_g_RATInformation, "RATInformation", true, {1, "unlicensed"}, {2, "nBIoT"},
    {3, "nRLEO"}, {4, "nRMEO"}, {5, "nRGEO"}, {6, "nROTHERSAT"});
SEQ_OF(LOCAL, lemf_g_TAItem_broadcastPLMNList, "broadcastPLMNList", 1, 0, lemf_g_BroadcastPLMNItem);
SEQ(LOCAL, lemf_g_TAItem, "TAItem", true, MEM(1, "tAC", lemf_Octets_2_3),
    MEM(2, "broadcastPLMNList", lemf_g_TAItem_broadcastPLMNList),
    OPT(3, "rATinformation", lemf_g_RATInformation));
SEQ_OF(LOCAL, lemf_g_SupportedTAList, "SupportedTAList", 1, 0, lemf_g_TAItem);
SEQ(LOCAL, lemf_g_PLMNSupportItem, "PLMNSupportItem", true, MEM(1, "pLMNIdentity", lemf_g_PLMNID),
    OPT(2, "nPNSupport", lemf_Utf8_11_11), OPT(3, "onboardingSupport", lemf_Bool));
SEQ_OF(LOCAL, lemf_g_PLMNSupportList, "PLMNSupportList", 1, 0, lemf_g_PLMNSupportItem);
SEQ(LOCAL, lemf_g_NGInformation, "NGInformation", true,
    MEM(1, "globalRANNodeID", lemf_g_GlobalRANNodeID), OPT(2, "rANNodeName", lemf_g_RANNodeName),
    OPT(3, "supportedTAList", lemf_g_SupportedTAList),
    OPT(4, "extendedRANNodeName", lemf_g_RANNodeName),
    MEM(5, "pLMNSupportList", lemf_g_PLMNSupportList), OPT(6, "iABSupported", lemf_Bool));
SEQ(LOCAL, lemf_g_NCGI, "NCGI", true, MEM(1, "pLMNID", lemf_g_PLMNID),
    MEM(2, "nRCellID", lemf_Bits_36_36), OPT(3, "nID", lemf_Utf8_11_11));
SEQ(LOCAL, lemf_g_LAI, "LAI", true, MEM(1, "pLMNID", lemf_g_PLMNID),
    MEM(2, "lAC", lemf_Octets_2_2));
SEQ(LOCAL, lemf_g_CGI, "CGI", true, MEM(1, "lAI", lemf_g_LAI), MEM(2, "cellID", lemf_Octets_2_2));
CHOICE(LOCAL, lemf_g_RANCGI, "RANCGI", true, MEM(1, "eCGI", lemf_g_ECGI),
    MEM(2, "nCGI", lemf_g_NCGI), MEM(3, "cGI", lemf_g_CGI));
SEQ_OF(LOCAL, lemf_g_F1Information_gNBDUServedCells, "gNBDUServedCells", 1, 0, lemf_g_RANCGI);
SEQ(LOCAL, lemf_g_F1Information, "F1Information", true, MEM(1, "gNBDUID", lemf_Int_0_68719476735),
    OPT(2, "gNBDUName", lemf_Utf8), OPT(3, "gNBCUName", lemf_Utf8),
    MEM(4, "gNBDUServedCells", lemf_g_F1Information_gNBDUServedCells),
    OPT(5, "extendedGNBDUName", lemf_Utf8), OPT(6, "extendedGNBCUName", lemf_Utf8));
SEQ_OF(LOCAL, lemf_g_CSGIDList, "CSGIDList", 1, 0, lemf_Integer);
SEQ_OF(LOCAL, lemf_g_TACList, "TACList", 0, 0, lemf_Octets_2_3);
SEQ_OF(LOCAL, lemf_g_PLMNList, "PLMNList", 1, 0, lemf_g_PLMNID);
SEQ(LOCAL, lemf_g_ConnectedENGNB, "ConnectedENGNB", true, MEM(1, "eNGNBID", lemf_Bits_22_32),
    MEM(2, "supportedTAList", lemf_g_TACList), MEM(3, "broadcastPLMN", lemf_g_PLMNList));
SEQ_OF(LOCAL, lemf_g_ConnectedENGNBList, "ConnectedENGNBList", 1, 0, lemf_g_ConnectedENGNB);
SEQ(LOCAL, lemf_g_MMEServedGUMMEI, "MMEServedGUMMEI", true,
    MEM(1, "servedPLMNs", lemf_g_PLMNSupportList));
SEQ_OF(LOCAL, lemf_g_MMEServedGUMMEIList, "MMEServedGUMMEIList", 1, 0, lemf_g_MMEServedGUMMEI);
SEQ(LOCAL, lemf_g_S1Information, "S1Information", true,
    MEM(1, "globalRANNodeID", lemf_g_GlobalRANNodeID), OPT(2, "rANNodeName", lemf_g_RANNodeName),
    OPT(3, "supportedTAList", lemf_g_SupportedTAList), OPT(4, "cSGIDList", lemf_g_CSGIDList),
    OPT(5, "connectedENGNBList", lemf_g_ConnectedENGNBList),
    MEM(6, "mMEServedGUMMEIList", lemf_g_MMEServedGUMMEIList), OPT(7, "iABSupported", lemf_Bool));
CHOICE(LOCAL, lemf_g_CellRadioRelatedInformation, "CellRadioRelatedInformation", true,
    MEM(1, "nGInformation", lemf_g_NGInformation), MEM(2, "f1Information", lemf_g_F1Information),
    MEM(3, "s1Information", lemf_g_S1Information));
SEQ_OF(LOCAL, lemf_g_EUTRALocation_cellRadioRelatedInformation, "cellRadioRelatedInformation", 0, 0,
    lemf_g_CellRadioRelatedInformation);
SEQ(LOCAL, lemf_g_EUTRALocation, "EUTRALocation", true, MEM(1, "tAI", lemf_g_TAI),
    MEM(2, "eCGI", lemf_g_ECGI), OPT(3, "ageOfLocationInfo", lemf_Int_0_32767),
    OPT(4, "uELocationTimestamp", lemf_Time), OPT(5, "geographicalInformation", lemf_Utf8),
    OPT(6, "geodeticInformation", lemf_Utf8), OPT(7, "globalNGENbID", lemf_g_GlobalRANNodeID),
    OPT(8, "cellSiteInformation", lemf_g_CellSiteInformation),
    OPT(9, "globalENbID", lemf_g_GlobalRANNodeID), OPT(10, "ignoreTAI", lemf_Bool),
    OPT(11, "ignoreECGI", lemf_Bool),
    OPT(12, "cellRadioRelatedInformation", lemf_g_EUTRALocation_cellRadioRelatedInformation));
SEQ_OF(LOCAL, lemf_g_NRNTNTAIInfo_tACListNRNTN, "tACListNRNTN", 1, 0, lemf_Octets_2_3);
SEQ(LOCAL, lemf_g_NRNTNTAIInfo, "NRNTNTAIInfo", true, MEM(1, "servingPLMN", lemf_g_PLMNID),
    MEM(2, "tACListNRNTN", lemf_g_NRNTNTAIInfo_tACListNRNTN),
    OPT(3, "uELocationDerivedNTNTAC", lemf_Octets_2_3));
SEQ(LOCAL, lemf_g_IABMTUserLocation, "IABMTUserLocation", true, MEM(1, "nRCGI", lemf_g_NCGI),
    OPT(2, "tAI", lemf_g_TAI));
SEQ_OF(LOCAL, lemf_g_NRLocation_cellRadioRelatedInformation, "cellRadioRelatedInformation", 0, 0,
    lemf_g_CellRadioRelatedInformation);
SEQ(LOCAL, lemf_g_NRLocation, "NRLocation", true, MEM(1, "tAI", lemf_g_TAI),
    MEM(2, "nCGI", lemf_g_NCGI), OPT(3, "ageOfLocationInfo", lemf_Int_0_32767),
    OPT(4, "uELocationTimestamp", lemf_Time), OPT(5, "geographicalInformation", lemf_Utf8),
    OPT(6, "geodeticInformation", lemf_Utf8), OPT(7, "globalGNbID", lemf_g_GlobalRANNodeID),
    OPT(8, "cellSiteInformation", lemf_g_CellSiteInformation), OPT(9, "ignoreNCGI", lemf_Bool),
    OPT(10, "nRNTNTAIInfo", lemf_g_NRNTNTAIInfo),
    OPT(11, "iABMTUserLocation", lemf_g_IABMTUserLocation),
    OPT(12, "cellRadioRelatedInformation", lemf_g_NRLocation_cellRadioRelatedInformation));
SEQ(LOCAL, lemf_g_IPAddr, "IPAddr", true, OPT(1, "iPv4Addr", lemf_Octets_4_4),
    OPT(2, "iPv6Addr", lemf_Octets_16_16));
SEQ(LOCAL, lemf_g_TNAPID, "TNAPID", true, OPT(1, "sSID", lemf_Utf8), OPT(2, "bSSID", lemf_Utf8),
    OPT(3, "civicAddress", lemf_Octets));
SEQ(LOCAL, lemf_g_TWAPID, "TWAPID", true, OPT(1, "sSID", lemf_Utf8), OPT(2, "bSSID", lemf_Utf8),
    OPT(3, "civicAddress", lemf_Octets));
ENUM(LOCAL, lemf_g_W5GBANLineType, "W5GBANLineType", true, {1, "dSL"}, {2, "pON"});
ENUM(LOCAL, lemf_g_TransportProtocol, "TransportProtocol", true, {1, "uDP"}, {2, "tCP"});
SEQ(LOCAL, lemf_g_N3GALocation, "N3GALocation", true, OPT(1, "tAI", lemf_g_TAI),
    OPT(2, "n3IWFID", lemf_Bits_16_16), OPT(3, "uEIPAddr", lemf_g_IPAddr),
    OPT(4, "portNumber", lemf_Integer), OPT(5, "tNAPID", lemf_g_TNAPID),
    OPT(6, "tWAPID", lemf_g_TWAPID), OPT(7, "hFCNodeID", lemf_Utf8),
    OPT(8, "gLI", lemf_Octets_0_150), OPT(9, "w5GBANLineType", lemf_g_W5GBANLineType),
    OPT(10, "gCI", lemf_Utf8), OPT(11, "ageOfLocationInfo", lemf_Int_0_32767),
    OPT(12, "uELocationTimestamp", lemf_Time), OPT(13, "protocol", lemf_g_TransportProtocol));
SEQ(LOCAL, lemf_g_SAI, "SAI", true, MEM(1, "pLMNID", lemf_g_PLMNID), MEM(2, "lAC", lemf_Octets_2_2),
    MEM(3, "sAC", lemf_Octets_2_2));
SEQ(LOCAL, lemf_g_RAI, "RAI", true, MEM(1, "pLMNID", lemf_g_PLMNID), MEM(2, "lAC", lemf_Octets_2_2),
    MEM(3, "rAC", lemf_Octets_2_2));
SEQ(LOCAL, lemf_g_UTRALocation, "UTRALocation", true, OPT(1, "cGI", lemf_g_CGI),
    OPT(2, "sAI", lemf_g_SAI), OPT(3, "lAI", lemf_g_LAI), OPT(4, "rAI", lemf_g_RAI),
    OPT(5, "ageOfLocationInfo", lemf_Integer), OPT(6, "uELocationTimestamp", lemf_Time),
    OPT(7, "geographicalInformation", lemf_Utf8), OPT(8, "geodeticInformation", lemf_Utf8),
    OPT(9, "cellSiteInformation", lemf_g_CellSiteInformation));
SEQ(LOCAL, lemf_g_GERALocation, "GERALocation", true, OPT(1, "locationNumber", lemf_Numeric_1_15),
    OPT(2, "cGI", lemf_g_CGI), OPT(3, "rAI", lemf_g_RAI), OPT(4, "sAI", lemf_g_SAI),
    OPT(5, "lAI", lemf_g_LAI), OPT(6, "vLRNumber", lemf_Utf8), OPT(7, "mSCNumber", lemf_Utf8),
    OPT(8, "ageOfLocationInfo", lemf_Integer), OPT(9, "uELocationTimestamp", lemf_Time),
    OPT(10, "geographicalInformation", lemf_Utf8), OPT(11, "geodeticInformation", lemf_Utf8),
    OPT(12, "cellSiteInformation", lemf_g_CellSiteInformation));
SEQ(SHARED, lemf_g_UserLocation, "UserLocation", true,
    OPT(1, "eUTRALocation", lemf_g_EUTRALocation), OPT(2, "nRLocation", lemf_g_NRLocation),
    OPT(3, "n3GALocation", lemf_g_N3GALocation), OPT(4, "uTRALocation", lemf_g_UTRALocation),
    OPT(5, "gERALocation", lemf_g_GERALocation));
CHOICE(LOCAL, lemf_g_SUPI, "SUPI", true, MEM(1, "iMSI", lemf_Numeric_6_15),
    MEM(2, "nAI", lemf_Utf8));
CHOICE(LOCAL, lemf_g_PEI, "PEI", true, MEM(1, "iMEI", lemf_Numeric_14_14),
    MEM(2, "iMEISV", lemf_Numeric_16_16), MEM(3, "mACAddress", lemf_Octets_6_6),
    MEM(4, "eUI64", lemf_Octets_8_8));
CHOICE(LOCAL, lemf_g_GPSI, "GPSI", true, MEM(1, "mSISDN", lemf_Numeric_1_15),
    MEM(2, "nAI", lemf_Utf8));
SEQ(LOCAL, lemf_g_FTEID, "FTEID", true, MEM(1, "tEID", lemf_Int_0_4294967295),
    OPT(2, "iPv4Address", lemf_Octets_4_4), OPT(3, "iPv6Address", lemf_Octets_16_16));
ENUM(LOCAL, lemf_g_PDUSessionType, "PDUSessionType", true, {1, "iPv4"}, {2, "iPv6"}, {3, "iPv4v6"},
    {4, "unstructured"}, {5, "ethernet"});
CHOICE(LOCAL, lemf_g_UEEndpointAddress, "UEEndpointAddress", true,
    MEM(1, "iPv4Address", lemf_Octets_4_4), MEM(2, "iPv6Address", lemf_Octets_16_16),
    MEM(3, "ethernetAddress", lemf_Octets_6_6));
SEQ(LOCAL, lemf_g_AMFID, "AMFID", true, MEM(1, "aMFRegionID", lemf_Int_0_255),
    MEM(2, "aMFSetID", lemf_Int_0_1023), MEM(3, "aMFPointer", lemf_Int_0_63));
ENUM(LOCAL, lemf_g_FiveGSMRequestType, "FiveGSMRequestType", true, {1, "initialRequest"},
    {2, "existingPDUSession"}, {3, "initialEmergencyRequest"}, {4, "existingEmergencyPDUSession"},
    {5, "modificationRequest"}, {6, "reserved"}, {7, "mAPDURequest"});
ENUM(LOCAL, lemf_g_AccessType, "AccessType", true, {1, "threeGPPAccess"}, {2, "nonThreeGPPAccess"},
    {3, "threeGPPandNonThreeGPPAccess"});
ENUM(LOCAL, lemf_g_RATType, "RATType", true, {1, "nR"}, {2, "eUTRA"}, {3, "wLAN"}, {4, "virtual"},
    {5, "nBIOT"}, {6, "wireline"}, {7, "wirelineCable"}, {8, "wirelineBBF"}, {9, "lTEM"},
    {10, "nRU"}, {11, "eUTRAU"}, {12, "trustedN3GA"}, {13, "trustedWLAN"}, {14, "uTRA"},
    {15, "gERA"}, {16, "nRLEO"}, {17, "nRMEO"}, {18, "nRGEO"}, {19, "nROTHERSAT"}, {20, "nRREDCAP"},
    {21, "wBEUTRANLEO"}, {22, "wBEUTRANMEO"}, {23, "wBEUTRANGEO"}, {24, "wBEUTRANOTHERSAT"},
    {25, "nBIOTLEO"}, {26, "nBIOTMEO"}, {27, "nBIOTGEO"}, {28, "nBIOTOTHERSAT"}, {29, "lTEMLEO"},
    {30, "lTEMMEO"}, {31, "lTEMGEO"}, {32, "lTEMOTHERSAT"}, {33, "nREREDCAP"});
SEQ(LOCAL, lemf_g_SMFServingNetwork, "SMFServingNetwork", true, MEM(1, "pLMNID", lemf_g_PLMNID),
    OPT(2, "nID", lemf_Utf8_11_11));
ENUM(LOCAL, lemf_g_HandoverState, "HandoverState", true, {1, "none"}, {2, "preparing"},
    {3, "prepared"}, {4, "completed"}, {5, "cancelled"});
SEQ_OF(LOCAL, lemf_g_FTEIDList, "FTEIDList", 0, 0, lemf_g_FTEID);
SEQ(LOCAL, lemf_g_QOSFlowProfile, "QOSFlowProfile", true, MEM(1, "fiveQI", lemf_Int_0_255));
SEQ(LOCAL, lemf_g_QOSFlowList, "QOSFlowList", true, MEM(1, "qFI", lemf_Int_0_63),
    OPT(2, "qOSRules", lemf_Octets), OPT(3, "eBI", lemf_Int_0_255),
    OPT(4, "qOSFlowDescription", lemf_Octets), OPT(5, "qOSFlowProfile", lemf_g_QOSFlowProfile),
    OPT(6, "associatedANType", lemf_g_AccessType), OPT(7, "defaultQOSRuleIndication", lemf_Bool));
SEQ_OF(LOCAL, lemf_g_QOSFlowLists, "QOSFlowLists", 0, 0, lemf_g_QOSFlowList);
SEQ(LOCAL, lemf_g_QOSFlowTunnelInformation, "QOSFlowTunnelInformation", true,
    MEM(1, "uPTunnelInformation", lemf_g_FTEID),
    MEM(2, "associatedQOSFlowList", lemf_g_QOSFlowLists));
SEQ_OF(LOCAL, lemf_g_QOSFlowTunnelInformationList, "QOSFlowTunnelInformationList", 0, 0,
    lemf_g_QOSFlowTunnelInformation);
SEQ(LOCAL, lemf_g_DLRANTunnelInformation, "DLRANTunnelInformation", true,
    OPT(1, "dLQOSFlowTunnelInformation", lemf_g_QOSFlowTunnelInformation),
    OPT(2, "additionalDLQOSFlowTunnelInformation", lemf_g_QOSFlowTunnelInformationList),
    OPT(3, "redundantDLQOSFlowTunnelInformation", lemf_g_QOSFlowTunnelInformationList),
    OPT(4, "additionalredundantDLQOSFlowTunnelInformation", lemf_g_QOSFlowTunnelInformationList));
SEQ(LOCAL, lemf_g_FiveGSGTPTunnels, "FiveGSGTPTunnels", true,
    OPT(1, "uLNGUUPTunnelInformation", lemf_g_FTEID),
    OPT(2, "additionalULNGUUPTunnelInformation", lemf_g_FTEIDList),
    OPT(3, "dLRANTunnelInformation", lemf_g_DLRANTunnelInformation));
SEQ(LOCAL, lemf_g_EPSGTPTunnels, "EPSGTPTunnels", true,
    OPT(1, "controlPlaneSenderFTEID", lemf_g_FTEID),
    OPT(2, "controlPlanePGWS5S8FTEID", lemf_g_FTEID), OPT(3, "s1UeNodeBFTEID", lemf_g_FTEID),
    OPT(4, "s5S8SGWFTEID", lemf_g_FTEID), OPT(5, "s5S8PGWFTEID", lemf_g_FTEID),
    OPT(6, "s2bUePDGFTEID", lemf_g_FTEID), OPT(7, "s2aUePDGFTEID", lemf_g_FTEID));
SEQ(LOCAL, lemf_g_GTPTunnelInfo, "GTPTunnelInfo", true,
    OPT(1, "fiveGSGTPTunnels", lemf_g_FiveGSGTPTunnels),
    OPT(2, "ePSGTPTunnels", lemf_g_EPSGTPTunnels));
SEQ_OF(LOCAL, lemf_g_SMFPDUSessionEstablishment_uEEndpoint, "uEEndpoint", 0, 0,
    lemf_g_UEEndpointAddress);
SEQ(LOCAL, lemf_g_SMFPDUSessionEstablishment, "SMFPDUSessionEstablishment", true,
    OPT(1, "sUPI", lemf_g_SUPI), OPT(2, "sUPIUnauthenticated", lemf_Bool),
    OPT(3, "pEI", lemf_g_PEI), OPT(4, "gPSI", lemf_g_GPSI), MEM(5, "pDUSessionID", lemf_Int_0_255),
    MEM(6, "gTPTunnelID", lemf_g_FTEID), MEM(7, "pDUSessionType", lemf_g_PDUSessionType),
    OPT(8, "sNSSAI", lemf_g_SNSSAI),
    OPT(9, "uEEndpoint", lemf_g_SMFPDUSessionEstablishment_uEEndpoint),
    OPT(10, "non3GPPAccessEndpoint", lemf_g_UEEndpointAddress), OPT(11, "location", lemf_Any),
    MEM(12, "dNN", lemf_Utf8), OPT(13, "aMFID", lemf_g_AMFID), OPT(14, "hSMFURI", lemf_Utf8),
    MEM(15, "requestType", lemf_g_FiveGSMRequestType), OPT(16, "accessType", lemf_g_AccessType),
    OPT(17, "rATType", lemf_g_RATType), OPT(18, "sMPDUDNRequest", lemf_Octets),
    OPT(19, "uEEPSPDNConnection", lemf_Octets), OPT(20, "ePS5GSComboInfo", lemf_Any),
    OPT(21, "selectedDNN", lemf_Utf8), OPT(22, "servingNetwork", lemf_g_SMFServingNetwork),
    OPT(23, "oldPDUSessionID", lemf_Int_0_255), OPT(24, "handoverState", lemf_g_HandoverState),
    OPT(25, "gTPTunnelInfo", lemf_g_GTPTunnelInfo), OPT(26, "pCCRules", lemf_Any),
    OPT(27, "ePSPDNConnectionEstablishment", lemf_Any),
    OPT(28, "satelliteBackhaulCategory", lemf_Any), OPT(29, "gEOSatelliteID", lemf_Utf8));
SEQ(LOCAL, lemf_g_SMFPDUSessionModification, "SMFPDUSessionModification", true,
    OPT(1, "sUPI", lemf_g_SUPI), OPT(2, "sUPIUnauthenticated", lemf_Bool),
    OPT(3, "pEI", lemf_g_PEI), OPT(4, "gPSI", lemf_g_GPSI), OPT(5, "sNSSAI", lemf_g_SNSSAI),
    OPT(6, "non3GPPAccessEndpoint", lemf_g_UEEndpointAddress), OPT(7, "location", lemf_Any),
    MEM(8, "requestType", lemf_g_FiveGSMRequestType), OPT(9, "accessType", lemf_g_AccessType),
    OPT(10, "rATType", lemf_g_RATType), OPT(11, "pDUSessionID", lemf_Int_0_255),
    OPT(12, "ePS5GSComboInfo", lemf_Any), OPT(13, "uEEndpoint", lemf_g_UEEndpointAddress),
    OPT(14, "servingNetwork", lemf_g_SMFServingNetwork),
    OPT(15, "handoverState", lemf_g_HandoverState), OPT(16, "gTPTunnelInfo", lemf_g_GTPTunnelInfo),
    OPT(17, "pCCRules", lemf_Any), OPT(18, "ePSPDNConnectionModification", lemf_Any),
    OPT(19, "uPPathChange", lemf_Any), OPT(20, "pFDDataForApp", lemf_Any),
    OPT(21, "satelliteBackhaulCategory", lemf_Any), OPT(22, "gEOSatelliteID", lemf_Utf8),
    OPT(23, "proSeRemoteUEsReport", lemf_Any));
SEQ(LOCAL, lemf_g_NGAPCauseInt, "NGAPCauseInt", true, MEM(1, "group", lemf_Integer),
    MEM(2, "value", lemf_Integer));
SEQ(LOCAL, lemf_g_SMFPDUSessionRelease, "SMFPDUSessionRelease", true, MEM(1, "sUPI", lemf_g_SUPI),
    OPT(2, "pEI", lemf_g_PEI), OPT(3, "gPSI", lemf_g_GPSI), MEM(4, "pDUSessionID", lemf_Int_0_255),
    OPT(5, "timeOfFirstPacket", lemf_Time), OPT(6, "timeOfLastPacket", lemf_Time),
    OPT(7, "uplinkVolume", lemf_Integer), OPT(8, "downlinkVolume", lemf_Integer),
    OPT(9, "location", lemf_Any), OPT(10, "cause", lemf_Utf8), OPT(11, "ePS5GSComboInfo", lemf_Any),
    OPT(12, "nGAPCause", lemf_g_NGAPCauseInt), OPT(13, "fiveGMMCause", lemf_Int_0_255),
    OPT(14, "pCCRuleIDs", lemf_Any), OPT(15, "ePSPDNConnectionRelease", lemf_Any));
SEQ_OF(LOCAL, lemf_g_SMFStartOfInterceptionWithEstablishedPDUSession_uEEndpoint, "uEEndpoint", 0, 0,
    lemf_g_UEEndpointAddress);
SEQ(LOCAL, lemf_g_SMFStartOfInterceptionWithEstablishedPDUSession,
    "SMFStartOfInterceptionWithEstablishedPDUSession", true, OPT(1, "sUPI", lemf_g_SUPI),
    OPT(2, "sUPIUnauthenticated", lemf_Bool), OPT(3, "pEI", lemf_g_PEI),
    OPT(4, "gPSI", lemf_g_GPSI), MEM(5, "pDUSessionID", lemf_Int_0_255),
    MEM(6, "gTPTunnelID", lemf_g_FTEID), MEM(7, "pDUSessionType", lemf_g_PDUSessionType),
    OPT(8, "sNSSAI", lemf_g_SNSSAI),
    MEM(9, "uEEndpoint", lemf_g_SMFStartOfInterceptionWithEstablishedPDUSession_uEEndpoint),
    OPT(10, "non3GPPAccessEndpoint", lemf_g_UEEndpointAddress), OPT(11, "location", lemf_Any),
    MEM(12, "dNN", lemf_Utf8), OPT(13, "aMFID", lemf_g_AMFID), OPT(14, "hSMFURI", lemf_Utf8),
    MEM(15, "requestType", lemf_g_FiveGSMRequestType), OPT(16, "accessType", lemf_g_AccessType),
    OPT(17, "rATType", lemf_g_RATType), OPT(18, "sMPDUDNRequest", lemf_Octets),
    OPT(19, "timeOfSessionEstablishment", lemf_Time), OPT(20, "ePS5GSComboInfo", lemf_Any),
    OPT(21, "uEEPSPDNConnection", lemf_Octets), OPT(22, "servingNetwork", lemf_g_SMFServingNetwork),
    OPT(23, "gTPTunnelInfo", lemf_g_GTPTunnelInfo), OPT(24, "pCCRules", lemf_Any),
    OPT(25, "ePSStartOfInterceptionWithEstablishedPDNConnection", lemf_Any),
    OPT(26, "pFDDataForApps", lemf_Any), OPT(27, "satelliteBackhaulCategory", lemf_Any),
    OPT(28, "gEOSatelliteID", lemf_Utf8), OPT(29, "remoteUEsContextConnected", lemf_Any));
SEQ(LOCAL, lemf_g_SMSParty, "SMSParty", true, OPT(1, "sUPI", lemf_g_SUPI),
    OPT(2, "pEI", lemf_g_PEI), OPT(3, "gPSI", lemf_g_GPSI), OPT(4, "sMSAddress", lemf_Octets_2_12));
ENUM(LOCAL, lemf_g_Direction, "Direction", true, {1, "fromTarget"}, {2, "toTarget"});
ENUM(LOCAL, lemf_g_SMSTransferStatus, "SMSTransferStatus", true, {1, "transferSucceeded"},
    {2, "transferFailed"}, {3, "undefined"});
CHOICE(LOCAL, lemf_g_IPAddress, "IPAddress", true, MEM(1, "iPv4Address", lemf_Octets_4_4),
    MEM(2, "iPv6Address", lemf_Octets_16_16));
CHOICE(LOCAL, lemf_g_SMSNFAddress, "SMSNFAddress", true, MEM(1, "iPAddress", lemf_g_IPAddress),
    MEM(2, "e164Number", lemf_Numeric_1_15));
ENUM(LOCAL, lemf_g_SMSNFType, "SMSNFType", true, {1, "sMSGMSC"}, {2, "iWMSC"}, {3, "sMSRouter"});
CHOICE(LOCAL, lemf_g_SMSTPDUData, "SMSTPDUData", true, MEM(1, "sMSTPDU", lemf_Octets_1_270),
    MEM(2, "truncatedSMSTPDU", lemf_Octets_1_130), MEM(3, "redactedSMSTPDU", lemf_Octets_1_270),
    MEM(4, "threeGPP2SMSTPDU", lemf_Octets), MEM(5, "redacted3GPP2SMSTPDU", lemf_Octets));
ENUM(LOCAL, lemf_g_SMSMessageType, "SMSMessageType", true, {1, "deliver"}, {2, "deliverReportAck"},
    {3, "deliverReportError"}, {4, "statusReport"}, {5, "command"}, {6, "submit"},
    {7, "submitReportAck"}, {8, "submitReportError"}, {9, "reserved"});
SEQ(LOCAL, lemf_g_SMSMessage, "SMSMessage", true, MEM(1, "originatingSMSParty", lemf_g_SMSParty),
    MEM(2, "terminatingSMSParty", lemf_g_SMSParty), MEM(3, "direction", lemf_g_Direction),
    MEM(4, "linkTransferStatus", lemf_g_SMSTransferStatus), OPT(5, "otherMessage", lemf_Bool),
    OPT(6, "location", lemf_Any), OPT(7, "peerNFAddress", lemf_g_SMSNFAddress),
    OPT(8, "peerNFType", lemf_g_SMSNFType), OPT(9, "sMSTPDUData", lemf_g_SMSTPDUData),
    OPT(10, "messageType", lemf_g_SMSMessageType), OPT(11, "rPMessageReference", lemf_Int_0_255));
SEQ(LOCAL, lemf_g_PDHeaderReport, "PDHeaderReport", true, MEM(1, "pDUSessionID", lemf_Int_0_255),
    MEM(2, "sourceIPAddress", lemf_g_IPAddress), OPT(3, "sourcePort", lemf_Int_0_65535),
    MEM(4, "destinationIPAddress", lemf_g_IPAddress), OPT(5, "destinationPort", lemf_Int_0_65535),
    MEM(6, "nextLayerProtocol", lemf_Int_0_255), OPT(7, "iPv6flowLabel", lemf_Int_0_1048575),
    MEM(8, "direction", lemf_g_Direction), MEM(9, "packetSize", lemf_Integer));
ENUM(LOCAL, lemf_g_PDSRSummaryTrigger, "PDSRSummaryTrigger", true, {1, "timerExpiry"},
    {2, "packetCount"}, {3, "byteCount"}, {4, "startOfFlow"}, {5, "endOfFlow"});
SEQ(LOCAL, lemf_g_PDSummaryReport, "PDSummaryReport", true, MEM(1, "pDUSessionID", lemf_Int_0_255),
    MEM(2, "sourceIPAddress", lemf_g_IPAddress), OPT(3, "sourcePort", lemf_Int_0_65535),
    MEM(4, "destinationIPAddress", lemf_g_IPAddress), OPT(5, "destinationPort", lemf_Int_0_65535),
    MEM(6, "nextLayerProtocol", lemf_Int_0_255), OPT(7, "iPv6flowLabel", lemf_Int_0_1048575),
    MEM(8, "direction", lemf_g_Direction), MEM(9, "pDSRSummaryTrigger", lemf_g_PDSRSummaryTrigger),
    MEM(10, "firstPacketTimestamp", lemf_Time), MEM(11, "lastPacketTimestamp", lemf_Time),
    MEM(12, "packetCount", lemf_Integer), MEM(13, "byteCount", lemf_Integer),
    MEM(14, "useSessionTrigger", lemf_Bool));
SEQ(LOCAL, lemf_g_CellInformation, "CellInformation", true, MEM(1, "rANCGI", lemf_g_RANCGI),
    OPT(2, "cellSiteinformation", lemf_g_CellSiteInformation), OPT(3, "timeOfLocation", lemf_Time),
    OPT(4, "cellRadioRelatedInformation", lemf_g_CellRadioRelatedInformation),
    OPT(5, "band", lemf_Utf8));
SEQ_OF(LOCAL, lemf_g_MDFCellSiteReport, "MDFCellSiteReport", 0, 0, lemf_g_CellInformation);
SEQ(LOCAL, lemf_g_SMSReport, "SMSReport", true, OPT(1, "location", lemf_Any),
    MEM(2, "sMSTPDUData", lemf_g_SMSTPDUData), MEM(3, "messageType", lemf_g_SMSMessageType),
    MEM(4, "rPMessageReference", lemf_Int_0_255));
SEQ(LOCAL, lemf_g_SIPMessage, "SIPMessage", true, MEM(1, "iPSourceAddress", lemf_g_IPAddress),
    MEM(2, "iPDestinationAddress", lemf_g_IPAddress), MEM(3, "sIPContent", lemf_Octets));
ENUM(LOCAL, lemf_g_PredefinedPayloadModification, "PredefinedPayloadModification", true,
    {1, "pANILocationRemoval"}, {2, "cNILocationRemoval"}, {3, "sIPGeolocationInfoRemoval"},
    {4, "presenceInformationLocationRemoval"}, {5, "tS33128SMSTPDURedaction"},
    {6, "tS33128TruncatedSMSTPDU"}, {7, "iMSTextContentRemoval"}, {8, "iMSSubjectContentRemoval"},
    {9, "rCSPresenceLocationRemoval"}, {10, "rCSCPIMLocationRemoval"},
    {11, "rCSTextContentRemoval"}, {12, "rCSSubjectContentRemoval"},
    {13, "rCSGeolocationPUSHContentRemoval"}, {14, "rCSFileURLContentRemoval"},
    {15, "threeGPP2SMSUserDataRedaction"});
CHOICE(LOCAL, lemf_g_MIMEPartIdentifier, "MIMEPartIdentifier", true, MEM(1, "index", lemf_Integer));
CHOICE(LOCAL, lemf_g_MIMEBody, "MIMEBody", true, MEM(1, "fullBody", lemf_Null),
    MEM(2, "bodyPart", lemf_g_MIMEPartIdentifier));
SEQ(LOCAL, lemf_g_IndexRange, "IndexRange", true, MEM(1, "start", lemf_Integer),
    MEM(2, "end", lemf_Integer));
CHOICE(LOCAL, lemf_g_ModificationLocation, "ModificationLocation", true,
    MEM(1, "jSONPointer", lemf_Utf8), MEM(2, "xPath", lemf_Utf8), MEM(3, "sIPHeader", lemf_Utf8),
    MEM(4, "sIPBody", lemf_Null), MEM(5, "mIMEHeader", lemf_Utf8),
    MEM(6, "mIMEBody", lemf_g_MIMEBody), MEM(7, "uTF8Location", lemf_g_IndexRange),
    MEM(8, "octetLocation", lemf_g_IndexRange), MEM(9, "aBNFRule", lemf_Utf8));
CHOICE(LOCAL, lemf_g_PayloadInformationRemoved, "PayloadInformationRemoved", true,
    MEM(1, "charactersRemoved", lemf_Integer), MEM(2, "octetsRemoved", lemf_Integer),
    MEM(3, "bitsRemoved", lemf_Integer));
SEQ(LOCAL, lemf_g_PayloadInformationReplacedWithCharacters,
    "PayloadInformationReplacedWithCharacters", true, MEM(1, "characters", lemf_Utf8));
CHOICE(LOCAL, lemf_g_ModificationType, "ModificationType", true,
    MEM(1, "removed", lemf_g_PayloadInformationRemoved),
    MEM(2, "replacedWithCharacters", lemf_g_PayloadInformationReplacedWithCharacters),
    MEM(3, "replacedWithOctets", lemf_Octets), MEM(4, "replacedWithBits", lemf_Bits));
SEQ(LOCAL, lemf_g_PayloadModificationDescription, "PayloadModificationDescription", true,
    MEM(1, "modificationLocation", lemf_g_ModificationLocation),
    MEM(2, "modificationType", lemf_g_ModificationType));
CHOICE(LOCAL, lemf_g_PayloadModification, "PayloadModification", true,
    MEM(1, "predefinedModification", lemf_g_PredefinedPayloadModification),
    MEM(2, "describedModification", lemf_g_PayloadModificationDescription));
SEQ_OF(LOCAL, lemf_g_PayloadModifications_modificationList, "modificationList", 0, 0,
    lemf_g_PayloadModification);
SEQ(LOCAL, lemf_g_PayloadModifications, "PayloadModifications", true,
    MEM(1, "modificationList", lemf_g_PayloadModifications_modificationList));
SEQ(LOCAL, lemf_g_ModifiedSIPMessage, "ModifiedSIPMessage", true,
    MEM(1, "modifiedSIPContent", lemf_g_SIPMessage),
    MEM(2, "modifications", lemf_g_PayloadModifications));
CHOICE(LOCAL, lemf_g_IMSPayload, "IMSPayload", true,
    MEM(1, "encapsulatedSIPMessage", lemf_g_SIPMessage),
    MEM(2, "modifiedSIPMessage", lemf_g_ModifiedSIPMessage));
ENUM(LOCAL, lemf_g_SessionDirection, "SessionDirection", true, {1, "fromTarget"}, {2, "toTarget"},
    {3, "combined"}, {4, "indeterminate"});
ENUM(LOCAL, lemf_g_VoIPRoamingIndication, "VoIPRoamingIndication", true, {1, "roamingLBO"},
    {2, "roamingS8HR"}, {3, "roamingN9HR"});
SEQ(LOCAL, lemf_g_SIPAccessNetworkInformation, "SIPAccessNetworkInformation", true,
    MEM(1, "accessNetworkInfo", lemf_Utf8), OPT(2, "servingPLMN", lemf_g_PLMNID));
SEQ(LOCAL, lemf_g_SIPCellularNetworkInformation, "SIPCellularNetworkInformation", true,
    MEM(1, "cellularNetworkInfo", lemf_Utf8), OPT(2, "servingPLMN", lemf_g_PLMNID));
ENUM(LOCAL, lemf_g_PartyIndication, "PartyIndication", true, {1, "callingParty"},
    {2, "calledParty"});
CHOICE(LOCAL, lemf_g_IMPU, "IMPU", true, MEM(1, "sIPURI", lemf_Utf8), MEM(2, "tELURI", lemf_Utf8));
CHOICE(LOCAL, lemf_g_IMSSubscriberIDs, "IMSSubscriberIDs", true, MEM(1, "iMPI", lemf_Utf8),
    MEM(2, "iMPU", lemf_g_IMPU));
CHOICE(LOCAL, lemf_g_TranslationInput, "TranslationInput", true,
    MEM(1, "iMSIdentities", lemf_g_IMSSubscriberIDs));
SEQ(LOCAL, lemf_g_NumberTranslation, "NumberTranslation", true,
    MEM(1, "partyIndication", lemf_g_PartyIndication),
    MEM(2, "translationInput", lemf_g_TranslationInput));
SEQ_OF(LOCAL, lemf_g_IMSMessage_accessNetworkInformation, "accessNetworkInformation", 0, 0,
    lemf_g_SIPAccessNetworkInformation);
SEQ_OF(LOCAL, lemf_g_IMSMessage_cellularNetworkInformation, "cellularNetworkInformation", 0, 0,
    lemf_g_SIPCellularNetworkInformation);
SEQ_OF(LOCAL, lemf_g_IMSMessage_numberTranslationInformation, "numberTranslationInformation", 0, 0,
    lemf_g_NumberTranslation);
SEQ(LOCAL, lemf_g_IMSMessage, "IMSMessage", true, MEM(1, "payload", lemf_g_IMSPayload),
    MEM(2, "sessionDirection", lemf_g_SessionDirection),
    OPT(3, "voIPRoamingIndication", lemf_g_VoIPRoamingIndication), OPT(6, "location", lemf_Any),
    OPT(7, "accessNetworkInformation", lemf_g_IMSMessage_accessNetworkInformation),
    OPT(8, "cellularNetworkInformation", lemf_g_IMSMessage_cellularNetworkInformation),
    OPT(9, "numberTranslationInformation", lemf_g_IMSMessage_numberTranslationInformation));
SEQ_OF(LOCAL, lemf_g_StartOfInterceptionForActiveIMSSession_originatingId, "originatingId", 0, 0,
    lemf_g_IMPU);
SEQ_OF(LOCAL, lemf_g_StartOfInterceptionForActiveIMSSession_sDPState, "sDPState", 0, 0,
    lemf_Octets);
SEQ_OF(LOCAL, lemf_g_StartOfInterceptionForActiveIMSSession_accessNetworkInformation,
    "accessNetworkInformation", 0, 0, lemf_g_SIPAccessNetworkInformation);
SEQ_OF(LOCAL, lemf_g_StartOfInterceptionForActiveIMSSession_cellularNetworkInformation,
    "cellularNetworkInformation", 0, 0, lemf_g_SIPCellularNetworkInformation);
SEQ(LOCAL, lemf_g_StartOfInterceptionForActiveIMSSession, "StartOfInterceptionForActiveIMSSession",
    true, MEM(1, "originatingId", lemf_g_StartOfInterceptionForActiveIMSSession_originatingId),
    MEM(2, "terminatingId", lemf_g_IMPU),
    OPT(3, "sDPState", lemf_g_StartOfInterceptionForActiveIMSSession_sDPState),
    OPT(4, "diversionIdentity", lemf_g_IMPU),
    OPT(5, "voIPRoamingIndication", lemf_g_VoIPRoamingIndication), OPT(7, "location", lemf_Any),
    OPT(8, "accessNetworkInformation", lemf_g_StartOfInterceptionForActiveIMSSession_accessNetworkInformation),
    OPT(9, "cellularNetworkInformation", lemf_g_StartOfInterceptionForActiveIMSSession_cellularNetworkInformation));
SEQ(LOCAL, lemf_g_IMSCCUnavailable, "IMSCCUnavailable", true,
    MEM(1, "cCUnavailableReason", lemf_Utf8), OPT(2, "sDPState", lemf_Octets));
CHOICE(SHARED, lemf_g_IRIEvent, "IRIEvent", true, MEM(1, "registration", lemf_Any),
    MEM(2, "deregistration", lemf_Any), MEM(3, "locationUpdate", lemf_Any),
    MEM(4, "startOfInterceptionWithRegisteredUE", lemf_Any),
    MEM(5, "unsuccessfulAMProcedure", lemf_Any),
    MEM(6, "pDUSessionEstablishment", lemf_g_SMFPDUSessionEstablishment),
    MEM(7, "pDUSessionModification", lemf_g_SMFPDUSessionModification),
    MEM(8, "pDUSessionRelease", lemf_g_SMFPDUSessionRelease),
    MEM(9, "startOfInterceptionWithEstablishedPDUSession", lemf_g_SMFStartOfInterceptionWithEstablishedPDUSession),
    MEM(10, "unsuccessfulSMProcedure", lemf_Any), MEM(11, "servingSystemMessage", lemf_Any),
    MEM(12, "sMSMessage", lemf_g_SMSMessage), MEM(13, "lALSReport", lemf_Any),
    MEM(14, "pDHeaderReport", lemf_g_PDHeaderReport),
    MEM(15, "pDSummaryReport", lemf_g_PDSummaryReport),
    MEM(16, "mDFCellSiteReport", lemf_g_MDFCellSiteReport), MEM(17, "mMSSend", lemf_Any),
    MEM(18, "mMSSendByNonLocalTarget", lemf_Any), MEM(19, "mMSNotification", lemf_Any),
    MEM(20, "mMSSendToNonLocalTarget", lemf_Any), MEM(21, "mMSNotificationResponse", lemf_Any),
    MEM(22, "mMSRetrieval", lemf_Any), MEM(23, "mMSDeliveryAck", lemf_Any),
    MEM(24, "mMSForward", lemf_Any), MEM(25, "mMSDeleteFromRelay", lemf_Any),
    MEM(26, "mMSDeliveryReport", lemf_Any), MEM(27, "mMSDeliveryReportNonLocalTarget", lemf_Any),
    MEM(28, "mMSReadReport", lemf_Any), MEM(29, "mMSReadReportNonLocalTarget", lemf_Any),
    MEM(30, "mMSCancel", lemf_Any), MEM(31, "mMSMBoxStore", lemf_Any),
    MEM(32, "mMSMBoxUpload", lemf_Any), MEM(33, "mMSMBoxDelete", lemf_Any),
    MEM(34, "mMSMBoxViewRequest", lemf_Any), MEM(35, "mMSMBoxViewResponse", lemf_Any),
    MEM(36, "pTCRegistration", lemf_Any), MEM(37, "pTCSessionInitiation", lemf_Any),
    MEM(38, "pTCSessionAbandon", lemf_Any), MEM(39, "pTCSessionStart", lemf_Any),
    MEM(40, "pTCSessionEnd", lemf_Any), MEM(41, "pTCStartOfInterception", lemf_Any),
    MEM(42, "pTCPreEstablishedSession", lemf_Any), MEM(43, "pTCInstantPersonalAlert", lemf_Any),
    MEM(44, "pTCPartyJoin", lemf_Any), MEM(45, "pTCPartyDrop", lemf_Any),
    MEM(46, "pTCPartyHold", lemf_Any), MEM(47, "pTCMediaModification", lemf_Any),
    MEM(48, "pTCGroupAdvertisement", lemf_Any), MEM(49, "pTCFloorControl", lemf_Any),
    MEM(50, "pTCTargetPresence", lemf_Any), MEM(51, "pTCParticipantPresence", lemf_Any),
    MEM(52, "pTCListManagement", lemf_Any), MEM(53, "pTCAccessPolicy", lemf_Any),
    MEM(54, "subscriberRecordChangeMessage", lemf_Any), MEM(55, "cancelLocationMessage", lemf_Any),
    MEM(56, "sMSReport", lemf_g_SMSReport), MEM(57, "sMFMAPDUSessionEstablishment", lemf_Any),
    MEM(58, "sMFMAPDUSessionModification", lemf_Any), MEM(59, "sMFMAPDUSessionRelease", lemf_Any),
    MEM(60, "startOfInterceptionWithEstablishedMAPDUSession", lemf_Any),
    MEM(61, "unsuccessfulMASMProcedure", lemf_Any), MEM(62, "aMFIdentifierAssociation", lemf_Any),
    MEM(63, "mMEIdentifierAssociation", lemf_Any),
    MEM(64, "sMFPDUtoMAPDUSessionModification", lemf_Any),
    MEM(65, "nEFPDUSessionEstablishment", lemf_Any), MEM(66, "nEFPDUSessionModification", lemf_Any),
    MEM(67, "nEFPDUSessionRelease", lemf_Any), MEM(68, "nEFUnsuccessfulProcedure", lemf_Any),
    MEM(69, "nEFStartOfInterceptionWithEstablishedPDUSession", lemf_Any),
    MEM(70, "nEFdeviceTrigger", lemf_Any), MEM(71, "nEFdeviceTriggerReplace", lemf_Any),
    MEM(72, "nEFdeviceTriggerCancellation", lemf_Any),
    MEM(73, "nEFdeviceTriggerReportNotify", lemf_Any), MEM(74, "nEFMSISDNLessMOSMS", lemf_Any),
    MEM(75, "nEFExpectedUEBehaviourUpdate", lemf_Any),
    MEM(76, "sCEFPDNConnectionEstablishment", lemf_Any),
    MEM(77, "sCEFPDNConnectionUpdate", lemf_Any), MEM(78, "sCEFPDNConnectionRelease", lemf_Any),
    MEM(79, "sCEFUnsuccessfulProcedure", lemf_Any),
    MEM(80, "sCEFStartOfInterceptionWithEstablishedPDNConnection", lemf_Any),
    MEM(81, "sCEFdeviceTrigger", lemf_Any), MEM(82, "sCEFdeviceTriggerReplace", lemf_Any),
    MEM(83, "sCEFdeviceTriggerCancellation", lemf_Any),
    MEM(84, "sCEFdeviceTriggerReportNotify", lemf_Any), MEM(85, "sCEFMSISDNLessMOSMS", lemf_Any),
    MEM(86, "sCEFCommunicationPatternUpdate", lemf_Any), MEM(87, "mMEAttach", lemf_Any),
    MEM(88, "mMEDetach", lemf_Any), MEM(89, "mMELocationUpdate", lemf_Any),
    MEM(90, "mMEStartOfInterceptionWithEPSAttachedUE", lemf_Any),
    MEM(91, "mMEUnsuccessfulProcedure", lemf_Any), MEM(92, "aAnFAnchorKeyRegister", lemf_Any),
    MEM(93, "aAnFKAKMAApplicationKeyGet", lemf_Any),
    MEM(94, "aAnFStartOfInterceptWithEstablishedAKMAKeyMaterial", lemf_Any),
    MEM(95, "aAnFAKMAContextRemovalRecord", lemf_Any),
    MEM(96, "aFAKMAApplicationKeyRefresh", lemf_Any),
    MEM(97, "aFStartOfInterceptWithEstablishedAKMAApplicationKey", lemf_Any),
    MEM(98, "aFAuxiliarySecurityParameterEstablishment", lemf_Any),
    MEM(99, "aFApplicationKeyRemoval", lemf_Any), MEM(102, "separatedLocationReporting", lemf_Any),
    MEM(103, "sTIRSHAKENSignatureGeneration", lemf_Any),
    MEM(104, "sTIRSHAKENSignatureValidation", lemf_Any), MEM(105, "iMSMessage", lemf_g_IMSMessage),
    MEM(106, "startOfInterceptionForActiveIMSSession", lemf_g_StartOfInterceptionForActiveIMSSession),
    MEM(107, "iMSCCUnavailable", lemf_g_IMSCCUnavailable),
    MEM(108, "uDMLocationInformationResult", lemf_Any),
    MEM(109, "uDMUEInformationResponse", lemf_Any),
    MEM(110, "uDMUEAuthenticationResponse", lemf_Any),
    MEM(111, "positioningInfoTransfer", lemf_Any), MEM(112, "mMEPositioningInfoTransfer", lemf_Any),
    MEM(113, "aMFRANHandoverCommand", lemf_Any), MEM(114, "aMFRANHandoverRequest", lemf_Any),
    MEM(115, "eESEECRegistration", lemf_Any), MEM(116, "eESEASDiscovery", lemf_Any),
    MEM(117, "eESEASDiscoverySubscription", lemf_Any),
    MEM(118, "eESEASDiscoveryNotification", lemf_Any),
    MEM(119, "eESAppContextRelocation", lemf_Any), MEM(120, "eESACRSubscription", lemf_Any),
    MEM(121, "eESACRNotification", lemf_Any), MEM(122, "eESEECContextRelocation", lemf_Any),
    MEM(123, "eESStartOfInterceptionWithRegisteredEEC", lemf_Any),
    MEM(124, "uDMStartOfInterceptionWithRegisteredTarget", lemf_Any),
    MEM(125, "fiveGMSAFServiceAccessInformation", lemf_Any),
    MEM(126, "fiveGMSAFConsumptionReporting", lemf_Any),
    MEM(127, "fiveGMSAFDynamicPolicyInvocation", lemf_Any),
    MEM(128, "fiveGMSAFMetricsReporting", lemf_Any),
    MEM(129, "fiveGMSAFNetworkAssistance", lemf_Any),
    MEM(130, "fiveGMSAFUnsuccessfulProcedure", lemf_Any),
    MEM(131, "fiveGMSAFStartOfInterceptionWithAlreadyConfiguredUE", lemf_Any),
    MEM(132, "aMFUEConfigurationUpdate", lemf_Any), MEM(133, "hSSServingSystemMessage", lemf_Any),
    MEM(134, "hSSStartOfInterceptionWithRegisteredTarget", lemf_Any),
    MEM(135, "nEFAFSessionWithQoSProvision", lemf_Any),
    MEM(136, "nEFAFSessionWithQoSNotification", lemf_Any),
    MEM(137, "sCEFASSessionWithQoSProvision", lemf_Any),
    MEM(138, "sCEFASSessionWithQoSNotification", lemf_Any), MEM(139, "aMFRANTraceReport", lemf_Any),
    MEM(140, "rCSRegistration", lemf_Any), MEM(141, "rCSMessage", lemf_Any),
    MEM(142, "rCSCapabilityDiscovery", lemf_Any), MEM(143, "rCSSessionEstablishment", lemf_Any),
    MEM(144, "rCSSessionModification", lemf_Any), MEM(145, "rCSSessionRelease", lemf_Any),
    MEM(146, "aMFUEPolicyTransfer", lemf_Any), MEM(147, "aMFUEServiceAccept", lemf_Any),
    MEM(148, "ePSRANHandoverCommand", lemf_Any), MEM(149, "ePSRANHandoverRequest", lemf_Any),
    MEM(150, "mMERANTraceReport", lemf_Any), MEM(151, "mMEUEServiceAccept", lemf_Any),
    MEM(152, "nWDAFEventsSubscription", lemf_Any), MEM(153, "nWDAFEventsNotification", lemf_Any),
    MEM(154, "nWDAFAnalyticsInfoQuery", lemf_Any),
    MEM(155, "nWDAFRoamingAnalyticsSubscription", lemf_Any),
    MEM(156, "nWDAFRoamingAnalyticsNotification", lemf_Any),
    MEM(157, "startOfInterceptForRegisteredRCSUser", lemf_Any),
    MEM(158, "startOfInterceptWithEstablisedRCSSession", lemf_Any),
    MEM(159, "uDMProSeTargetIdentifierDeconcealment", lemf_Any),
    MEM(160, "uDMProSeTargetAuthentication", lemf_Any), MEM(162, "iMSDataChannelSetup", lemf_Any),
    MEM(163, "iMSDataChannelModification", lemf_Any),
    MEM(164, "iMSDataChannelTermination", lemf_Any), MEM(165, "mMSConvertedFromEmail", lemf_Any),
    MEM(166, "mMSConvertedToEmail", lemf_Any), MEM(167, "nEF5GVNGroupCreation", lemf_Any),
    MEM(168, "nEF5GVNGroupUpdate", lemf_Any), MEM(169, "nEF5GVNGroupDeletion", lemf_Any),
    MEM(170, "nEF5GVNGroupQuery", lemf_Any), MEM(171, "hSSSubscriberRecordChange", lemf_Any),
    MEM(172, "iMSHSSServingSystemMessage", lemf_Any),
    MEM(173, "iMSHSSStartOfInterceptionWithRegisteredTarget", lemf_Any),
    MEM(174, "iMSHSSSubscriberRecordChange", lemf_Any), MEM(175, "aMFUEContextUpdate", lemf_Any),
    MEM(176, "ePSPDNConnectionEstablishment", lemf_Any),
    MEM(177, "ePSPDNConnectionModification", lemf_Any),
    MEM(178, "ePSPDNConnectionRelease", lemf_Any),
    MEM(179, "ePSStartOfInterceptionWithEstablishedPDNConnection", lemf_Any),
    MEM(180, "ePSPDNUnsuccessfulProcedure", lemf_Any),
    MEM(181, "startOfInterceptionWithEstablishedIMSDataChannel", lemf_Any),
    MEM(182, "sMFProSeRemoteUEReport", lemf_Any),
    MEM(183, "sMFStartOfInterceptionWithConnectedProSeRemoteUE", lemf_Any),
    MEM(184, "fiveGDDNMFProSeUNIDirectDiscovery", lemf_Any),
    MEM(185, "fiveGDDNMFProSeNNIDirectDiscovery", lemf_Any),
    MEM(186, "aMFIdentifierDeassociation", lemf_Any),
    MEM(187, "mMEIdentifierDeassociation", lemf_Any), MEM(188, "fiveGPINAPPMessage", lemf_Any),
    MEM(189, "fiveGStartOfInterceptionWithPINClientInPIN", lemf_Any),
    MEM(190, "chargingDataEvent", lemf_Any));
SEQ(LOCAL, lemf_g_PTCChatGroupID, "PTCChatGroupID", true, MEM(1, "groupIdentity", lemf_Utf8));
CHOICE(LOCAL, lemf_g_TargetIdentifier, "TargetIdentifier", true, MEM(1, "sUPI", lemf_g_SUPI),
    MEM(2, "iMSI", lemf_Numeric_6_15), MEM(3, "pEI", lemf_g_PEI),
    MEM(4, "iMEI", lemf_Numeric_14_14), MEM(5, "gPSI", lemf_g_GPSI),
    MEM(6, "mSISDN", lemf_Numeric_1_15), MEM(7, "nAI", lemf_Utf8),
    MEM(8, "iPv4Address", lemf_Octets_4_4), MEM(9, "iPv6Address", lemf_Octets_16_16),
    MEM(10, "ethernetAddress", lemf_Octets_6_6), MEM(11, "iMPU", lemf_g_IMPU),
    MEM(12, "iMPI", lemf_Utf8), MEM(13, "e164Number", lemf_Numeric_1_15),
    MEM(14, "emailAddress", lemf_Utf8), MEM(15, "mCPTTID", lemf_Utf8),
    MEM(16, "instanceIdentifierURN", lemf_Utf8), MEM(17, "pTCChatGroupID", lemf_g_PTCChatGroupID));
ENUM(LOCAL, lemf_g_TargetIdentifierProvenance, "TargetIdentifierProvenance", true,
    {1, "lEAProvided"}, {2, "observed"}, {3, "matchedOn"}, {4, "other"});
SEQ(LOCAL, lemf_g_IRITargetIdentifier, "IRITargetIdentifier", true,
    MEM(1, "identifier", lemf_g_TargetIdentifier),
    OPT(2, "provenance", lemf_g_TargetIdentifierProvenance));
CHOICE(LOCAL, lemf_g_MediatedFromIndicator, "MediatedFromIndicator", true,
    MEM(1, "xIRIRelativeOID", lemf_RelOid));
SEQ_OF(LOCAL, lemf_g_IRIPayload_targetIdentifiers, "targetIdentifiers", 0, 0,
    lemf_g_IRITargetIdentifier);
SEQ(SHARED, lemf_g_IRIPayload, "IRIPayload", true, MEM(1, "iRIPayloadOID", lemf_RelOid_4_19_3),
    MEM(2, "event", lemf_g_IRIEvent),
    OPT(3, "targetIdentifiers", lemf_g_IRIPayload_targetIdentifiers),
    OPT(4, "mediatedFromIndicator", lemf_g_MediatedFromIndicator));
CHOICE(LOCAL, lemf_g_UPFCCPDUPayload, "UPFCCPDUPayload", true, MEM(1, "uPFIPCC", lemf_Octets),
    MEM(2, "uPFEthernetCC", lemf_Octets), MEM(3, "uPFUnstructuredCC", lemf_Octets));
SEQ(LOCAL, lemf_g_ExtendedUPFCCPDU, "ExtendedUPFCCPDU", true,
    MEM(1, "payload", lemf_g_UPFCCPDUPayload), OPT(2, "qFI", lemf_Int_0_63));
SEQ(LOCAL, lemf_g_MMSVersion, "MMSVersion", true, MEM(1, "majorVersion", lemf_Integer),
    MEM(2, "minorVersion", lemf_Integer));
SEQ(LOCAL, lemf_g_MMSCCPDU, "MMSCCPDU", true, MEM(1, "version", lemf_g_MMSVersion),
    MEM(2, "transactionID", lemf_Utf8), MEM(3, "mMSContent", lemf_Octets));
SEQ(LOCAL, lemf_g_IMSCCPDU, "IMSCCPDU", true, MEM(1, "payload", lemf_Octets),
    OPT(2, "sDPInfo", lemf_Octets));
SEQ(LOCAL, lemf_g_MIMEEntity, "MIMEEntity", true, MEM(1, "contentType", lemf_Utf8),
    MEM(2, "encapsulatedMIMEEntity", lemf_Utf8));
SEQ(LOCAL, lemf_g_MSRPMessage, "MSRPMessage", true, MEM(1, "encapsulatedMSRP", lemf_Utf8));
CHOICE(LOCAL, lemf_g_EncapsulatedRCSPayload, "EncapsulatedRCSPayload", true,
    MEM(1, "mIME", lemf_g_MIMEEntity), MEM(2, "mSRP", lemf_g_MSRPMessage),
    MEM(3, "sIP", lemf_g_SIPMessage));
CHOICE(LOCAL, lemf_g_RCSCCPDU, "RCSCCPDU", true,
    MEM(1, "encapsulatedRCSPayload", lemf_g_EncapsulatedRCSPayload));
CHOICE(LOCAL, lemf_g_CCPDU, "CCPDU", true, MEM(1, "uPFCCPDU", lemf_Octets),
    MEM(2, "extendedUPFCCPDU", lemf_g_ExtendedUPFCCPDU), MEM(3, "mMSCCPDU", lemf_g_MMSCCPDU),
    MEM(4, "nIDDCCPDU", lemf_Octets), MEM(5, "pTCCCPDU", lemf_Octets),
    MEM(6, "iMSCCPDU", lemf_g_IMSCCPDU), MEM(7, "rCSCCPDU", lemf_g_RCSCCPDU));
SEQ(SHARED, lemf_g_CCPayload, "CCPayload", true, MEM(1, "cCPayloadOID", lemf_RelOid_4_19_4),
    MEM(2, "pDU", lemf_g_CCPDU));
ENUM(LOCAL, lemf_g_LINotificationType, "LINotificationType", true, {1, "activation"},
    {2, "deactivation"}, {3, "modification"});
SEQ(LOCAL, lemf_g_LIAppliedDeliveryInformation, "LIAppliedDeliveryInformation", true,
    OPT(1, "hI2DeliveryIPAddress", lemf_g_IPAddress),
    OPT(2, "hI2DeliveryPortNumber", lemf_Int_0_65535),
    OPT(3, "hI3DeliveryIPAddress", lemf_g_IPAddress),
    OPT(4, "hI3DeliveryPortNumber", lemf_Int_0_65535));
SEQ_OF(LOCAL, lemf_g_LINotification_appliedDeliveryInformation, "appliedDeliveryInformation", 0, 0,
    lemf_g_LIAppliedDeliveryInformation);
SEQ(LOCAL, lemf_g_LINotification, "LINotification", true,
    MEM(1, "notificationType", lemf_g_LINotificationType),
    OPT(2, "appliedTargetID", lemf_g_TargetIdentifier),
    OPT(3, "appliedDeliveryInformation", lemf_g_LINotification_appliedDeliveryInformation),
    OPT(4, "appliedStartTime", lemf_Time), OPT(5, "appliedEndTime", lemf_Time),
    OPT(6, "appliedTargetIsLocal", lemf_Bool), OPT(7, "appliedTargetIsNonLocal", lemf_Bool));
CHOICE(LOCAL, lemf_g_LINotificationMessage, "LINotificationMessage", true,
    MEM(1, "lINotification", lemf_g_LINotification));
SEQ(SHARED, lemf_g_LINotificationPayload, "LINotificationPayload", true,
    MEM(1, "lINotificationPayloadOID", lemf_RelOid_4_19_5),
    MEM(2, "notification", lemf_g_LINotificationMessage));
