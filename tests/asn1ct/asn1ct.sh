#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What mf/handover encodes, decoded and encoded again by Erlang's asn1ct from our own modules.  TAP.
# Needs escript and the asn1 application (Debian: erlang-base, erlang-asn1); skipped without them.
skip()
{
	echo "1..0 # SKIP $1"
	exit 0
}

command -v escript >/dev/null 2>&1 || skip "no escript (Debian package erlang-base)"
command -v erl >/dev/null 2>&1 || skip "no erl (Debian package erlang-base)"
erl -noshell -eval 'halt(case code:ensure_loaded(asn1ct) of {module, _} -> 0; _ -> 1 end).' ||
	skip "no asn1ct (Debian package erlang-asn1)"

here=$(cd "$(dirname "$0")" && pwd)
dump=$(cd "${top_builddir:-.}" && pwd)/tests/asn1ct/handover_dump
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

cp "$here"/../../asn1/*.asn "$work" && (cd "$work" && ls ./*.asn | sed 's|^\./||' >modules && mv modules hi.set.asn) || exit 1
"$dump" >"$work/dump" || exit 1
top_srcdir=$here/../.. "$(dirname "$dump")/../unit/test_vectors" --dump >>"$work/dump" || exit 1
cd "$work" && escript "$here/recode.escript" dump
