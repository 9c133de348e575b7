/* SPDX-License-Identifier: Apache-2.0 */
/* How grave an alarm is, by its code (perceived severity of ITU-T X.733):
 *   critical  product is lost or refused now, or somebody did what nobody may: act at once
 *   major     a part does not work; product waits or will be lost if nothing is done
 *   minor     it works, but worse than it should
 *   warning   nothing is wrong yet
 */
#ifndef ADMIN_ALARM_SEVERITY_H
#define ADMIN_ALARM_SEVERITY_H

/* Static; "major" for a code that is not in the table. */
const char *alarm_severity(const char *code);

#endif
