/* SPDX-License-Identifier: Apache-2.0 */
/* The mapping table: what becomes of each payload format on X2 and on X3.  One row per (PDU type,
 * format) of TS 103 221-2 table 5.4.1-1, permitted or not.  payload.c makes its dispatch table of
 * it, mapping.c the rows that mdfctl prints and docs/mapping.md shows.  No code here.
 *
 * MAPPING(type, format, handler, container, clause, condition, note):
 *   type       X2 or X3
 *   format     what follows X23_FMT_
 *   handler    what follows payload_; _reserved and _forbidden refuse
 *   container  arm of IRIContents or CCContents in the handover; "-": none
 *   clause     what the container follows
 *   condition  what chooses when there are several, or what must be agreed; "" none
 *   note       one sentence */
#ifndef SESSION_MAPPING_TABLE_H
#define SESSION_MAPPING_TABLE_H

/* clang-format off */
#define MAPPING_TABLE(MAPPING) \
MAPPING(X2, RESERVED, reserved, "-", "TS 103 221-2 5.4.1", "", "Reserved for keepalives; refused: FORMAT-TYPE.") \
MAPPING(X3, RESERVED, reserved, "-", "TS 103 221-2 5.4.1", "", "Reserved for keepalives; refused: FORMAT-TYPE.") \
MAPPING(X2, TS102232_1, pspdu, "the IRIPayloads inside", "TS 102 232-1 5.3", "CC inside is refused", \
	"The Payload moves unchanged under a header of ours; the inner CIN is a name of the session.") \
MAPPING(X3, TS102232_1, pspdu, "the CCPayloads inside", "TS 102 232-1 5.3", "IRI inside is refused", \
	"The Payload moves unchanged under a header of ours; the inner CIN is a name of the session.") \
MAPPING(X2, TS33128, 33128, "threeGPP33128DefinedIRI; iPIRIPacketReport for that event", "TS 33.128 5.5.2; TS 102 232-7", "", \
	"XIRIPayload: the event moves octet for octet, with target identifiers and provenance.") \
MAPPING(X3, TS33128, 33128_cc, "threeGPP33128DefinedCC", "TS 33.128 5.5.3; TS 102 232-7", "", \
	"CCPayload that came encoded: moved.") \
MAPPING(X2, TS33108, 33108_iri, "ePSIRI or uMTSIRI", "TS 33.108; TS 102 232-7", "by the domain identifier in the record", \
	"The record moves octet for octet.") \
MAPPING(X3, TS33108, 33108_cc, "ePSCC or uMTSCC", "TS 33.108; TS 102 232-7", "by the domain identifier in the ULIC header", \
	"The CC-PDU moves octet for octet.") \
MAPPING(X2, PROPRIETARY, opaque, "messagingIRI, original-message", "TS 102 232-2", "element and LEA profile both allow opaque; else FORMAT-UNKNOWN", \
	"Octets that nobody here reads, handed on as they are.") \
MAPPING(X3, PROPRIETARY, opaque, "messagingCC", "TS 102 232-2", "element and LEA profile both allow opaque; else FORMAT-UNKNOWN", \
	"Octets that nobody here reads, handed on as they are.") \
MAPPING(X2, IPV4, header, "iPIRIPacketReport, header", "TS 102 232-3", "", \
	"Header of the packet only; without payload one is composed of attributes 10 to 16, unknown fields zero.") \
MAPPING(X3, IPV4, ipv4, "iPCC", "TS 102 232-3", "profile ip=upf: threeGPP33128DefinedCC (uPFIPCC); headers only: iPIRIPacketReport", \
	"The packet as it came.") \
MAPPING(X2, IPV6, header, "iPIRIPacketReport, header", "TS 102 232-3", "", \
	"Header of the packet only; without payload one is composed of attributes 10 to 16, unknown fields zero.") \
MAPPING(X3, IPV6, ipv6, "iPCC", "TS 102 232-3", "profile ip=upf: threeGPP33128DefinedCC (uPFIPCC); headers only: iPIRIPacketReport", \
	"The packet as it came.") \
