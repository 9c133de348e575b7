/* SPDX-License-Identifier: Apache-2.0 */
/* The structs that are handed from stage to stage: x23_pdu (ingest) > li_event (session) >
 * ho_record (handover) > spool. All pointers are borrowed views into the stage before; nothing here
 * is freed.  Numbers from standards are named in mf/spec/. */
#ifndef FLOW_H
#define FLOW_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdint.h>

/* One decoded X2/X3 PDU.  TS 103 221-2 V1.10.1 clauses 5.2, 5.3.  Views into the receive buffer. */
struct x23_pdu {
	uint8_t major, minor;
	uint16_t type;	    /* enum x23_type */
	uint16_t format;    /* enum x23_format, or a number not known to us */
	uint16_t direction; /* enum x23_direction */
	uint8_t xid[16];
	uint64_t correlation; /* 0: the POI does not correlate */
	uint32_t present; /* bit (1 << attribute type) for types 1..22 that occur at least once */
	/* single-instance attributes: the first of its kind counts (5.3.1) */
	struct octets did, nfid, ipid;
	uint32_t seq;		/* attribute 8, when present */
	uint32_t ts_s, ts_ns;	/* attribute 9, when present */
	struct octets src, dst; /* attributes 10/11 (4 octets) or 12/13 (16) */
	uint16_t src_port, dst_port;
	uint8_t ip_proto;
	struct octets mime_type, mime_encoding, sdp;
	struct octets attributes; /* the whole TLV area, for repeatable and unknown attributes */
	struct octets payload;
	struct octets raw; /* header and payload */
};

/* Classes of handover product; a spool queue each, delivered in this order (IRI first). */
enum ho_class {
	HO_IRI = 0,
	HO_VOICE = 1,
	HO_CC = 2,
	HO_JOURNAL = 3 /* not handed over: rejects, gaps, anomalies, read by the admin role */
};
#define HO_CLASS_N 4

const char *ho_class_name(enum ho_class c); /* "iri" "voice" "cc" "journal" */

/* What the octets of an event are; chooses the mapper.  DETAIL says which struct li_event.detail
 * points at, when there is one. */
enum li_kind {
	LI_IP = 1,	 /* IPv4 or IPv6 packet > IPCC, TS 102 232-3 */
	LI_SIP = 2,	 /* SIP message > IPMMIRI, TS 102 232-5 */
	LI_RTP = 3,	 /* RTP or RTCP packet > IPMMCC, TS 102 232-5 */
	LI_XIRI = 4,	 /* TS 33.128 XIRIPayload > threeGPP33128DefinedIRI */
	LI_PAYLOAD = 5,	 /* encoded TS 102 232-1 Payload (content of PS-PDU payload [2]), moved */
	LI_ACCESS = 6,	 /* detail li_access; body: the AAA message > IPIRI, rawAAAData */
	LI_HEADER = 7,	 /* body: packet header from the IP header on > iPIRIPacketReport, header */
	LI_SUMMARY = 8,	 /* detail li_summary; body: header > iPIRIPacketReport, summary */
	LI_L2 = 9,	 /* Ethernet frame > L2CC, TS 102 232-4 */
	LI_MSRP = 10,	 /* MSRP message > IPMMCC, msrpFrame */
	LI_UPF = 11,	 /* detail li_upf; body: packet, frame or PDU > threeGPP33128DefinedCC */
	LI_XCC = 12,	 /* TS 33.128 CCPayload that came encoded > threeGPP33128DefinedCC */
	LI_EPS_IRI = 13, /* TS 33.108 EpsIRIContent > ePSIRI */
	LI_UMTS_IRI = 14, /* TS 33.108 UmtsIRIContent > uMTSIRI */
	LI_EPS_CC = 15,	  /* TS 33.108 CC-PDU, or an IP packet (a CC-PDU is made) > ePSCC */
	LI_UMTS_CC = 16,  /* TS 33.108 CC-PDU > uMTSCC */
	LI_MAIL_IRI = 17, /* detail li_mail > emailIRI, TS 102 232-2 */
	LI_MAIL_CC = 18,  /* e-mail in application form > emailCC */
	LI_MSG_IRI = 19,  /* detail li_message > messagingIRI; body: original-message */
	LI_MSG_CC = 20,	  /* detail li_message > messagingCC */
	LI_OPAQUE = 21, /* octets nobody here reads > messagingIRI original-message, messagingCC */
	LI_KIND_N
};

