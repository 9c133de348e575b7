# SPDX-License-Identifier: Apache-2.0
# SQL files, in order of version, as C: schema.sql is version 1, upgrade/NNNN.sql the others.  Comment lines stay out.
BEGIN { print "/* generated from db/schema.sql and db/upgrade by db/embed.awk */\n#include \"db/store.h\"\n\nconst char *const store_sql[] = {\n\tNULL," }
FNR == 1 { if (NR > 1) print "\t,"; print "\t\"\"" }
/^--/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); print "\t\"" $0 "\\n\"" }
END { print "};\nconst int store_version = (int)(sizeof(store_sql) / sizeof(store_sql[0])) - 1;" }