MAPPING(X2, ETHERNET, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X2; refused: FORMAT-TYPE.") \
MAPPING(X3, ETHERNET, ethernet, "l2CC; DHCP and RADIUS inside also iPIRI", "TS 102 232-4; TS 102 232-3", \
	"warrant for data only, or profile ethernet=ip: iPCC of the packet inside; profile ethernet=upf: threeGPP33128DefinedCC (uPFEthernetCC)", \
	"The frame as it came; ARP and PPPoE discovery are content only.") \
MAPPING(X2, RTP, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X2; refused: FORMAT-TYPE.") \
MAPPING(X3, RTP, rtp, "iPMMCC, rtpFrame", "TS 102 232-5", "", "RTP or RTCP packet; streamIdentifier is the SSRC.") \
MAPPING(X2, SIP, sip, "iPMMIRI, sIPMessage", "TS 102 232-5", "", "IRI type from the course of the dialog.") \
MAPPING(X3, SIP, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X3; refused: FORMAT-TYPE.") \
MAPPING(X2, DHCP, dhcp, "iPIRI, rawAAAData", "TS 102 232-3", "", \
	"DHCP and DHCPv6: access attempt, accept, reject, interim update, end; without payload the addresses of the attributes.") \
MAPPING(X3, DHCP, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X3; refused: FORMAT-TYPE.") \
MAPPING(X2, RADIUS, radius, "iPIRI, rawAAAData", "TS 102 232-3", "", \
	"Access attempt, accept, reject, failure, interim update, end; without payload the addresses of the attributes.") \
MAPPING(X3, RADIUS, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X3; refused: FORMAT-TYPE.") \
MAPPING(X2, GTPU, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X2; refused: FORMAT-TYPE.") \
MAPPING(X3, GTPU, gtpu, "iPCC of the packet inside", "TS 102 232-3; TS 33.128 5.5.3; TS 33.108", \
	"profile gtp=upf: threeGPP33128DefinedCC (uPFCCPDU), gtp=extended: (extendedUPFCCPDU with QFI), gtp=eps: ePSCC; no packet inside: uPFCCPDU", \
	"G-PDU unwrapped; other GTP-U messages go whole.") \
MAPPING(X2, MSRP, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X2; refused: FORMAT-TYPE.") \
MAPPING(X3, MSRP, msrp, "iPMMCC, msrpFrame", "TS 102 232-5", "", "MSRP message as it came.") \
MAPPING(X2, EPS_IRI, 33108_iri, "ePSIRI", "TS 33.108; TS 102 232-7", "", "The record moves octet for octet.") \
MAPPING(X3, EPS_IRI, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X3; refused: FORMAT-TYPE.") \
MAPPING(X2, MIME, mime, "emailIRI or messagingIRI", "TS 102 232-2", "by MIME type", "E-mail events, or messages (SMS, MMS, RCS).") \
MAPPING(X3, MIME, mime, "emailCC or messagingCC", "TS 102 232-2", "by MIME type", "The content as it came.") \
MAPPING(X2, UNSTRUCTURED, forbidden, "-", "TS 103 221-2 5.4.1", "", "Not permitted on X2; refused: FORMAT-TYPE.") \
MAPPING(X3, UNSTRUCTURED, unstructured, "threeGPP33128DefinedCC (uPFUnstructuredCC)", "TS 33.128 5.5.3; TS 102 232-7", "", \
	"The PDU as it came.") \
MAPPING(X2, PS_PAYLOAD, inner, "the IRIPayloads inside", "TS 102 232-1 5.3", "CC inside is refused", \
	"The Payload moves unchanged under a header of ours.") \
MAPPING(X3, PS_PAYLOAD, inner, "the CCPayloads inside", "TS 102 232-1 5.3", "IRI inside is refused", \
	"The Payload moves unchanged under a header of ours.")
/* clang-format on */

/* Formats from 18 on have no row: they are opaque, as format 4 is. */
#endif
