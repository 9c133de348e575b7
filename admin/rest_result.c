/* SPDX-License-Identifier: Apache-2.0 */
/* Members of results, for the document; see rest_openapi.h.  The notation: NAME:TYPE, with '?'
 * behind the name of what may be missing and '|' behind the type of what may be null.  Types: s
 * text, n integer, r number, b boolean, t time, u UUID, h SHA-256, o object, x anything; S list of
 * texts, N list of integers with null, O list of objects; {...} object, [...] list of those, *T any
 * names with T. */
/* clang-format off */
#include "admin/rest_openapi.h"

#include <assert.h>
#include <string.h>

#define WARRANT \
	"id?:n uuid:u reference:s| lea:s liid:s delivery:s state:s window:s from:t until:t from_written:s until_written:s ended:t| hi2:s| hi3:s| auth_cc:s|" \
	" delivery_cc:s| operator_id:s| ne_id:s| created:t content:s services:S| countries:S| trigger:b metadata:b lea_profile:s revision:n authority:s|" \
	" jurisdiction:s| signer_name:s| signer_title:s| officer:s| legal_basis:s| legal_type:s| case_type:s| zone:s| served:s| received:x received_via:s|" \
	" review:s| reviewer:s| iri_outage:x cc_outage:x retention:x responsible:s| regime:s| priority:s provisional_until:s| activated:t| exclude:S target:S" \
	" nes:S xids:S"
#define BACKLOG "{records:n octets:n age_s:n}"
#define ALARM "id?:n code:s object:s severity:s text:s role:s raised:t cleared:t|"
#define SIDE "{delivered:s waiting_most:n since:t|}"
#define LOSS "kind:s code:s| class?:s n:n entries:n first_time:t last_time:t ranges?:[first:n last:n n:n]"
#define APPROVAL_WAITS "op:s object:s creator:s submitted:t until:t"

static const struct {
	const char *op, *members; /* of the result, or of one row of a list */
} rest_results[] = {
	{ "overview", "time:t warrants:{draft:n submitted:n approved:n active:n suspended:n expired:n revoked:n closed:n shredded:n}"
	    " expiring:[uuid:u liid?:s lea:s state:s until:t provisional_until?:s] expiring_24h:n expiring_7d:n provisional:n"
	    " waiting?:[approval:u " APPROVAL_WAITS " mine:b may:b] waiting_n?:n waiting_mine_n?:n links:{total:n down:n}"
	    " links_down:[destination:s lea:s state:s since:t|] buffers:[lea:s percent:r time_to_full_s:n|] drift?:n"
	    " alarms:{critical:n major:n minor:n warning:n} audit?:{size:n head_size:n| head_time:t| verified:{time:t holds:b}|}"
	    " clock?:{state:s error_ms:r|} ready?:*b roles_down?:S" },
	{ "link.list", "destination:s lea:s kind:s addresses:S state:s level:s since:t| certificate_until:t| rtt_ms:r| waiting:n| octets:n| oldest_s:n|"
	    " quota_percent:r| time_to_full_s:n| sent:n| acked:n| tests:n| tested:t| rate_pdus:r| rate_octets:r| fault:{code:s text:s since:t}| notice:u| enabled:b" },
	{ "link.history", "destination:s step_s:n from:t pdus:N octets:N waiting:N" },
	{ "view.list", "view:s screen:s query:s saved:t" },
	{ "view.save", "view:s screen:s query:s saved:t" },
	{ "ne.list", "id?:n name:s san:s interfaces:s tls12:b enabled:b time_p2_s:n group:b opaque:b unwrap:b country:s| created:t exclude:S pins:S state?:s"
	    " connections?:n| pdus?:n| rate_pdus?:r| last?:t| tasks_expected?:n tasks_found?:n| drift?:n| certificate_until?:t|" },
	{ "warrant.list", WARRANT " nes_ok?:n delivered?:n| waiting?:n| last_iri?:t| last_cc?:t|" },
	{ "warrant.live", "uuid:u received:n| delivered:n| waiting:n| last_iri:t| last_cc:t| nes_ok?:n" },
	{ "warrant.show", WARRANT " timeline?:x" },
	{ "approval.show", "approval:u " APPROVAL_WAITS " warrant:u| lea:s| type:s doc:s sha256:h plan:x state:s key1:s| decided_by:s| decided:t| reason:s| for_me:b" },
	{ "approval.list", "approval:u " APPROVAL_WAITS " lea:s| state:s sha256:h decided_by:s| decided:t| reason:s| for_me:b" },
	{ "session.tree", "uuid:u liid:s lea:s state:s lea_profile:s sessions:[cin:n open:b iri:n cc:n state:s parent:n joined:n names:*n nes:S formats:S no_content:b first:t| last:t|"
	    " children:O merged:O]" },
	{ "completeness.sessions", "warrant:u lea:s limit:n more:b sessions:[cin:n open:b state:s joined:n parent:n formats:S iri:n cc:n first:t| last:t| delivered:s"
	    " sides:{iri:" SIDE " cc:" SIDE "} losses:[" LOSS "]] no_session:[" LOSS "] total:[" LOSS "]" },
	{ "status", "time:t alarms:[" ALARM "] warrants:[id?:n uuid:u liid?:s lea:s state:s content:s metadata:b received:n delivered:n waiting:n duplicate:n"
	    " out_of_scope:n rejected:n shed:n lost:n extra:n summed:n copies:n ok:b detail?:o] tasks?:{version:n in_force:n} roles?:[role:s lea?:n name:s pid:n"
	    " ready:b restarts:n since:t answer:b] listeners?:O nes?:O leas?:[id?:n name:s profile:s state:s backlog:" BACKLOG " destinations:O] backlog?:" BACKLOG
	    " journal?:{backlog:n} ingest?:o| deliver?:O" },
	{ "warrant.plan", "change:{warrant:u liid:s lea:s tasks:{xids:S nes:O} hi2:o| hi3:o| time:{from:s from_utc:t until:s until_utc:t zone:s| days:n seconds:n"
	    " provisional_until?:s| warnings:x} conflicts:[blocks:b code:s object:s text:s] missing:x regime:{name:s version:x sha256?:x affirmative:x}}"
	    " now:{clock:s state:s window:s links:[destination:s state?:s]} sha256?:h changes:b" },
};

