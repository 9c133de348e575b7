/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that people and roles give as JSON: profiles, regimes, the destinations of a deliver
 * role.  Input: an octet (what), then JSON. */
#include "admin/profile.h"
#include "admin/regime.h"
#include "delivery/dest_conf.h"
#include "fuzz_util.h"

static void
profile_run(json_t *j)
{
	struct taskset_profile p = {0}, again = {0};
	struct fault f = {0};
	int r = profile_check(j, &f);
	const char *wrong = profile_compile(j, &p);
	json_t *full = profile_full(j);

	assert((r == 0) == (f.code == FAULT_NONE));
	assert(r != 0 || wrong == NULL);
	assert(p.gtp <= TASKSET_GTP_EPS && p.ethernet <= TASKSET_ETHERNET_UPF);
	assert(p.copies <= TASKSET_COPIES_PASS && p.aggregate_n >= 1);
	profile_compile(full, &again); /* every field with its value: the same */
	assert(memcmp(&p, &again, sizeof(p)) == 0);
	for (const struct profile_field *pf = profile_fields; pf->name != NULL; pf++)
		if (pf->type == PROFILE_CHOICE)
			profile_is(j, pf->name, "drop");
		else
			profile_number(j, pf->name);
	json_decref(full);
}

static void
regime_run(json_t *j)
{
	char buf[200];
	const char *why = regime_wrong(j, buf, sizeof(buf)),
		   *cc = json_string_value(json_object_get(j, "cc_outage")),
		   *iri = json_string_value(json_object_get(j, "iri_outage"));

	assert(why == NULL || why[0] != '\0');
	assert(why != NULL || regime_outage_wrong(cc, iri) == NULL);
	regime_flag(j, "affirmative");
	if (why == NULL)
		assert(regime_number(j, "retention_days") <= 36500);
}

static void
dest_run(json_t *j)
{
	static struct dest_conf c, same;
	char why[200] = "";
	int r = dest_conf_parse(j, &c, why, sizeof(why));

	assert(r == 0 || why[0] != '\0');
	if (r != 0)
		return;
	assert(c.address_n >= 1 && c.address_n <= DEST_ADDRESSES_MAX && c.pin_n <= DEST_PINS_MAX);
	assert(c.level <= HO_LEVEL_C && memchr(c.name, '\0', sizeof(c.name)) != NULL);
	for (size_t i = 0; i < c.address_n; i++)
		assert(memchr(c.address[i].host, '\0', sizeof(c.address[i].host)) != NULL);
	assert(dest_conf_parse(j, &same, why, sizeof(why)) == 0 && dest_conf_same_link(&c, &same));
	ho_level_name(c.level);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	json_t *j = n == 0 ? NULL : json_loadb((const char *)in + 1, n - 1, 0, NULL);

	if (json_is_object(j) && in[0] % 4 == 0)
		profile_run(j);
	else if (json_is_object(j) && in[0] % 4 == 1)
		regime_run(j);
	else if (j != NULL)
		dest_run(j);
	json_decref(j);
	return 0;
}
