/* SPDX-License-Identifier: Apache-2.0 */
/* Macros of the tables lemf_type_*.c and what these share.  A table says of one type its members in
 * the order of the module with tag, name and type; implicit tags, a tag on a CHOICE is explicit.
 * Written from the notes on the modules, independent of the daemon's tables. */
#ifndef LEMF_TYPE_H
#define LEMF_TYPE_H

#include "lemf_schema.h"

#include <stddef.h>

/* clang-format off */
#define LOCAL static
#define SHARED
#define MEM(t, n, ty) {t, n, &ty, false}
#define OPT(t, n, ty) {t, n, &ty, true}
#define STRUCTURE(how, k, id, nm, ext, ...) \
	static const struct lemf_member id##_m[] = {__VA_ARGS__, {0, NULL, NULL, false}}; \
	how const struct lemf_type id = {.kind = k, .name = nm, .open = ext, .members = id##_m}
#define SEQ(how, id, nm, ext, ...) STRUCTURE(how, LEMF_SEQ, id, nm, ext, __VA_ARGS__)
#define SET(how, id, nm, ext, ...) STRUCTURE(how, LEMF_SET, id, nm, ext, __VA_ARGS__)
#define CHOICE(how, id, nm, ext, ...) STRUCTURE(how, LEMF_CHOICE, id, nm, ext, __VA_ARGS__)
#define NAMES(how, k, id, nm, ext, ...) \
	static const struct lemf_name id##_n[] = {__VA_ARGS__, {0, NULL}}; \
	how const struct lemf_type id = {.kind = k, .name = nm, .open = ext, .names = id##_n}
#define ENUM(how, id, nm, ext, ...) NAMES(how, LEMF_ENUM, id, nm, ext, __VA_ARGS__)
#define BITS(how, id, nm, ...) NAMES(how, LEMF_BITS, id, nm, true, __VA_ARGS__)
#define SEQ_OF(how, id, nm, lo, hi, el) \
	how const struct lemf_type id = {.kind = LEMF_SEQ_OF, .name = nm, .min = lo, .max = hi, .elem = &el}
#define SET_OF(how, id, nm, lo, hi, el) \
	how const struct lemf_type id = {.kind = LEMF_SET_OF, .name = nm, .min = lo, .max = hi, .elem = &el}
#define HOLDS(how, id, nm, el) \
	how const struct lemf_type id = {.kind = LEMF_HOLDS, .name = nm, .elem = &el}
#define LEAF(id, nm, k, lo, hi) \
	const struct lemf_type id = {.kind = k, .name = nm, .min = (uint64_t)(lo), .max = (uint64_t)(hi)}
#define OID_LEAF(id, nm, k, pattern, of) \
	const struct lemf_type id = {.kind = k, .name = nm, .oid = pattern, .known = of}

/* Leaves: lemf_type.c. */
extern const struct lemf_type lemf_Any, lemf_Bits, lemf_Bits_16_16, lemf_Bits_18_18,
    lemf_Bits_20_20, lemf_Bits_21_21, lemf_Bits_22_32, lemf_Bits_28_28, lemf_Bits_36_36,
    lemf_Bits_4_4, lemf_Bits_6_6, lemf_Bool, lemf_Ia5, lemf_Ia5_7_45, lemf_Int_0_100,
    lemf_Int_0_1023, lemf_Int_0_1048575, lemf_Int_0_127, lemf_Int_0_16383,
    lemf_Int_0_18446744073709551615, lemf_Int_0_255, lemf_Int_0_32767, lemf_Int_0_359,
    lemf_Int_0_4294967295, lemf_Int_0_63, lemf_Int_0_65535, lemf_Int_0_68719476735,
    lemf_Int_0_8388607, lemf_Int_0_999999, lemf_Int_1_128, lemf_Int_1_18446744073709551615,
    lemf_Int_1_699, lemf_Int_m1000_50000, lemf_Int_m8388608_8388607, lemf_Integer, lemf_Null,
    lemf_Numeric_14_14, lemf_Numeric_16_16, lemf_Numeric_1_15, lemf_Numeric_2_3, lemf_Numeric_3_3,
    lemf_Numeric_6_15, lemf_Octets, lemf_Octets_0_150, lemf_Octets_0_40, lemf_Octets_10_10,
    lemf_Octets_11_11, lemf_Octets_16_16, lemf_Octets_1_1, lemf_Octets_1_100, lemf_Octets_1_12,
    lemf_Octets_1_130, lemf_Octets_1_15, lemf_Octets_1_16, lemf_Octets_1_20, lemf_Octets_1_25,
    lemf_Octets_1_251, lemf_Octets_1_255, lemf_Octets_1_256, lemf_Octets_1_270, lemf_Octets_1_32,
    lemf_Octets_1_39, lemf_Octets_1_5, lemf_Octets_1_65535, lemf_Octets_1_8, lemf_Octets_1_9,
    lemf_Octets_20_20, lemf_Octets_23_23, lemf_Octets_25_25, lemf_Octets_2_12, lemf_Octets_2_2,
    lemf_Octets_2_3, lemf_Octets_3_3, lemf_Octets_3_8, lemf_Octets_4_16, lemf_Octets_4_4,
    lemf_Octets_5_17, lemf_Octets_5_7, lemf_Octets_6_6, lemf_Octets_7_7, lemf_Octets_7_97,
    lemf_Octets_8_20, lemf_Octets_8_8, lemf_Oid, lemf_Oid_0_4_0_2_2_4_8, lemf_Oid_0_4_0_2_2_5_1,
    lemf_Printable, lemf_Printable_10_10, lemf_Printable_13_13, lemf_Printable_1_8,
    lemf_Printable_2_2, lemf_Printable_7_10, lemf_Printable_7_25, lemf_Printable_7_7,
    lemf_Printable_8_11, lemf_RelOid, lemf_RelOid_4_19_3, lemf_RelOid_4_19_4, lemf_RelOid_4_19_5,
    lemf_RelOid_5_2_1, lemf_RelOid_5_2_2, lemf_RelOid_5_2_3, lemf_RelOid_5_2_4, lemf_RelOid_5_2_5,
    lemf_RelOid_5_3_1, lemf_RelOid_5_3_2, lemf_RelOid_5_3_3, lemf_RelOid_5_3_4, lemf_RelOid_5_4_1,
    lemf_RelOid_5_4_2, lemf_RelOid_5_4_3, lemf_RelOid_5_5_1, lemf_RelOid_5_5_2, lemf_RelOid_5_6_1,
    lemf_RelOid_5_6_2, lemf_Time, lemf_Utc, lemf_Utf8, lemf_Utf8_0_255, lemf_Utf8_0_64,
    lemf_Utf8_11_11, lemf_Utf8_1_128, lemf_Utf8_1_20, lemf_Utf8_1_255, lemf_Utf8_1_64,
    lemf_Utf8_1_65535;

/* Used in more than one file. */
extern const struct lemf_type lemf_conf_ConfIRI_Parameters, lemf_conf_ConfIRIsContent,
    lemf_confcc_Conf_CC_PDU, lemf_csv_CSvoice_CC_PDU, lemf_em_EmailCC, lemf_em_EmailIRI,
    lemf_em_MessagingCC, lemf_em_MessagingIRI, lemf_em_MessagingMMCC, lemf_eps_AccessPolicyType,
    lemf_eps_AlertIndicator, lemf_eps_AssociatePresenceStatus, lemf_eps_CCKeyInfo,
    lemf_eps_CorrelationValues, lemf_eps_EPSLocation, lemf_eps_Emergency,
    lemf_eps_EmergencyGroupState, lemf_eps_EpsIRI_Parameters, lemf_eps_EpsIRIsContent,
    lemf_eps_FloorActivity, lemf_eps_GA_Point, lemf_eps_GA_PointWithUnCertainty,
    lemf_eps_GA_Polygon, lemf_eps_GSMLocation, lemf_eps_GroupAuthRule,
    lemf_eps_IMS_VoIP_Correlation, lemf_eps_IPADirection, lemf_eps_ImminentPerilInd,
    lemf_eps_ImplicitFloorReq, lemf_eps_InitiationCause, lemf_eps_LDIevent,
    lemf_eps_ListManagementAction, lemf_eps_ListManagementType, lemf_eps_MediaSecFailureIndication,
    lemf_eps_PTCAddress, lemf_eps_PTCEncryptionInfo, lemf_eps_PTCType,
    lemf_eps_PacketDataHeaderInformation, lemf_eps_PreEstStatus, lemf_eps_Priority_Level,
    lemf_eps_RTPSetting, lemf_eps_RegistrationOutcome, lemf_eps_RegistrationRequest,
    lemf_eps_Requesting_Node_Type, lemf_eps_SMS_report, lemf_eps_Services_Data_Information,
    lemf_eps_TalkburstControlSetting, lemf_eps_UMTSLocation, lemf_eps_UmtsQos, lemf_epscc_EpsCC_PDU,
    lemf_epscc_National_HI3_ASN1parameters, lemf_epscc_TPDU_direction, lemf_g_CCPayload,
    lemf_g_IRIEvent, lemf_g_IRIPayload, lemf_g_LINotificationPayload, lemf_g_UserLocation,
    lemf_gcse_GcseIRI_Parameters, lemf_gcse_GcseIRIsContent, lemf_gcsecc_Gcse_CC_PDU,
    lemf_hi2_CallContentLinkCharacteristics, lemf_hi2_CalledPartyNumber,
    lemf_hi2_CommunicationIdentifier, lemf_hi2_DataNodeAddress, lemf_hi2_ETSI671HI2Location,
    lemf_hi2_HI2_IRI_Parameters, lemf_hi2_IPAddress, lemf_hi2_IRIsContent,
    lemf_hi2_Intercepted_Call_State, lemf_hi2_National_HI2_ASN1parameters,
    lemf_hi2_National_Parameters, lemf_hi2_Network_Element_Identifier, lemf_hi2_Network_Identifier,
    lemf_hi2_PartyInformation, lemf_hi2_TimeStamp, lemf_ip_IPCC, lemf_ip_IPIRI, lemf_ip_IPIRIOnly,
    lemf_ip_IPIRIPacketReport, lemf_l2_L2CC, lemf_l2_L2IRI, lemf_l2_L2IRIOnly,
    lemf_li_EncryptedPayload, lemf_li_IPAddress, lemf_li_Location, lemf_li_PS_PDU,
    lemf_li_PayloadDirection, lemf_mm_IPMMCC, lemf_mm_IPMMIRI, lemf_pi_PstnIsdnCC,
    lemf_pi_PstnIsdnIRI, lemf_prose_ProSeIRI_Parameters, lemf_prose_ProSeIRIsContent,
    lemf_umts_CivicAddress, lemf_umts_ExtendedLocParameters, lemf_umts_IMSevent,
    lemf_umts_UmtsHI2Location, lemf_umts_UmtsIRI_Parameters, lemf_umts_UmtsIRIsContent,
    lemf_umtscc_UmtsCC_PDU, lemf_umtscs_UmtsCS_IRI_Parameters, lemf_umtscs_UmtsCS_IRIsContent,
    lemf_voip_Voip_CC_PDU;
/* clang-format on */

#endif