/* Services that a warrant may be narrowed to (TS 103 221-1 serviceScopingOptions, and ours). */
enum li_service {
	SERVICE_VOICE = 1,     /* audio, and the signalling of calls and conferences */
	SERVICE_MESSAGING = 2, /* SMS, MMS, RCS, chat */
	SERVICE_DATA = 4,      /* internet access */
	SERVICE_L2 = 8,
	SERVICE_PTT = 16,  /* pushToTalk */
	SERVICE_LALS = 32, /* location service */
	SERVICE_RCS = 64,
	SERVICE_EMAIL = 128,
	SERVICE_VIDEO = 256, /* moving pictures of a call or conference, RTP that SDP calls video */
	SERVICE_ANY = 0xffff /* of no service in particular: every scope takes it */
};

/* TS 102 232-3 IPIRIContents, as far as a DHCP or RADIUS message tells it.  Numbers are those of
 * its enumerations; 255: leave the member out (of a mandatory one: write undefined, 0).  Empty
 * octets: leave out. */
struct li_access {
	uint8_t event;		  /* AccessEventType */
	uint8_t access_type;	  /* InternetAccessType */
	uint8_t ip_version;	  /* IPVersion 1 IPv4, 2 IPv6, 3 both */
	uint8_t end_reason;	  /* EndReason */
	uint8_t auth_type;	  /* AuthenticationType: 2 RADIUS, 3 DHCP */
	struct octets username;	  /* mandatory in the PDU; may be empty */
	struct octets ip4;	  /* 4 octets */
	struct octets ip6;	  /* 16 octets: address, or prefix with the rest zero */
	uint8_t ip6_prefix_len;	  /* bits, 1..128 */
	uint8_t assignment;	  /* iP-assignment 1 static, 2 dynamic, 3 notKnown */
	struct octets network_id; /* NAS identifier, 1..20 octets used */
	struct octets cpe_id;	  /* calling station, MAC text, hostname: 1..128 octets used */
	struct octets location;	  /* text, 1..64 octets used */
	bool has_port;
	uint32_t port;		       /* pOPPortNumber: RADIUS NAS-Port */
	struct octets port_id;	       /* RADIUS NAS-Port-Id */
	struct octets pop_ip;	       /* NAS or DHCP server address, 4 or 16 octets */
	struct octets pop_mac;	       /* 6 octets */
	struct octets callback;	       /* called station > pOPPhoneNumber, 1..20 octets used */
	struct octets framed_route[4]; /* RADIUS Framed-Route */
	uint8_t framed_route_n;
	int64_t start_ns, end_ns, expected_end_ns; /* wall clock; 0: leave out */
	bool has_octets;
	uint64_t octets_in, octets_out; /* octetsReceived, octetsTransmitted */
	const char *country;		/* nationalIPIRIParameters, two letters; NULL: leave out */
};

/* TS 102 232-3 PacketReportSummary. */
struct li_summary {
	uint8_t trigger;      /* PacketReportTrigger 1..10 */
	uint16_t indications; /* bit i: named bit i of PacketReportIndications */
	uint64_t packets, octets;
	int64_t first_ns, last_ns;
};

