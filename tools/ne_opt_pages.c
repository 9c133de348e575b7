/* SPDX-License-Identifier: Apache-2.0 */
/* What --help and the manual say beside the options. */
#include "tools/ne_opt.h"

const struct ne_opt_page ne_opt_pages[] = {
    {"GENERATOR", "KEY=VALUE,...: format=NAME or number (ipv4 ipv6 ethernet rtp sip xiri gtpu dhcp "
		  "radius msrp mime unstructured proprietary ..., "
		  "others get an opaque body), type=x2|x3 (by the format), size=OCTETS of payload "
		  "(160) or pdu=OCTETS of the whole PDU, count=N "
		  "(1000) or duration=SECONDS, rate=PDU/s (0: as fast as it goes), sessions=N per "
		  "XID (1), corr=session|call|zero, call=N PDUs "
		  "of RTP per call, payload=FILE. PDU number n goes to stream n modulo (XIDs x "
		  "sessions); stream = XID index x sessions + "
		  "session. SIP makes whole dialogs of six messages, each with its own Call-ID, "
		  "which is its Correlation ID in hex."},
    {"CAPTURE",
	"What becomes of the packets of a target. sip: and tel: SIP messages (X2), RTP, RTCP and "
	"MSRP of their calls by the SDP, MSRP on port 2855 with the target in its paths (X3). nai: "
	"RADIUS on ports 1812 and 1813 with that User-Name, and its answers (X2), then the packets "
	"of the Framed-IP-Address until the session stops (X3). mac: DHCP on ports 67 and 68 of "
	"that client (X2), its other packets (X3). ip: GTP-U on port 2152 with that address inside "
	"(X3, whole), DHCP that assigns the address (X2), other packets (X3). X3 packets are IPv4 "
	"or IPv6, or frames with --ethernet; mail and web are packets like others."},
    {"SCRIPT",
	"Each line a PDU: {\"type\":\"x2\"|\"x3\", \"format\":NAME or number, "
	"\"direction\":\"unknown\"|\"to-target\"|\"from-target\"|\"combined\"|"
	"\"not-applicable\", \"xid\":UUID or index, \"correlation\":16 hex digits, "
	"\"did\", \"nfid\", \"ipid\":text, \"seq\":number or null, \"time\":seconds or null, "
	"\"source\", \"destination\":address, \"source_port\", \"destination_port\", "
	"\"protocol\":number, \"matched\", \"other\":[fragments], \"mime_type\", "
	"\"mime_encoding\", \"sdp\":text, \"axri\":[\"XID,CORR,SEQ\"], "
	"\"attributes\":[\"TYPE:HEX\"], one of \"text\", \"hex\", \"base64\", \"file\" with the "
	"payload, \"ne\":index of the connection, \"after_ms\":time since the line before, "
	"\"repeat\":how often}. All but format may be missing: numbers and times are then made, "
	"the XID is the first. Empty lines and lines with # are skipped."},
    {"PAYLOAD", "The body inside the protocol headers is \"NE01\", stream (4 octets), number in "
		"the stream (8 octets), filling from "
		"the seed, CRC-32C (4 octets) of the body before it, in network byte order; a body "
		"under 20 octets is filling only."},
    {"FAULTS", "N is a PDU of the run, from 1. gap:N[:COUNT] skips COUNT (1) numbers before it; "
	       "duplicate:N sends it twice; reuse:N sends "
	       "another payload under its number after it; reorder:N swaps it with the next of its "
	       "context; "
	       "unknown-xid:N sends a PDU with an XID of no "
	       "task before it; malformed:KIND:N sends a broken PDU before it (own Correlation ID; "
	       "not sent again after a reconnect), KIND "
	       "one of header-short header-huge payload-huge attr-overrun attr-length "
	       "version-major type-unknown format-unknown format-type "
	       "direction no-attributes garbage-payload partial; stall:N stops in its middle for "
	       "--stall seconds, then reconnects; "
	       "slow:N[:MS] sends it octet by octet, one per MS (1000) milliseconds; no-keepalive; "
	       "wrong-keepalive[:no-number|payload|as-ack] "
	       "sends a wrong keepalive before each right one."},
    {"LEDGER", "JSON lines, written before the octets leave. "
	       "{\"n\",\"conn\",\"type\",\"xid\",\"corr\",\"seq\",\"format\",\"len\",\"crc32c\","
	       "\"ts\"} for each PDU (len and crc32c are of the payload; \"fault\" when it is "
	       "one), {\"ack\":number,\"conn\",\"acked_n\"} "
	       "after an acknowledgement: every n of this connection up to acked_n is "
	       "acknowledged; {\"event\":\"reconnect\",\"conn\"}. Light: "
	       "{\"from_n\",\"to_n\",\"pdus\",\"octets\"} over all connections instead of PDU "
	       "lines. Octets and content are never written."},
    {"EXIT STATUS", "0 all acknowledged (with --wait-ack 0: all sent); 1 not all; 2 usage; 3 could "
		    "not connect; 4 refused in TLS."},
    {NULL, NULL},
};