static json_t *result_object(const char **p, char end);

static json_t *
result_plain(const char *type, const char *format)
{
	return format == NULL ? json_pack("{s:s}", "type", type) : json_pack("{s:s, s:s}", "type", type, "format", format);
}

static json_t *
result_list(json_t *items)
{
	return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

static json_t *
result_type(const char **p)
{
	switch (*(*p)++) {
	case 's':
		return result_plain("string", NULL);
	case 't':
		return result_plain("string", "date-time");
	case 'u':
		return result_plain("string", "uuid");
	case 'h':
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9a-f]{64}$");
	case 'n':
		return result_plain("integer", NULL);
	case 'r':
		return result_plain("number", NULL);
	case 'b':
		return result_plain("boolean", NULL);
	case 'o':
		return result_plain("object", NULL);
	case 'S':
		return result_list(result_plain("string", NULL));
	case 'N':
		return result_list(json_pack("{s:[s, s]}", "type", "integer", "null"));
	case 'O':
		return result_list(result_plain("object", NULL));
	case '{':
		return result_object(p, '}');
	case '[':
		return result_list(result_object(p, ']'));
	case '*':
		return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", result_type(p));
	default:
		return json_object();
	}
}

static void
result_nullable(json_t *schema)
{
	json_t *type = json_object_get(schema, "type");

	json_object_set_new(schema, "type", json_pack("[O, s]", type, "null"));
}

/* Members up to END; more may come in a later version. */
static json_t *
result_object(const char **p, char end)
{
	json_t *properties = json_object(), *required = json_array(), *schema;
	char name[48];

	while (**p != end) {
		size_t n = strcspn(*p, ":?");

		assert(n > 0 && n < sizeof(name));
		memcpy(name, *p, n);
		name[n] = '\0';
		*p += n;
		if (**p == '?')
			(*p)++;
		else
			json_array_append_new(required, json_string(name));
		(*p)++;
		schema = result_type(p);
		if (**p == '|') {
			(*p)++;
			result_nullable(schema);
		}
		json_object_set_new(properties, name, schema);
		*p += strspn(*p, " ");
	}
	*p += end != '\0';
	return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required", required);
}

json_t *
rest_result_members(const char *op)
{
	for (size_t i = 0; i < sizeof(rest_results) / sizeof(rest_results[0]); i++) {
		const char *p = rest_results[i].members;

		if (strcmp(rest_results[i].op, op) == 0)
			return result_object(&p, '\0');
	}
	return NULL;
}