/* TS 33.128 ExtendedUPFCCPDU (arm 2) or UPFCCPDU (arm 1). */
struct li_upf {
	uint8_t arm;	 /* 1 uPFCCPDU, 2 extendedUPFCCPDU, 4 nIDDCCPDU, 6 iMSCCPDU */
	uint8_t payload; /* arm 2: 1 uPFIPCC, 2 uPFEthernetCC, 3 uPFUnstructuredCC */
	bool has_qfi;
	uint8_t qfi;	   /* 0..63 */
	struct octets sdp; /* arm 6: sDPInfo */
};

#define LI_RECIPIENTS_MAX 64
/* TS 102 232-2 EmailIRI. */
struct li_mail {
	uint8_t event;	  /* E-mail-Event */
	uint8_t protocol; /* E-mail-Protocol 1 smtp, 2 pop3, 3 imap4, 4 webmail, 255 undefined */
	uint8_t status;	  /* E-mail-Status */
	struct octets client, server;	   /* 4 or 16 octets, or empty */
	uint16_t client_port, server_port; /* 0: leave out */
	uint64_t server_octets, client_octets;
	struct octets sender;
	struct octets recipient[LI_RECIPIENTS_MAX];
	uint8_t recipient_n;
	uint32_t recipient_total;
	struct octets message_id;
	struct octets username; /* AAA: with a logon event; empty: none */
	uint8_t aaa_result;	/* AAAResult */
};

/* TS 102 232-2 MessagingIRI and MessagingCC. */
struct li_message {
	uint8_t category; /* 0 message, 1 message-box, 2 message-notification, 3 call; 255: leave
			     out */
	uint8_t event;	  /* of that category */
	uint8_t status;	  /* Messaging-Status */
	uint8_t trigger;  /* Messaging-Trigger */
	struct octets system; /* system-identifier */
	struct {
		uint8_t qualifier; /* Messaging-Party-Qualifier */
		uint8_t arm;	   /* tag of Messaging-Party-Identity: 0 msisdn (TBCD), 1 e164, 2
				      email, 4 alphanumeric, 6 imsi, 9 tel, 11 sip, 12 sips */
		uint8_t copy;	   /* Messaging-Copy-Qualifier; 255: leave out */
		struct octets identity;
	} party[LI_RECIPIENTS_MAX];
	uint8_t party_n;
	uint32_t event_id; /* event-identifier: ties IRI and CC together */
	struct octets subject, message_id;
	struct octets content_type, content_encoding; /* CC: MIME type, transfer encoding */
	bool in_sequence; /* CC: sequence-number, end-of-sequence are written */
	uint32_t sequence;
	bool sequence_end;
};

/* One thing to hand over for one XID, the same for all its warrants. */
struct li_event {
	const struct x23_pdu *pdu;
	enum li_kind kind;
	enum ho_class class;
	uint8_t iri_type;     /* TS 102 232-1 IRIType 1 Begin .. 4 Report; 0 for CC */
	uint8_t direction;    /* TS 102 232-1 PayloadDirection */
	uint8_t ts_qualifier; /* 1 time of interception (attribute 9), 2 time of mediation */
	int64_t time_ns;      /* wall time that goes into the PSHeader */
	int64_t recv_ns;      /* when the PDU was read */
	struct octets
	    key; /* session key, unhashed: what names the communication within (XID, ...) */
	struct octets body; /* octets that move: packet, SIP message, XIRIPayload, Payload */
	bool begins, ends;  /* the session opens or closes with this event */
	uint16_t service;   /* bits of enum li_service */
	uint32_t link_cin;  /* CIN of the session that this one belongs to (access of a call); 0:
			       none > cINExtension, iri-to-iri */
	bool cut;	    /* content was taken out of this IRI */
	bool copy;	    /* the same octets came from another NE before (policy "mark") */
	const void *detail; /* see enum li_kind; borrowed */
};

/* The encoded PS-PDU in three runs: head (BER in front), body (moved, borrowed from the event),
 * tail (BER behind).  Head and tail point into the encoder's scratch and are valid until its next
 * call. */
struct ho_record {
	struct octets head, body, tail;
};

#endif
