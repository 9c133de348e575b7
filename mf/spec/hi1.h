/* SPDX-License-Identifier: Apache-2.0 */
/* HI1NotificationOperations version7 (TS 101 671 heritage, shipped with TS 102 232-1): values.  No
 * functions. */
#ifndef SPEC_HI1_H
#define SPEC_HI1_H

/* domainID of a notification: hi1OperationId, 0.4.0.2.2.0.1.6, one version behind the module. */
#define HI1_DOMAIN_OID 0x04, 0x00, 0x02, 0x02, 0x00, 0x01, 0x06

#define HI1_INFORMATION_MAX 256 /* octets of alarm-information */

enum hi1_operation_tag { /* arms of HI1-Operation */
	HI1_ALARMS_INDICATOR = 0xA4
};

enum hi1_alarm_tag { /* Alarm-Indicator */
	HI1_ALARM_DOMAIN = 0x80,
	HI1_ALARM_TIME = 0xA2, /* explicit: TimeStamp is a CHOICE */
	HI1_ALARM_INFORMATION = 0x83,
	HI1_ALARM_LIID = 0x84
};

enum hi1_time_tag { /* TimeStamp */
	HI1_TIME_UTC = 0x81
};

#endif
