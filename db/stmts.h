/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement that is written as X(ID, "SQL"), by area. */
#include "db/stmt_evidence.h"
#include "db/stmt_key.h"
#include "db/stmt_life.h"
#include "db/stmt_log.h"
#include "db/stmt_person.h"
#include "db/stmt_report.h"
#include "db/stmt_vault.h"
#include "db/stmt_web.h"
#include "db/stmt_work.h"
